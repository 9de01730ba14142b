//! A connector as somebody wrote it, unchecked.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::{AddressFamily, ErrorPolicy, TlsAuthLevel, TokenClient, Usage};

/// Unchecked fields of a connector; absent means "the default". See [`crate::Connector`] for the meaning of each field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectorDraft {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Free text.
    pub comment: String,
    /// Absent: true.
    pub enabled: Option<bool>,
    /// What it is for.
    pub usage: Usage,
    /// Recipients it serves.
    pub address_spaces: Vec<AddressSpaceDraft>,
    /// Empty: none.
    pub linked_listener: String,
    /// Whose mail it carries.
    pub sender_filter: Vec<String>,
    /// Seen in the sites of its source relays only.
    pub scoped: bool,
    /// Empty: every relay.
    pub source_relays: Vec<String>,
    /// Absent: 35 MB, or unlimited for usage INTERNAL and with a linked listener; 0: unlimited.
    pub max_message_size: Option<u64>,
    /// Absent: true, and false where smart hosts are given.
    pub dns_routing: Option<bool>,
    /// Where its mail goes.
    pub smart_hosts: Vec<SmartHostDraft>,
    /// 0: 25.
    pub port: u32,
    /// How to log in.
    pub auth_mechanism: AuthMechanism,
    /// The account, as far as it is known here.
    pub credential: Option<CredentialDraft>,
    /// No TLS, no mail.
    pub require_tls: bool,
    /// Never STARTTLS.
    pub ignore_starttls: bool,
    /// Absent: no level.
    pub tls_auth_level: Option<TlsAuthLevel>,
    /// Empty: none.
    pub tls_domain: String,
    /// Empty: none.
    pub client_certificate: String,
    /// Empty: the relay's.
    pub trusted_roots: String,
    /// Name for EHLO; empty: the relay's.
    pub helo_name: String,
    /// HELO instead of EHLO.
    pub force_helo: bool,
    /// Empty: any.
    pub source_ip: String,
    /// Which addresses of a host may be used.
    pub address_family: AddressFamily,
    /// Absent: 10 minutes.
    pub connection_inactivity_timeout: Option<Duration>,
    /// 0: 20.
    pub max_messages_per_connection: u32,
    /// 0: no limit.
    pub max_connections: u32,
    /// 0: no limit.
    pub max_messages_per_minute: u32,
    /// Absent or zero: the listener's.
    pub final_reply_timeout: Option<Duration>,
    /// What is done to the class of refusals.
    pub error_policies: Vec<ErrorPolicy>,
    /// The replies that custom policies apply to.
    pub custom_failures: Vec<String>,
    /// The conversation with smart hosts is logged.
    pub verbose_protocol_log: bool,
    /// Send XCLIENT.
    pub xclient: bool,
    /// Put a `traceparent` field on top.
    pub inject_trace_context: bool,
    /// A relay is ready only while one of its hosts is healthy.
    pub mandatory: bool,
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
    /// Lowest first.
    pub priority: u32,
    /// Absent: 1.
    pub weight: Option<u32>,
}

/// How to log in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AuthMechanism {
    /// No login.
    #[default]
    None,
    /// User name and password.
    Basic,
    /// The same, inside checked TLS only.
    BasicRequireTls,
    /// Kerberos.
    ExchangeServer,
    /// No login: the way is trusted.
    ExternallySecured,
    /// XOAUTH2.
    XOAuth2,
    /// OAUTHBEARER.
    OAuthBearer,
    /// The client certificate.
    External,
}

/// An account. Secrets are not here: only whether there are any, given with this change or stored already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialDraft {
    /// User name and password.
    Basic(BasicDraft),
    /// User name and a source of access tokens.
    OAuth(OAuthDraft),
    /// Kerberos principal and its keys.
    Kerberos(KerberosDraft),
}

/// User name and password.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BasicDraft {
    /// The user name.
    pub user: String,
    /// There is a password.
    pub has_password: bool,
}

/// User name and a source of access tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OAuthDraft {
    /// The user name.
    pub user: String,
    /// Absent: none was given.
    pub source: Option<TokenSourceDraft>,
}

/// A source of access tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenSourceDraft {
    /// A token that does not change.
    Static {
        /// There is a token.
        has_token: bool,
    },
    /// The client credentials grant.
    ClientCredentials {
        /// Who asks.
        client: TokenClient,
        /// There is a client secret.
        has_client_secret: bool,
    },
    /// A refresh token.
    RefreshToken {
        /// Who asks.
        client: TokenClient,
        /// There is a client secret.
        has_client_secret: bool,
        /// There is a refresh token.
        has_refresh_token: bool,
    },
}

/// Kerberos principal and its keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KerberosDraft {
    /// The principal.
    pub principal: String,
    /// There is a keytab.
    pub has_keytab: bool,
}
