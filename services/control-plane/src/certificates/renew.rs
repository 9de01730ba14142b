//! `UpdateCertificate`: renewal under the same name.

use std::sync::Arc;

use postroad_api::RecordTimes;
use postroad_api::connector::v1 as wire;
use tonic::Request;

use super::{checking, message};
use crate::call::Call;
use crate::configuration::Configuration;
use crate::error::ApiError;
use crate::object::ObjectKind;
use crate::objects::Objects;
use crate::plan::Plan;
use crate::write::{SecretEdit, Write};
use crate::{clock, etag};

/// Replaces certificates and key together; connectors need no change.
pub(super) async fn renew(
    configuration: &Arc<Configuration>,
    request: Request<wire::UpdateCertificateRequest>,
) -> Result<wire::Certificate, ApiError> {
    let (call, request) = Call::open(configuration.keys(), request)?;
    let decide =
        move |plan: &mut Plan<'_>| decide(plan, request.certificate.as_ref().ok_or_else(checking::no_certificate)?);
    configuration.change(call, decide).await
}

fn decide(plan: &mut Plan<'_>, asked: &wire::Certificate) -> Result<wire::Certificate, ApiError> {
    const KIND: ObjectKind = ObjectKind::Certificate;
    let kept = plan.objects.certificate(&asked.name)?.clone();
    etag::check(KIND, &asked.etag, &plan.before.epoch, kept.version)?;
    let (mut certificate, key) = checking::check(asked)?;
    // It shows as it was named first.
    certificate.name = kept.value.name.clone();
    let name = certificate.name.clone();
    let showing = showing(&plan.objects, &name);
    if key.is_none() && !showing.is_empty() {
        let text =
            format!("The certificate is shown by connectors, so it needs its private key: {}.", showing.join(", "));
        return Err(ApiError::invalid(KIND, "private_key_pem", text));
    }
    let key = match key {
        Some(key) => SecretEdit::Set(key),
        None if kept.value.has_private_key => SecretEdit::Remove,
        None => SecretEdit::Keep,
    };
    let times = RecordTimes { create: kept.times.create, update: Some(clock::now().into()) };
    plan.write(Write::certificate(name.clone(), Some((Arc::new(certificate), times)), key));
    let written = plan.objects.certificate(name.as_str())?;
    let mut shown = message::show(&plan.before.epoch, written, plan.objects.users_of(&name));
    (shown.etag, shown.revision) = (etag::etag(&plan.before.epoch, kept.version), kept.version);
    Ok(shown)
}

/// Names of the connectors that show it to smart hosts.
fn showing(objects: &Objects, name: &postroad_connector_model::ResourceName) -> Vec<String> {
    (objects.connectors.values())
        .filter(|kept| kept.value.client_certificate.as_ref() == Some(name))
        .map(|kept| kept.value.name.to_string())
        .collect()
}
