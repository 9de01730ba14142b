//! `DeleteCertificate`.

use std::sync::Arc;

use postroad_api::connector::v1 as wire;
use tonic::Request;

use crate::call::Call;
use crate::configuration::Configuration;
use crate::error::ApiError;
use crate::etag;
use crate::object::ObjectKind;
use crate::plan::Plan;
use crate::write::{SecretEdit, Write};

/// Users that are named.
const NAMED: usize = 20;

/// Removes a certificate that no connector uses.
pub(super) async fn delete(
    configuration: &Arc<Configuration>,
    request: Request<wire::DeleteCertificateRequest>,
) -> Result<wire::DeleteCertificateResponse, ApiError> {
    const KIND: ObjectKind = ObjectKind::Certificate;
    let (call, request) = Call::open(configuration.keys(), request)?;
    let decide = move |plan: &mut Plan<'_>| {
        let kept = plan.objects.certificate(&request.name)?.clone();
        etag::check(KIND, &request.etag, &plan.before.epoch, kept.version)?;
        let name = kept.value.name.clone();
        let mut users = plan.objects.users_of(&name);
        if !users.is_empty() {
            let more = users.len().saturating_sub(NAMED);
            users.truncate(NAMED);
            if more > 0 {
                users.push(format!("and {more} more"));
            }
            let text = format!("The certificate is used by connectors: {}.", users.join(", "));
            return Err(ApiError::InUse { kind: KIND, name: name.to_string(), text });
        }
        plan.write(Write::certificate(name, None, SecretEdit::Remove));
        Ok(wire::DeleteCertificateResponse { revision: plan.before.revision })
    };
    configuration.change(call, decide).await
}
