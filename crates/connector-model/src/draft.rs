//! A connector as somebody wrote it, unchecked.

use std::collections::BTreeMap;
use std::time::Duration;

/// Unchecked fields of a connector; absent means "the default".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectorDraft {
    /// See [`crate::Connector`] for the meaning of each field.
    pub id: String,
    /// Name.
    pub name: String,
    /// Free text.
    pub comment: String,
    /// Absent: true.
    pub enabled: Option<bool>,
    /// Recipients it serves.
    pub address_spaces: Vec<AddressSpaceDraft>,
    /// Where its mail goes.
    pub smart_hosts: Vec<SmartHostDraft>,
    /// 0: 25.
    pub port: u32,
    /// How to log in.
    pub auth_mechanism: AuthMechanism,
    /// The account, as far as it is known here.
    pub basic: Option<BasicDraft>,
    /// No TLS, no mail.
    pub require_tls: bool,
    /// Never STARTTLS.
    pub ignore_starttls: bool,
    /// Name for EHLO; empty: the relay's.
    pub helo_name: String,
    /// Absent: 35 MB; 0: unlimited.
    pub max_message_size: Option<u64>,
    /// Absent or zero: the listener's.
    pub final_reply_timeout: Option<Duration>,
    /// For lists and filters.
    pub labels: BTreeMap<String, String>,
}

/// An unchecked address space, already in parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressSpaceDraft {
    /// Empty: SMTP.
    pub kind: String,
    /// Domain pattern.
    pub space: String,
    /// Absent: 1.
    pub cost: Option<u32>,
}

/// An unchecked smart host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SmartHostDraft {
    /// Address or name.
    pub host: String,
    /// 0: the connector's.
    pub port: u32,
    /// TLS from the first byte.
    pub implicit_tls: bool,
}

/// How to log in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AuthMechanism {
    /// No login.
    #[default]
    None,
    /// User name and password.
    Basic,
}

/// The account of [`AuthMechanism::Basic`]. The password is not here: only whether there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BasicDraft {
    /// The user name.
    pub user: String,
    /// A password is given with this change or is stored already.
    pub has_password: bool,
}
