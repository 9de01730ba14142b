//! How a login fails.

use std::fmt;

use postroad_mail_types::{EnhancedCode, Reply};

use crate::subject::Subject;

/// A failed login. Neither `Debug` nor `Display` shows a name.
#[derive(Clone)]
pub struct Failure {
    kind: FailureKind,
    reason: Reason,
    known_user: Option<Box<str>>,
    subject: Option<Subject>,
}

/// What the client is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// 535 5.7.8: whatever was wrong with name, password, token, certificate or rights.
    BadCredentials,
    /// 454 4.7.0: whoever should check it does not answer; later it may be right.
    Unavailable,
    /// 501 5.5.2: a message that is none of this mechanism.
    Malformed,
    /// 504 5.5.4: a mechanism that is not offered here and now.
    NotOffered,
}

/// What went wrong, for the log of the operator and never for the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Nobody of this name is in the users file.
    UnknownUser,
    /// The user has nothing that this mechanism could be checked against.
    NoVerifier,
    /// Wrong password, or wrong proof of it.
    WrongPassword,
    /// Right credentials, but it asks to act as somebody else.
    OtherIdentity,
    /// No user has a name of this certificate, or more than one has and the client did not say which.
    CertificateUnknown,
    /// The token was refused, or belongs to somebody else or to nobody in the users file.
    TokenRefused,
    /// Who checks tokens does not answer.
    TokenUnavailable,
    /// The client believes that there is no channel binding, but it is offered: somebody may have changed the list.
    BindingDowngraded,
    /// The client is bound to another TLS channel: somebody may sit between.
    BindingDiffers,
    /// The client's message is malformed.
    Malformed,
    /// The mechanism is not offered.
    NotOffered,
    /// The check ended without an answer.
    Broken,
}

impl Failure {
    /// A failure with nothing known about who it was.
    pub(crate) const fn new(kind: FailureKind, reason: Reason) -> Self {
        Self { kind, reason, known_user: None, subject: None }
    }

    pub(crate) const fn malformed() -> Self {
        Self::new(FailureKind::Malformed, Reason::Malformed)
    }

    pub(crate) const fn bad(reason: Reason) -> Self {
        Self::new(FailureKind::BadCredentials, reason)
    }

    pub(crate) fn about(mut self, subject: Option<Subject>, known_user: Option<&str>) -> Self {
        self.subject = subject;
        self.known_user = known_user.map(Into::into);
        self
    }

    /// The failure to report when a [`Job`](crate::Job) panicked or was dropped.
    #[must_use]
    pub const fn broken() -> Self {
        Self::new(FailureKind::Unavailable, Reason::Broken)
    }

    /// What the client is told.
    #[must_use]
    pub const fn kind(&self) -> FailureKind {
        self.kind
    }

    /// What the operator is told.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        self.reason
    }

    /// The user, if the name is one of the users file: fit for a log. A name that is not may be a password and is not kept.
    #[must_use]
    pub fn known_user(&self) -> Option<&str> {
        self.known_user.as_deref()
    }

    /// Whoever it was, for the [`Throttle`](crate::Throttle); `None` when no name was given.
    #[must_use]
    pub const fn subject(&self) -> Option<Subject> {
        self.subject
    }
}

impl FailureKind {
    /// The reply to the client.
    #[must_use]
    pub fn reply(self) -> Reply {
        let (code, class, subject, detail, text) = match self {
            Self::BadCredentials => (535, 5, 7, 8, "Authentication failed: check user name, password and mechanism"),
            Self::Unavailable => (454, 4, 7, 0, "Authentication is not possible now: try again later"),
            Self::Malformed => (501, 5, 5, 2, "This is no message of the mechanism"),
            Self::NotOffered => (504, 5, 5, 4, "This mechanism is not offered here: see the reply to EHLO"),
        };
        Reply::fixed(code, Some(EnhancedCode::new(class, subject, detail)), text)
    }
}

impl Reason {
    /// A short name that does not change, for logs and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnknownUser => "unknown-user",
            Self::NoVerifier => "no-verifier",
            Self::WrongPassword => "wrong-password",
            Self::OtherIdentity => "other-identity",
            Self::CertificateUnknown => "certificate-unknown",
            Self::TokenRefused => "token-refused",
            Self::TokenUnavailable => "token-unavailable",
            Self::BindingDowngraded => "binding-downgraded",
            Self::BindingDiffers => "binding-differs",
            Self::Malformed => "malformed",
            Self::NotOffered => "not-offered",
            Self::Broken => "broken",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "login failed: {}", self.reason)
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failure").field("kind", &self.kind).field("reason", &self.reason).finish_non_exhaustive()
    }
}

impl std::error::Error for Failure {}
