//! The control plane: keeps Send connectors and streams them to relays.
//!
//! A write goes: convert and check ([`postroad_api`]) → compile the whole new set ([`postroad_routing`]), so that what a
//! relay would refuse is never stored → seal the secret → store, durable → publish to the streams. Reads are answered
//! from memory, which moves only after the disk has the change.

mod app;
mod clock;
mod configuration;
mod connectors;
mod edit;
mod error;
mod etag;
mod fleet;
mod page_token;
mod settings;
mod smart_host_reach;
mod state;
mod stored;
mod stream;

pub use app::App;
pub use settings::Settings;
