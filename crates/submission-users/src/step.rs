//! What comes next in an exchange.

use std::fmt;

use crate::failure::Failure;
use crate::identity::Identity;

/// What comes next in an exchange. `Debug` shows none of what goes over the wire.
pub enum Step {
    /// Send this to the client (base64 behind `334`), and give its answer to [`Exchange::step`](crate::Exchange::step).
    Challenge(Vec<u8>),
    /// Run this where blocking is allowed; it gives the next step, which is never another job.
    Verify(Job),
    /// The client is who it says.
    Success(Identity),
    /// It is not, or this cannot be found out. The exchange is over.
    Failure(Failure),
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Challenge(octets) => write!(f, "Challenge({} octets)", octets.len()),
            Self::Verify(job) => job.fmt(f),
            Self::Success(identity) => f.debug_tuple("Success").field(identity).finish(),
            Self::Failure(failure) => failure.fmt(f),
        }
    }
}

/// A check that takes long: argon2 (at most 64 MiB and some tenths of a second each), PBKDF2, or a question to whoever knows
/// tokens. Whoever runs jobs bounds how many run at once.
pub struct Job(Box<dyn FnOnce() -> Step + Send>);

impl Job {
    pub(crate) fn new(check: impl FnOnce() -> Step + Send + 'static) -> Self {
        Self(Box::new(check))
    }

    /// Does the check. It blocks the thread. Where it panics, or is dropped, the step is [`Failure::broken`].
    #[must_use]
    pub fn run(self) -> Step {
        (self.0)()
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Job")
    }
}
