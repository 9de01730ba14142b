//! `BatchApply`, and lists of changes wherever they are asked.

use std::collections::BTreeSet;
use std::sync::Arc;

use postroad_api::connector::v1 as wire;
use postroad_api::connector::v1::connector_change::Change;
use postroad_api::read_connector_record;
use postroad_connector_model::{ConnectorId, Violations};
use postroad_store::{Key, Kind};
use prost::Message as _;
use tonic::Request;

use super::{create, no_connector, remove, update};
use crate::call::Call;
use crate::configuration::Configuration;
use crate::error::ApiError;
use crate::object::ObjectKind;
use crate::plan::Plan;

/// Changes of one batch at most.
pub(super) const CHANGES: usize = 1_000;

/// Makes many changes in one revision, or none.
pub(super) async fn apply(
    configuration: &Arc<Configuration>,
    request: Request<wire::BatchApplyRequest>,
) -> Result<wire::BatchApplyResponse, ApiError> {
    let (call, request) = Call::open(configuration.keys(), request)?;
    let validate_only = call.validate_only;
    let (ids, this) = (fresh_ids(&request.changes), Arc::clone(configuration));
    let decide = move |plan: &mut Plan<'_>| {
        if request.changes.is_empty() {
            return Err(ApiError::request("INVALID_CONNECTOR", "changes", "Give at least one change."));
        }
        let connectors = decide(plan, &this, "changes", &request.changes, &ids)?;
        Ok(wire::BatchApplyResponse { connectors, revision: plan.before.revision })
    };
    let mut answer = configuration.change(call, decide).await?;
    if !validate_only {
        fill(configuration, &mut answer).await?;
    }
    Ok(answer)
}

/// An id for each change that may need one.
pub(super) fn fresh_ids(changes: &[wire::ConnectorChange]) -> Vec<ConnectorId> {
    changes.iter().take(CHANGES).map(|_| create::fresh_id()).collect()
}

/// Plans changes, one on top of the other. A removed connector is shown as an empty one.
///
/// # Errors
/// Of all changes at once, with paths below `field[i]`, where they are faults of fields; else the first one.
pub(super) fn decide(
    plan: &mut Plan<'_>,
    configuration: &Configuration,
    field: &str,
    changes: &[wire::ConnectorChange],
    ids: &[ConnectorId],
) -> Result<Vec<wire::Connector>, ApiError> {
    if changes.len() > CHANGES {
        let text = format!("At most {CHANGES} changes; there are {}.", changes.len());
        return Err(ApiError::request("LIMIT_EXCEEDED", field, text));
    }
    let (mut shown, mut errors, mut written) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (at, (change, id)) in changes.iter().zip(ids).enumerate() {
        match decide_one(plan, configuration, change, id, &mut written) {
            Ok(connector) => shown.push(connector),
            Err((error, part)) => errors.push(error.below(&format!("{field}[{at}].{part}"))),
        }
    }
    if errors.is_empty() { Ok(shown) } else { Err(joined(errors)) }
}

/// Plans one change. The path of an error is relative to the part of the change that it names.
fn decide_one(
    plan: &mut Plan<'_>,
    configuration: &Configuration,
    change: &wire::ConnectorChange,
    id: &ConnectorId,
    written: &mut BTreeSet<ConnectorId>,
) -> Result<wire::Connector, (ApiError, &'static str)> {
    const CONNECTOR: &str = "connector.";
    let twice = || {
        let text = "Another change of this list is about the same connector; each occurs once.";
        ApiError::invalid(ObjectKind::Connector, "id", text)
    };
    match &change.change {
        None => Err((ApiError::request("INVALID_CONNECTOR", "change", "Say what to do."), "")),
        Some(Change::Create(connector)) => {
            let shown = create::decide(plan, configuration, connector, id).map_err(|error| (error, CONNECTOR))?;
            written.insert(id.clone());
            Ok(shown)
        }
        Some(Change::Update(update)) => {
            let connector = update.connector.as_ref().ok_or_else(|| (no_connector(), ""))?;
            let asked = if connector.id.is_empty() { &connector.name } else { &connector.id };
            if plan.objects.find(asked).is_ok_and(|kept| !written.insert(kept.value.id.clone())) {
                return Err((twice(), CONNECTOR));
            }
            update::decide(plan, configuration, connector, &update.update_mask).map_err(|error| (error, CONNECTOR))
        }
        Some(Change::Delete(removal)) => {
            if plan.objects.find(&removal.connector).is_ok_and(|kept| !written.insert(kept.value.id.clone())) {
                return Err((twice(), CONNECTOR));
            }
            remove::decide(plan, &removal.connector, &removal.etag).map_err(|error| (error, CONNECTOR))?;
            Ok(wire::Connector::default())
        }
    }
}

/// All faults of fields together; one of another kind is told alone, for it has another code.
fn joined(errors: Vec<ApiError>) -> ApiError {
    let (mut all, mut others) = (Violations::default(), Vec::new());
    for error in errors {
        match error {
            ApiError::Invalid { violations, .. } | ApiError::Request { violations, .. } => all.0.extend(violations.0),
            other => others.push(other),
        }
    }
    match others.into_iter().next() {
        Some(other) if all.is_empty() => other,
        _ => ApiError::Invalid { kind: ObjectKind::Connector, violations: all },
    }
}

/// Reads what was too large to be kept with the answer of a call that was made before.
async fn fill(configuration: &Configuration, answer: &mut wire::BatchApplyResponse) -> Result<(), ApiError> {
    let (revision, state) = (answer.revision, configuration.state());
    for shown in answer.connectors.iter_mut().filter(|shown| !shown.id.is_empty() && shown.name.is_empty()) {
        let key = Key { kind: Kind::Connector, id: shown.id.clone() };
        let Some(record) = configuration.store().record_at(key, revision).await? else { continue };
        let strange = ApiError::Internal("a stored connector cannot be read");
        let Ok(message) = postroad_api::config::v1::ConnectorRecord::decode(record.body) else { return Err(strange) };
        let Ok((connector, times)) = read_connector_record(&message) else { return Err(strange) };
        let kept = postroad_api::Decoded { value: Arc::new(connector), version: revision, times };
        *shown = state.show(&kept);
    }
    Ok(())
}
