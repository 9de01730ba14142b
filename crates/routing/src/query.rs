//! What is asked of a table.

use postroad_mail_types::{MailDomain, Mailbox, ReversePath};

/// One recipient of one message, as known at RCPT.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// Who shall get the message.
    pub recipient: &'a Mailbox,
    /// Who sends it.
    pub sender: &'a ReversePath,
    /// The size that MAIL declared, in bytes (RFC 1870 §6); `None` counts as 0.
    pub size: Option<u64>,
    /// Name of the listener that it came in by, in any case; `None`: one that no connector is linked to.
    pub listener: Option<&'a str>,
}

impl<'a> Query<'a> {
    /// The domain by which address spaces are looked up. `None` for an address literal and for Postmaster alone: these
    /// are covered by `*` only.
    pub(crate) fn domain(&self) -> Option<&'a str> {
        match self.recipient.domain() {
            Some(MailDomain::Name(name)) => Some(name.as_str()),
            Some(MailDomain::Literal(_)) | None => None,
        }
    }

    pub(crate) fn size(&self) -> u64 {
        self.size.unwrap_or(0)
    }
}
