//! Whom a client has shown to be.

use std::fmt;
use std::sync::Arc;

use postroad_mail_types::ReversePath;
use postroad_smtp_codec::sasl::Mechanism;

use crate::subject::Subject;
use crate::user::User;

/// A user who has logged in, with the rights of the file as it was then.
#[derive(Clone)]
pub struct Identity {
    user: Arc<User>,
    mechanism: Mechanism,
    subject: Subject,
}

impl Identity {
    pub(crate) const fn new(user: Arc<User>, mechanism: Mechanism, subject: Subject) -> Self {
        Self { user, mechanism, subject }
    }

    /// The name as it stands in the users file; fit for a log.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user.name
    }

    /// How the user logged in.
    #[must_use]
    pub const fn mechanism(&self) -> Mechanism {
        self.mechanism
    }

    /// The user, for the [`Throttle`](crate::Throttle).
    #[must_use]
    pub const fn subject(&self) -> Subject {
        self.subject
    }

    /// Whether the user may send mail with this reverse-path. A refusal is `550 5.7.1` at MAIL (RFC 6409 §6.1).
    #[must_use]
    pub fn may_send_as(&self, sender: &ReversePath) -> bool {
        self.user.senders.allow(sender)
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("user", &self.user.name)
            .field("mechanism", &self.mechanism)
            .finish_non_exhaustive()
    }
}
