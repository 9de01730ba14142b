//! Address spaces.

mod draft;
mod text;

use std::fmt;

use postroad_mail_types::Domain;

/// Some recipients, at a cost.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct AddressSpace {
    /// Which recipients.
    pub pattern: SpacePattern,
    /// 1 to 100, lower is better.
    pub cost: u8,
}

/// Which recipients an address space covers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SpacePattern {
    /// `*`: every domain, address literals, and the recipient without a domain.
    Any,
    /// A domain alone.
    Exact(Domain),
    /// `*.domain`: the domain itself and everything below it.
    Suffix(Domain),
    /// A type other than SMTP: kept and shown, matches nothing.
    Foreign {
        /// Upper case.
        kind: Box<str>,
        /// As written.
        space: Box<str>,
    },
}

impl SpacePattern {
    /// The type: `SMTP`, or another one in upper case.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::Any | Self::Exact(_) | Self::Suffix(_) => SMTP,
            Self::Foreign { kind, .. } => kind,
        }
    }
}

/// The type that mail has.
const SMTP: &str = "SMTP";

/// The space without type and cost, for example `*.contoso.com`.
impl fmt::Display for SpacePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::Exact(domain) => domain.fmt(f),
            Self::Suffix(domain) => write!(f, "*.{domain}"),
            Self::Foreign { space, .. } => f.write_str(space),
        }
    }
}

/// The stored form, for example `SMTP:*.contoso.com;1`. [`AddressSpace::parse`] reads it back.
impl fmt::Display for AddressSpace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{};{}", self.pattern.kind(), self.pattern, self.cost)
    }
}
