//! `RewrapSecrets`: every stored secret is sealed anew under the newest key, so that older keys can go.

use std::sync::Arc;

use postroad_api::fleet::v1 as wire;
use postroad_connector_model::ConnectorId;
use postroad_seal::Sealed;
use postroad_store::{Kind, StoredRecord};
use tonic::Request;

use crate::call::Call;
use crate::configuration::Configuration;
use crate::error::ApiError;
use crate::plan::Plan;
use crate::stored;
use crate::write::{Write, is_for_relays};

/// Secrets sealed anew by one change.
const AT_ONCE: usize = 500;

/// Seals anew what an older key sealed. Relays get these records once more, with the same content.
pub(super) async fn rewrap(
    configuration: &Arc<Configuration>,
    request: Request<wire::RewrapSecretsRequest>,
) -> Result<wire::RewrapSecretsResponse, ApiError> {
    let (call, _request) = Call::open(configuration.keys(), request)?;
    let keys = configuration.keys();
    // The newest durable state: what is changed meanwhile is sealed by the newest key anyway, and refused here.
    let held = configuration.store().snapshot().await?;
    let secrets: Vec<_> = held.records.into_iter().filter(|record| record.key.kind.is_secret()).collect();
    let is_current = |record: &StoredRecord| {
        Sealed::from_bytes(record.body.to_vec()).key_id().is_some_and(|key| key == keys.sealing_key())
    };
    let (current, old): (Vec<_>, Vec<_>) = secrets.into_iter().partition(is_current);
    let mut rewrapped = 0;
    for part in old.chunks(AT_ONCE) {
        let part: Vec<_> = part.to_vec();
        let count = part.len();
        let this = Arc::clone(configuration);
        let decide = move |plan: &mut Plan<'_>| {
            for record in &part {
                let opened = stored::open_one(this.keys(), record).map_err(|error| {
                    tracing::error!(error = format!("{error:#}"), "a stored secret does not open");
                    ApiError::Internal("a stored secret does not open; the log names it")
                })?;
                let account = plan.objects.credentials.get(&ConnectorId::new(&record.key.id));
                let for_relays = record.key.kind != Kind::Credential || account.is_some_and(|it| is_for_relays(it));
                let write =
                    Write::sealed_anew(&opened, for_relays).ok_or(ApiError::Internal("a record without a key"))?;
                plan.write(write);
            }
            Ok(wire::RewrapSecretsResponse::default())
        };
        configuration.change(call.clone(), decide).await?;
        rewrapped += count;
    }
    let number = |count| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(wire::RewrapSecretsResponse {
        rewrapped: number(rewrapped),
        current: number(current.len()),
        key_id: keys.sealing_key().to_string(),
    })
}
