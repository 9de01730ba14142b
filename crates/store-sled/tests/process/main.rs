//! A process that writes is traced, killed, and given failing disks and damaged files.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test says what it saw by panicking"
)]

mod append;
mod damage;
mod failing_disk;
mod kill;
mod trace;
