//! `RollbackRevision`: a new revision with the content of an old one (ST4).

use std::sync::Arc;

use postroad_api::connector::v1 as wire;
use postroad_api::{Decoded, RecordTimes, Secrets, decode_records};
use postroad_connector_model::{Connector, StoredCertificate, Violations};
use postroad_store::Stored;
use tonic::Request;

use super::account;
use crate::call::Call;
use crate::configuration::Configuration;
use crate::error::ApiError;
use crate::objects::Objects;
use crate::plan::Plan;
use crate::write::{SecretEdit, Write};
use crate::{clock, past, smart_host_reach, stored};

/// Brings the content of a revision back.
pub(super) async fn rollback(
    configuration: &Arc<Configuration>,
    request: Request<wire::RollbackRevisionRequest>,
) -> Result<wire::RollbackRevisionResponse, ApiError> {
    let (call, request) = Call::open(configuration.keys(), request)?;
    let old = content(configuration, &request).await?;
    let decide = move |plan: &mut Plan<'_>| {
        let current = plan.before.revision;
        if request.head_revision != 0 && request.head_revision != current {
            return Err(ApiError::StaleHead { current });
        }
        Return { old: &old, restore_secrets: request.restore_secrets, lost: Violations::default() }.plan(plan)?;
        Ok(wire::RollbackRevisionResponse { revision: current, changes: past::fitting(plan.changes()) })
    };
    let mut answer = configuration.change(call, decide).await?;
    if answer.changes.first().is_some_and(|change| change.action == 0 && change.name.is_empty()) {
        let record = configuration.store().revision(answer.revision).await?;
        answer.changes = past::object_changes(configuration, record.changes).await?;
    }
    Ok(answer)
}

/// Everything as it was; secrets only where they are asked for.
async fn content(configuration: &Configuration, request: &wire::RollbackRevisionRequest) -> Result<Objects, ApiError> {
    let Stored { epoch, revision, mut records } = configuration.store().snapshot_at(request.revision).await?;
    records.retain(|record| request.restore_secrets || !record.key.kind.is_secret());
    let records = stored::open(configuration.keys(), &Stored { epoch, revision, records }).map_err(|error| {
        tracing::error!(error = format!("{error:#}"), revision = request.revision, "an old secret does not open");
        ApiError::Internal("a secret of that revision cannot be opened; the log names it")
    })?;
    let decoded = decode_records(&records).map_err(|_problems| ApiError::Internal("an old record cannot be read"))?;
    Ok(Objects::load(decoded))
}

/// The way back.
struct Return<'a> {
    old: &'a Objects,
    restore_secrets: bool,
    /// Objects that cannot come back without a secret.
    lost: Violations,
}

impl Return<'_> {
    fn plan(mut self, plan: &mut Plan<'_>) -> Result<(), ApiError> {
        self.certificates(plan);
        self.surroundings(plan);
        self.connectors(plan);
        if self.lost.is_empty() { Ok(()) } else { Err(ApiError::SecretRequired { violations: self.lost }) }
    }

    fn connectors(&mut self, plan: &mut Plan<'_>) {
        let now = plan.objects.clone();
        for (id, _) in now.connectors.iter().filter(|(id, _)| !self.old.connectors.contains_key(*id)) {
            plan.write(Write::no_connector(id.clone()));
        }
        for (id, old) in &self.old.connectors {
            let current = now.connectors.get(id);
            let secret = self.secret(&now, current, old);
            let is_same = current.is_some_and(|current| current.value == old.value);
            if !is_same || !matches!(secret, SecretEdit::Keep) {
                plan.write(Write::connector(Arc::clone(&old.value), times(old), secret));
            }
        }
    }

    fn secret(
        &mut self,
        now: &Objects,
        current: Option<&Decoded<Connector>>,
        old: &Decoded<Connector>,
    ) -> SecretEdit<postroad_connector_model::Credential> {
        let id = &old.value.id;
        let stored = now.credentials.get(id);
        if self.restore_secrets {
            return match self.old.credentials.get(id) {
                Some(before) if stored == Some(before) => SecretEdit::Keep,
                Some(before) => SecretEdit::Set(Arc::clone(before)),
                None if stored.is_some() => SecretEdit::Remove,
                None => SecretEdit::Keep,
            };
        }
        if account::lacks_secret(&old.value, stored) {
            let text = format!(
                "The connector \"{}\" has no secret any more that fits; restore_secrets brings the old one back.",
                old.value.name
            );
            self.lost.add("restore_secrets", text);
            return SecretEdit::Keep;
        }
        let secret = account::secret_edit(&old.value, &Secrets::default(), stored);
        if let (Some(current), Some(stored), false) = (current, stored, matches!(secret, SecretEdit::Remove))
            && smart_host_reach::check(&current.value, &old.value, stored).is_err()
        {
            let text = format!(
                "The connector \"{}\" would use its present secret at another host or with less TLS; restore_secrets \
                 brings back the one it had.",
                old.value.name
            );
            self.lost.add("restore_secrets", text);
        }
        secret
    }

    fn certificates(&mut self, plan: &mut Plan<'_>) {
        let now = plan.objects.clone();
        for (name, _) in now.certificates.iter().filter(|(name, _)| !self.old.certificates.contains_key(*name)) {
            plan.write(Write::certificate(name.clone(), None, SecretEdit::Remove));
        }
        for (name, old) in &self.old.certificates {
            let current = now.certificates.get(name);
            let (stored, before) = (now.certificate_keys.get(name), self.old.certificate_keys.get(name));
            let key = match (old.value.has_private_key, self.restore_secrets) {
                (false, _) if stored.is_some() => SecretEdit::Remove,
                (false, _) => SecretEdit::Keep,
                (true, true) if stored == before => SecretEdit::Keep,
                (true, true) => before.map_or(SecretEdit::Keep, |key| SecretEdit::Set(Arc::clone(key))),
                (true, false) if stored.is_some() && has_same_key(current, old) => SecretEdit::Keep,
                (true, false) => {
                    let text = format!(
                        "The certificate {name} has another private key now; restore_secrets brings the old one back."
                    );
                    self.lost.add("restore_secrets", text);
                    SecretEdit::Keep
                }
            };
            let is_same = current.is_some_and(|current| current.value == old.value);
            if !is_same || !matches!(key, SecretEdit::Keep) {
                plan.write(Write::certificate(name.clone(), Some((Arc::clone(&old.value), times(old))), key));
            }
        }
    }

    fn surroundings(&self, plan: &mut Plan<'_>) {
        let now = plan.objects.clone();
        for (name, _) in now.sites.iter().filter(|(name, _)| !self.old.sites.contains_key(*name)) {
            plan.write(Write::site(name.clone(), None));
        }
        for (name, old) in &self.old.sites {
            if now.sites.get(name).is_none_or(|kept| kept.value != old.value) {
                plan.write(Write::site(name.clone(), Some((Arc::clone(&old.value), times(old)))));
            }
        }
        for (_, gone) in now.site_links.iter().filter(|(name, _)| !self.old.site_links.contains_key(*name)) {
            plan.write(Write::site_link(&gone.value, None));
        }
        for (name, old) in &self.old.site_links {
            if now.site_links.get(name).is_none_or(|kept| kept.value != old.value) {
                plan.write(Write::site_link(&old.value, Some(times(old))));
            }
        }
        for (name, _) in now.relays.iter().filter(|(name, _)| !self.old.relays.contains_key(*name)) {
            plan.write(Write::relay(name.clone(), None));
        }
        for (name, old) in &self.old.relays {
            if now.relays.get(name).is_none_or(|kept| kept.value != old.value) {
                plan.write(Write::relay(name.clone(), Some((Arc::clone(&old.value), times(old)))));
            }
        }
    }
}

/// Whether the key of a certificate is that of an older one: that is certain for the very same certificate only.
fn has_same_key(current: Option<&Decoded<StoredCertificate>>, old: &Decoded<StoredCertificate>) -> bool {
    current.is_some_and(|current| current.value.certificates.first() == old.value.certificates.first())
}

fn times<T>(old: &Decoded<T>) -> RecordTimes {
    RecordTimes { create: old.times.create, update: Some(clock::now().into()) }
}
