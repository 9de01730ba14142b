//! The control plane: keeps Send connectors and streams them to relays.
//!
//! A write goes: convert and check ([`postroad_api`]) on top of the newest decided state → apply to its route table
//! ([`postroad_routing`]), so that what a relay would refuse is never stored → seal secrets → hand to the store, with its
//! audit record and the answer for whoever asks again → when it is durable, publish to the streams and answer. Writers
//! wait for the disk together. Reads are answered from memory, which moves only after the disk has the change.

mod access;
mod answer;
mod app;
mod audit;
mod call;
mod certificates;
mod clock;
mod configuration;
mod connectors;
mod difference;
mod error;
mod etag;
mod filter;
mod fleet;
mod object;
mod objects;
mod page;
mod past;
mod plan;
mod secrets_mark;
mod settings;
mod shown;
mod smart_host_reach;
mod state;
mod stored;
mod stream;
mod trimming;
mod write;

pub use app::App;
pub use settings::{SecretsKey, Settings};
