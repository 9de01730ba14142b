//! The configuration at one revision, in every form that somebody asks for. It never changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context as _;
use postroad_api::config::v1::{Problem, Record};
use postroad_api::{Decoded, ServerFields, admin_connector, connector, decode_records};
use postroad_config_publisher::View;
use postroad_connector_model::{
    Connector, ConnectorId, Credential, Epoch, RelayIdentity, Revision, Snapshot, Surroundings,
};
use postroad_routing::{RouteTable, compile};

use crate::edit::{Edit, SecretEdit};
use crate::error::ApiError;
use crate::etag::etag;

/// The configuration at one revision.
#[derive(Debug)]
pub(crate) struct State {
    /// Which history.
    pub(crate) epoch: [u8; 16],
    /// Which state of it.
    pub(crate) revision: u64,
    /// Every connector, in order of id.
    pub(crate) connectors: BTreeMap<ConnectorId, Decoded<Connector>>,
    /// Their secrets.
    pub(crate) credentials: BTreeMap<ConnectorId, Arc<Credential>>,
    /// What connectors refer to.
    pub(crate) surroundings: Surroundings,
    /// What routes are explained by.
    pub(crate) table: RouteTable,
    /// What relays are sent.
    pub(crate) view: Arc<View>,
}

/// A state that is not compiled yet.
struct Parts {
    epoch: [u8; 16],
    revision: u64,
    connectors: BTreeMap<ConnectorId, Decoded<Connector>>,
    credentials: BTreeMap<ConnectorId, Arc<Credential>>,
    surroundings: Surroundings,
    view: View,
}

impl State {
    /// The state that the store holds. Its removals are taken to be meant: nothing leaves the store but by a request.
    ///
    /// # Errors
    /// Names every record that cannot be used: a control plane that has loaded half of its store never streams.
    pub(crate) fn load(epoch: [u8; 16], revision: u64, records: Vec<Record>) -> anyhow::Result<Self> {
        let decoded = decode_records(&records)
            .map_err(|problems| anyhow::anyhow!("stored records cannot be used:\n  {}", list(&problems)))?;
        let surroundings = decoded.surroundings();
        let connectors = decoded.connectors.into_iter().map(|kept| (kept.value.id.clone(), kept)).collect();
        let parts = Parts {
            epoch,
            revision,
            connectors,
            credentials: decoded.credentials,
            surroundings,
            view: View::new(epoch, revision, records, revision).context("the stored configuration cannot be used")?,
        };
        parts.build().context("the stored configuration cannot be used")
    }

    /// The state after a change, at the revision that the store gave it.
    ///
    /// # Errors
    /// When relays would refuse it.
    pub(crate) fn edited(&self, edit: &Edit, revision: u64) -> Result<Self, ApiError> {
        let removed = edit.removed().iter().map(|kind| (*kind, edit.id.as_str()));
        let mut parts = Parts {
            epoch: self.epoch,
            revision,
            connectors: self.connectors.clone(),
            credentials: self.credentials.clone(),
            surroundings: self.surroundings.clone(),
            view: self.view.edited(revision, removed, edit.written(revision))?,
        };
        match &edit.after {
            None => {
                parts.connectors.remove(&edit.id);
            }
            Some((connector, times)) => {
                let kept = Decoded { value: Arc::clone(connector), version: revision, times: *times };
                parts.connectors.insert(edit.id.clone(), kept);
            }
        }
        match &edit.secret {
            SecretEdit::Keep => {}
            SecretEdit::Set(credential) => {
                parts.credentials.insert(edit.id.clone(), Arc::clone(credential));
            }
            SecretEdit::Remove => {
                parts.credentials.remove(&edit.id);
            }
        }
        parts.build()
    }

    /// The connector with this id, or else with this name, case ignored.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn find(&self, asked: &str) -> Result<&Decoded<Connector>, ApiError> {
        let folded = asked.to_lowercase();
        let by_name = || self.connectors.values().find(|kept| kept.value.name.folded() == folded);
        self.connectors
            .get(&ConnectorId::new(asked))
            .or_else(by_name)
            .ok_or_else(|| ApiError::ConnectorUnknown { asked: asked.to_owned() })
    }

    /// Whether this name, case ignored, belongs to another connector than this one.
    pub(crate) fn name_is_taken(&self, folded: &str, but_by: &ConnectorId) -> bool {
        self.connectors.values().any(|kept| kept.value.id != *but_by && kept.value.name.folded() == folded)
    }

    /// A connector as a reader sees it.
    pub(crate) fn show(&self, kept: &Decoded<Connector>) -> connector::v1::Connector {
        let server = ServerFields {
            revision: kept.version,
            etag: etag(&self.epoch, kept.version),
            create_time: kept.times.create,
            update_time: kept.times.update,
        };
        admin_connector(&kept.value, server)
    }
}

impl Parts {
    fn build(self) -> Result<State, ApiError> {
        let snapshot = Snapshot {
            epoch: Epoch(self.epoch),
            revision: Revision(self.revision),
            connectors: self.connectors.values().map(|kept| Arc::clone(&kept.value)).collect(),
            credentials: self.credentials.clone(),
            surroundings: self.surroundings.clone(),
        };
        // Selection is the same at every relay, so one table stands for all.
        let table = compile(&snapshot, &RelayIdentity::default())?;
        Ok(State {
            epoch: self.epoch,
            revision: self.revision,
            connectors: self.connectors,
            credentials: self.credentials,
            surroundings: self.surroundings,
            table,
            view: Arc::new(self.view),
        })
    }
}

fn list(problems: &[Problem]) -> String {
    let one = |problem: &Problem| {
        let id = problem.key.as_ref().map_or("", |key| key.id.as_str());
        format!("connector {id}: {}: {}", problem.field_path, problem.text)
    };
    problems.iter().take(20).map(one).collect::<Vec<_>>().join("\n  ")
}
