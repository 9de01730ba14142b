//! The configuration at one revision, in every form that somebody asks for. It never changes.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Context as _;
use postroad_api::config::v1::{Problem, RecordKind};
use postroad_api::{Decoded, ServerFields, admin_connector, connector, decode_records, wire_hash};
use postroad_config_publisher::View;
use postroad_connector_model::{Connector, Delta, Epoch, RelayIdentity, Revision, Snapshot};
use postroad_routing::{RouteTable, compile};
use postroad_seal::KeyRing;
use postroad_store::Stored;

use crate::error::ApiError;
use crate::etag::etag;
use crate::objects::Objects;
use crate::secrets_mark::{self, SecretSet};
use crate::stored;
use crate::write::{ObjectWrite, SecretEdit, Write, is_for_relays};

/// The configuration at one revision.
#[derive(Debug)]
pub(crate) struct State {
    /// Which history.
    pub(crate) epoch: [u8; 16],
    /// Which state of it.
    pub(crate) revision: u64,
    /// Everything that is configured.
    pub(crate) objects: Objects,
    /// What routes are explained by.
    pub(crate) table: Arc<RouteTable>,
    /// What relays are sent.
    pub(crate) view: Arc<View>,
    /// Which secrets are stored.
    pub(crate) secrets: SecretSet,
}

impl State {
    /// The state that the store holds. Its removals are taken to be meant: nothing leaves the store but by a request.
    ///
    /// # Errors
    /// Names every record that cannot be used: a control plane that has loaded half of its store never streams.
    pub(crate) fn load(keys: &KeyRing, held: &Stored) -> anyhow::Result<Self> {
        let (epoch, revision) = (held.epoch, held.revision);
        let mut records = stored::open(keys, held)?;
        let secrets = secrets_mark::check(keys, held)?;
        let decoded = decode_records(&records)
            .map_err(|problems| anyhow::anyhow!("stored records cannot be used:\n  {}", list(&problems)))?;
        let ours: BTreeSet<_> =
            decoded.credentials.iter().filter(|(_, it)| !is_for_relays(it)).map(|(id, _)| id.to_string()).collect();
        records.retain(|record| {
            let key = record.key.as_ref();
            key.is_none_or(|key| key.kind() != RecordKind::Credential || !ours.contains(&key.id))
        });
        let objects = Objects::load(decoded);
        let view = View::new(epoch, revision, records, revision).context("the stored configuration cannot be used")?;
        let table = compiled(epoch, revision, &objects).context("the stored configuration cannot be used")?;
        Ok(Self { epoch, revision, objects, table: Arc::new(table), view: Arc::new(view), secrets })
    }

    /// The state with these objects, which came to be by these writes, at the revision that the store gave them.
    ///
    /// # Errors
    /// When relays would refuse it.
    pub(crate) fn with(&self, objects: Objects, writes: &[Write], revision: u64) -> Result<Self, ApiError> {
        let records = || writes.iter().flat_map(|write| &write.records);
        let sent = |record: &&crate::write::RecordWrite| record.for_relays && record.body.is_some();
        let removed = records().filter(|record| !sent(record)).map(|record| (record.kind, record.id.as_str()));
        let written = records().filter(sent).filter_map(|record| record.record(revision));
        let view = self.view.edited(revision, removed, written)?;
        let table = self.table.apply(&delta(writes, revision, &objects))?;
        let mut secrets = self.secrets.clone();
        for record in records() {
            let key = stored::key(record.kind, &record.id)?;
            if key.kind.is_secret() {
                secrets.put(&key, record.body.as_ref().map(|body| wire_hash(body)));
            }
        }
        Ok(Self { epoch: self.epoch, revision, objects, table: Arc::new(table), view: Arc::new(view), secrets })
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

fn compiled(epoch: [u8; 16], revision: u64, objects: &Objects) -> Result<RouteTable, postroad_routing::Problems> {
    let snapshot = Snapshot {
        epoch: Epoch(epoch),
        revision: Revision(revision),
        connectors: objects.connectors.values().map(|kept| Arc::clone(&kept.value)).collect(),
        credentials: objects.credentials.iter().map(|(id, it)| (id.clone(), Arc::clone(it))).collect(),
        surroundings: objects.surroundings(),
    };
    compile(&snapshot, &RelayIdentity::default())
}

/// What writes change for the table.
fn delta(writes: &[Write], revision: u64, objects: &Objects) -> Delta {
    let mut delta = Delta { revision: Revision(revision), ..Delta::default() };
    let mut surroundings = false;
    for write in writes {
        let (id, after, secret) = match &write.object {
            ObjectWrite::Connector(id, after, secret) => (id, after, secret),
            ObjectWrite::SealedAnew => continue,
            _ => {
                surroundings = true;
                continue;
            }
        };
        match after {
            Some((connector, _)) => delta.upserts.push(Arc::clone(connector)),
            None => delta.removed.push(id.clone()),
        }
        match secret {
            SecretEdit::Keep => {}
            SecretEdit::Set(credential) => {
                delta.credentials.insert(id.clone(), Some(Arc::clone(credential)));
            }
            SecretEdit::Remove => {
                delta.credentials.insert(id.clone(), None);
            }
        }
    }
    delta.surroundings = surroundings.then(|| objects.surroundings());
    delta
}

fn list(problems: &[Problem]) -> String {
    let one = |problem: &Problem| {
        let (kind, id) = problem.key.as_ref().map_or((RecordKind::Unspecified, ""), |key| (key.kind(), &key.id));
        let kind = kind.as_str_name().trim_start_matches("RECORD_KIND_").to_lowercase();
        format!("{kind} {id}: {}: {}", problem.field_path, problem.text)
    };
    problems.iter().take(20).map(one).collect::<Vec<_>>().join("\n  ")
}
