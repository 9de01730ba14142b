//! Connectors as the rules know them: plain types whose constructors validate.
//!
//! Whatever comes from outside is a [`ConnectorDraft`] first. [`Connector::from_draft`] is the only way to a
//! [`Connector`], and it reports every problem at once, each with the path of its field.

mod address_space;
mod certificate;
mod connector;
mod delta;
mod draft;
mod labels;
pub mod limits;
mod resource_name;
mod secret;
mod sender_pattern;
mod site;
mod smart_host;
mod snapshot;
mod source_relay;
mod violation;

pub use address_space::{AddressSpace, SpacePattern};
pub use certificate::{CertificateKey, StoredCertificate};
pub use connector::{
    Authentication, Connector, ConnectorId, ConnectorName, ErrorPolicy, InvalidName, InvalidSize, OAuthAccount,
    ReplyPattern, SizeLimit, TlsAuthLevel, TlsDomain, TlsRank, TokenClient, TokenSource, Usage,
};
pub use delta::Delta;
pub use draft::{
    AddressSpaceDraft, AuthMechanism, BasicDraft, ConnectorDraft, CredentialDraft, KerberosDraft, OAuthDraft,
    SmartHostDraft, TokenSourceDraft,
};
pub use resource_name::{InvalidResourceName, ResourceName};
pub use secret::{BasicCredential, Credential, KerberosCredential, OAuthSecrets, Secret, SecretBytes};
pub use sender_pattern::SenderPattern;
pub use site::{RelayRecord, Site, SiteLink};
pub use smart_host::{AddressFamily, HostAddress, SmartHost};
pub use snapshot::{Epoch, RelayIdentity, Revision, Snapshot, Surroundings};
pub use source_relay::{RelayLabel, SourceRelay};
pub use violation::{Violation, Violations, Warning};
