//! The control plane's side of the config stream, without sockets: what relays are to hold ([`View`]), one machine per
//! stream ([`StreamMachine`]), and what is known about each relay ([`Registry`]).

mod hello;
mod machine;
mod publisher;
mod registry;
mod view;

pub use hello::{BadHello, Greeting};
pub use machine::{Event, Fault, Next, Note, StreamMachine};
pub use publisher::Publisher;
pub use registry::{Admission, Registry, StreamId, TooManyStreams};
pub use view::{Held, View, ViewError};
