//! `CreateCertificate`.

use std::sync::Arc;

use postroad_api::RecordTimes;
use postroad_api::connector::v1 as wire;
use postroad_connector_model::limits;
use tonic::Request;

use super::{checking, message};
use crate::call::Call;
use crate::clock;
use crate::configuration::Configuration;
use crate::error::ApiError;
use crate::object::ObjectKind;
use crate::plan::Plan;
use crate::write::{SecretEdit, Write};

/// Stores a new certificate.
pub(super) async fn create(
    configuration: &Arc<Configuration>,
    request: Request<wire::CreateCertificateRequest>,
) -> Result<wire::Certificate, ApiError> {
    let (call, request) = Call::open(configuration.keys(), request)?;
    let decide =
        move |plan: &mut Plan<'_>| decide(plan, request.certificate.as_ref().ok_or_else(checking::no_certificate)?);
    configuration.change(call, decide).await
}

fn decide(plan: &mut Plan<'_>, asked: &wire::Certificate) -> Result<wire::Certificate, ApiError> {
    const KIND: ObjectKind = ObjectKind::Certificate;
    let (certificate, key) = checking::check(asked)?;
    let name = certificate.name.clone();
    if plan.objects.certificates.contains_key(&name) {
        return Err(ApiError::NameInUse { kind: KIND, name: name.to_string(), field: "name".to_owned() });
    }
    if plan.objects.certificates.size() >= limits::CERTIFICATES {
        let text = format!("There are {} certificates already, which is the most.", limits::CERTIFICATES);
        return Err(ApiError::request("LIMIT_EXCEEDED", "name", text));
    }
    let now = Some(clock::now().into());
    let times = RecordTimes { create: now, update: now };
    let key = key.map_or(SecretEdit::Keep, SecretEdit::Set);
    plan.write(Write::certificate(name.clone(), Some((Arc::new(certificate), times)), key));
    let written = plan.objects.certificates.get(&name).ok_or(ApiError::Internal("a certificate was not planned"))?;
    let mut shown = message::show(&plan.before.epoch, written, Vec::new());
    (shown.etag, shown.revision) = (String::new(), 0);
    Ok(shown)
}
