//! The relay: accepts SMTP and hands each message to its smart host while the client waits.
//!
//! [`App::build`] does everything that can fail; [`App::run`] serves until it is told to stop, then drains.

mod admission;
mod app;
mod connection;
mod drain;
mod front;
mod handshake;
mod harvest;
mod input;
mod linger;
mod listener;
mod listeners;
mod logins;
mod pace;
mod proxied;
mod reload;
mod settings;
mod tokens;
mod wire;

pub use app::App;
pub use listeners::{
    AuthSettings, Base, Limits, ListenerSettings, Listeners, Mode, Networks, OPEN_RELAY_WORDS, Timeouts, TlsSettings,
    Warning,
};
pub use settings::Settings;
