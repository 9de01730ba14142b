//! Answers to calls that change something: what a caller is told, and told again when the call is repeated.

use postroad_api::{connector::v1 as admin, fleet::v1 as fleet};
use prost::Message;

use crate::etag::etag;

/// The answer to a change.
pub(crate) trait Answer: Message + Default + Clone {
    /// Writes what is known only when the change is made.
    fn made_at(&mut self, epoch: &[u8; 16], revision: u64);

    /// As it is kept for the next day, where all of it is too large to be kept.
    fn shortened(&self) -> Self {
        self.clone()
    }
}

macro_rules! object {
    ($($message:ty),*) => {
        $(impl Answer for $message {
            fn made_at(&mut self, epoch: &[u8; 16], revision: u64) {
                self.revision = revision;
                self.etag = etag(epoch, revision);
            }
        })*
    };
}

macro_rules! revision {
    ($($message:ty),*) => {
        $(impl Answer for $message {
            fn made_at(&mut self, _epoch: &[u8; 16], revision: u64) {
                self.revision = revision;
            }
        })*
    };
}

object!(admin::Connector, admin::Certificate, fleet::Site, fleet::SiteLink);
revision!(
    admin::DeleteConnectorResponse,
    admin::DeleteCertificateResponse,
    fleet::DeleteRelayResponse,
    fleet::DeleteSiteResponse,
    fleet::DeleteSiteLinkResponse
);

impl Answer for fleet::RewrapSecretsResponse {
    fn made_at(&mut self, _epoch: &[u8; 16], _revision: u64) {}
}

impl Answer for fleet::Relay {
    fn made_at(&mut self, epoch: &[u8; 16], revision: u64) {
        self.etag = etag(epoch, revision);
    }
}

impl Answer for admin::BatchApplyResponse {
    fn made_at(&mut self, epoch: &[u8; 16], revision: u64) {
        self.revision = revision;
        for connector in self.connectors.iter_mut().filter(|connector| !connector.id.is_empty()) {
            connector.made_at(epoch, revision);
        }
    }

    /// The ids alone; the rest is read from the history.
    fn shortened(&self) -> Self {
        let one = |connector: &admin::Connector| admin::Connector { id: connector.id.clone(), ..Default::default() };
        Self { connectors: self.connectors.iter().map(one).collect(), revision: self.revision }
    }
}

impl Answer for admin::RollbackRevisionResponse {
    fn made_at(&mut self, _epoch: &[u8; 16], revision: u64) {
        self.revision = revision;
    }

    /// An empty change stands for all: what it changed is read from the history.
    fn shortened(&self) -> Self {
        Self { changes: vec![admin::ObjectChange::default()], ..self.clone() }
    }
}
