//! RCPT (RFC 5321 §4.1.1.3).

mod notify;
mod orcpt;

use postroad_mail_types::Mailbox;

use super::parameter::{Parameter, after_keyword, parameters};
use super::{Command, CommandError};
use crate::path;

pub use notify::Notify;
pub use orcpt::Orcpt;

/// Parameters of RCPT.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RcptParameters {
    /// NOTIFY (RFC 3461 §4.1).
    pub notify: Option<Notify>,
    /// ORCPT (RFC 3461 §4.2).
    pub orcpt: Option<Orcpt>,
}

impl RcptParameters {
    /// True when there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.notify.is_none() && self.orcpt.is_none()
    }
}

pub(super) fn parse(argument: &str) -> Result<Command, CommandError> {
    let (inside, rest) = after_keyword(argument, "TO:").and_then(path::split_path).ok_or(CommandError::ForwardPath)?;
    let mailbox = Mailbox::parse(inside).map_err(|_malformed| CommandError::ForwardPath)?;
    let mut seen = RcptParameters::default();
    for parameter in parameters(rest).ok_or(CommandError::ForwardPath)? {
        match parameter.keyword.as_str() {
            "NOTIFY" => Parameter::once(&mut seen.notify, Notify::parse(parameter.value()?)),
            "ORCPT" => Parameter::once(&mut seen.orcpt, Orcpt::parse(parameter.value()?)),
            _ => Err(CommandError::UnknownParameter),
        }?;
    }
    Ok(Command::Rcpt(mailbox, seen))
}
