//! Where clients hand in mail: the settings of listeners, from a YAML file or from flags.
//!
//! What is read here is checked: it can be served. A program that makes a [`ListenerSettings`] itself answers for it. What
//! stands in the files that it names (certificates, users) is checked when they are loaded.

mod auth;
mod claims;
mod fields;
mod file;
mod files;
mod flags;
mod limits;
mod mode;
mod networks;
mod open_relay;
mod report;
mod settings;
#[cfg(test)]
mod tests;
mod timeouts;
mod tls;

pub use auth::AuthSettings;
pub use file::{Base, Listeners};
pub use limits::Limits;
pub use mode::Mode;
pub use networks::Networks;
pub use open_relay::OPEN_RELAY_WORDS;
pub use report::Warning;
pub use settings::ListenerSettings;
pub use timeouts::Timeouts;
pub use tls::TlsSettings;

pub(crate) use flags::FlagListener;
