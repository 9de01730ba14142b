//! Signal, drain, deadline; owned tasks; named readiness tokens; the health endpoint that tells them; the beginning and
//! the end of a program.
//!
//! A service makes one [`Shutdown`], runs everything in one [`Tasks`], and lets each part that must be up first hold a
//! [`ReadyToken`]. At the end: begin the shutdown, then [`Tasks::finish`] with a deadline.

mod health;
mod open_files;
mod program;
mod readiness;
mod shutdown;
mod tasks;
mod time_span;

pub use health::{HealthInfo, serve_health};
pub use open_files::raise_open_file_limit;
pub use program::{SettingsError, exit_code, run_to_end};
pub use readiness::{Readiness, ReadyToken};
pub use shutdown::Shutdown;
pub use tasks::Tasks;
pub use time_span::parse_time_span;
