//! Connectors as the rules know them: plain types whose constructors validate.
//!
//! Whatever comes from outside is a [`ConnectorDraft`] first. [`Connector::from_draft`] is the only way to a
//! [`Connector`], and it reports every problem at once, each with the path of its field.

mod address_space;
mod connector;
mod draft;
pub mod limits;
mod secret;
mod smart_host;
mod snapshot;
mod violation;

pub use address_space::{AddressSpace, SpacePattern};
pub use connector::{Authentication, Connector, ConnectorId, ConnectorName, InvalidName, InvalidSize, SizeLimit};
pub use draft::{AddressSpaceDraft, AuthMechanism, BasicDraft, ConnectorDraft, SmartHostDraft};
pub use secret::{BasicCredential, Credential, Secret};
pub use smart_host::{HostAddress, SmartHost};
pub use snapshot::{Epoch, RelayIdentity, Revision, Snapshot};
pub use violation::{Violation, Violations, Warning};
