//! How a message came.

use std::fmt;

/// Value of WITH (RFC 3848, RFC 6531 §4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Protocol {
    /// After EHLO. After HELO none of the others is told, for SMTP has no names for them.
    pub extended: bool,
    /// Under TLS.
    pub tls: bool,
    /// After a successful AUTH.
    pub authenticated: bool,
    /// With SMTPUTF8.
    pub utf8: bool,
}

impl Protocol {
    /// After HELO.
    pub const SMTP: Self = Self { extended: false, tls: false, authenticated: false, utf8: false };
    /// After EHLO, in clear, without AUTH.
    pub const ESMTP: Self = Self { extended: true, ..Self::SMTP };
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.extended {
            return f.write_str("SMTP");
        }
        f.write_str(if self.utf8 { "UTF8SMTP" } else { "ESMTP" })?;
        f.write_str(if self.tls { "S" } else { "" })?;
        f.write_str(if self.authenticated { "A" } else { "" })
    }
}
