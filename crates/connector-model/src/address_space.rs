//! Address spaces.

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
