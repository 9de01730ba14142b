//! What the session says to its client, and why.

use std::fmt;
use std::time::Duration;

use postroad_mail_types::Reply;

/// A reply, and what the log is to know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// What goes to the client.
    pub reply: Reply,
    /// Set when the reply refuses something.
    pub refusal: Option<Refusal>,
    /// How long to wait before it is written; zero for most. It slows down whoever guesses addresses or passwords.
    pub delay: Duration,
}

/// Why something was refused, for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// A short name that stays the same from version to version, such as `relaying-denied`.
    pub rule: &'static str,
    /// Where in the dialogue.
    pub phase: Phase,
}

impl Refusal {
    pub(crate) const NEXT_HOP: &str = "next-hop";

    /// The refusal was not made here but by the pipeline or the next hop. The pipeline knows why, and logs it itself.
    #[must_use]
    pub fn is_passed_on(&self) -> bool {
        self.rule == Self::NEXT_HOP
    }
}

/// A part of the dialogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Up to the greeting.
    Connect,
    /// EHLO and HELO.
    Hello,
    /// STARTTLS.
    StartTls,
    /// AUTH and its exchange.
    Auth,
    /// MAIL.
    Mail,
    /// RCPT.
    Rcpt,
    /// DATA or BDAT, up to the last octet of the message.
    Data,
    /// The end of the message: the final reply.
    End,
    /// XCLIENT.
    Xclient,
    /// Any other command, and the time between commands.
    Command,
}

impl Said {
    pub(crate) const fn plain(reply: Reply) -> Self {
        Self { reply, refusal: None, delay: Duration::ZERO }
    }
}

impl Phase {
    /// Its name in logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Hello => "hello",
            Self::StartTls => "starttls",
            Self::Auth => "auth",
            Self::Mail => "mail",
            Self::Rcpt => "rcpt",
            Self::Data => "data",
            Self::End => "end",
            Self::Xclient => "xclient",
            Self::Command => "command",
        }
    }

    /// The phase that a command line belongs to, by its verb.
    pub(crate) fn of_line(line: &[u8]) -> Self {
        let verb = line.split(|b| *b == b' ').next().unwrap_or_default();
        let is = |name: &str| verb.eq_ignore_ascii_case(name.as_bytes());
        match () {
            () if is("EHLO") || is("HELO") => Self::Hello,
            () if is("STARTTLS") => Self::StartTls,
            () if is("AUTH") => Self::Auth,
            () if is("MAIL") => Self::Mail,
            () if is("RCPT") => Self::Rcpt,
            () if is("DATA") || is("BDAT") => Self::Data,
            () if is("XCLIENT") => Self::Xclient,
            () => Self::Command,
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
