//! Limits of the stream's messages (SR14, SI15); those of the records stand in `connector_model::limits`.

use std::time::Duration;

/// Octets of an encoded Chunk.
pub const CHUNK: usize = 256 * 1024;
/// Octets of an encoded Hello.
pub const HELLO: usize = 16 * 1024;
/// Octets of any message from a relay.
pub const RELAY_MESSAGE: usize = 1024 * 1024;
/// Octets of any message that the admin API or a relay takes from its peer.
pub const MESSAGE: usize = 4 * 1024 * 1024;
/// Octets of the lists in an answer of the admin API: well below what clients take.
pub const ANSWER: usize = MESSAGE / 2;
/// Problems named in one Nack.
pub const NACK_PROBLEMS: usize = 100;
/// Octets of the problems named in one Nack.
pub const NACK_OCTETS: usize = 16 * 1024;
/// Octets of a boot id.
pub const BOOT_ID: usize = 16;
/// Time between two Heartbeats, before its jitter of a fifth.
pub const HEARTBEAT: Duration = Duration::from_secs(15);
