//! What can be configured: kinds of objects, and their names in answers.

use std::fmt;

/// Kinds of objects that operators write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ObjectKind {
    Connector,
    Certificate,
    Site,
    SiteLink,
    Relay,
}

impl ObjectKind {
    /// As audit records and revisions call it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Connector => "connector",
            Self::Certificate => "certificate",
            Self::Site => "site",
            Self::SiteLink => "site_link",
            Self::Relay => "relay",
        }
    }

    /// The message that shows it.
    pub(crate) const fn message(self) -> &'static str {
        match self {
            Self::Connector => "postroad.connector.v1.Connector",
            Self::Certificate => "postroad.connector.v1.Certificate",
            Self::Site => "postroad.fleet.v1.Site",
            Self::SiteLink => "postroad.fleet.v1.SiteLink",
            Self::Relay => "postroad.fleet.v1.Relay",
        }
    }

    /// Reason when fields of it cannot be used.
    pub(crate) const fn invalid(self) -> &'static str {
        match self {
            Self::Connector => "INVALID_CONNECTOR",
            Self::Certificate => "INVALID_CERTIFICATE",
            Self::Site => "INVALID_SITE",
            Self::SiteLink => "INVALID_SITE_LINK",
            Self::Relay => "INVALID_RELAY",
        }
    }

    /// Reason when there is none.
    pub(crate) const fn unknown(self) -> &'static str {
        match self {
            Self::Connector => "CONNECTOR_UNKNOWN",
            Self::Certificate => "CERTIFICATE_UNKNOWN",
            Self::Site => "SITE_UNKNOWN",
            Self::SiteLink => "SITE_LINK_UNKNOWN",
            Self::Relay => "RELAY_UNKNOWN",
        }
    }

    /// Reason when something else uses it.
    pub(crate) const fn in_use(self) -> &'static str {
        match self {
            Self::Connector => "CONNECTOR_IN_USE",
            Self::Certificate => "CERTIFICATE_IN_USE",
            Self::Site => "SITE_IN_USE",
            Self::SiteLink => "SITE_LINK_IN_USE",
            Self::Relay => "RELAY_IN_USE",
        }
    }
}

/// In words.
impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Self::SiteLink { "site link" } else { self.name() })
    }
}
