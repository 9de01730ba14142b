//! The smart host client: connect, TLS, SASL, envelope and streamed body.
//!
//! TCP, the TLS upgrade and SASL are mail-send's; greeting, EHLO, envelope and body are read and written on its public
//! stream with our own codec, and a deadline of ours stands around every step.

mod attempt;
mod courier;
mod delivery;
mod dial;
mod hello;
mod link;
mod login;
mod shortcomings;
mod stream;
mod timers;

pub use courier::SmartHostCourier;
pub use delivery::SmartHostDelivery;
pub use timers::Timers;
