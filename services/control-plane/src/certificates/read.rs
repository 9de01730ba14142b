//! `GetCertificate` and `ListCertificates`.

use std::collections::BTreeMap;
use std::ops::Bound;

use postroad_api::connector::v1 as wire;
use postroad_api::limits;
use postroad_connector_model::ResourceName;
use prost::Message as _;

use super::message;
use crate::configuration::Configuration;
use crate::error::ApiError;
use crate::objects::Objects;
use crate::page::{self, Tokens};

/// Reads one certificate; never its key.
pub(super) fn get(
    configuration: &Configuration,
    request: &wire::GetCertificateRequest,
) -> Result<wire::Certificate, ApiError> {
    let state = configuration.state();
    let kept = state.objects.certificate(&request.name)?;
    Ok(message::show(&state.epoch, kept, state.objects.users_of(&kept.value.name)))
}

/// Reads certificates in order of name.
pub(super) fn list(
    configuration: &Configuration,
    request: &wire::ListCertificatesRequest,
) -> Result<wire::ListCertificatesResponse, ApiError> {
    let size = page::size(request.page_size)?;
    let tokens = Tokens::of(configuration.keys(), "ListCertificates", &[]);
    let after = match tokens.read(&request.page_token)? {
        None => Bound::Unbounded,
        Some(name) => Bound::Excluded(ResourceName::parse(&name).map_err(|_invalid| page::bad_token())?),
    };
    let state = configuration.state();
    let users = users(&state.objects);
    let mut rest = state.objects.certificates.range((after, Bound::Unbounded)).peekable();
    let (mut certificates, mut octets, mut last) = (Vec::new(), 0, None);
    while certificates.len() < size
        && let Some((name, kept)) = rest.peek()
    {
        let shown = message::show(&state.epoch, kept, users.get(*name).cloned().unwrap_or_default());
        octets += shown.encoded_len();
        // One certificate alone always fits.
        if octets > limits::ANSWER && !certificates.is_empty() {
            break;
        }
        last = Some((*name).clone());
        certificates.push(shown);
        rest.next();
    }
    let next_page_token = match (rest.next(), last) {
        (Some(_), Some(last)) => tokens.write(last.folded())?,
        _ => String::new(),
    };
    Ok(wire::ListCertificatesResponse { certificates, next_page_token, revision: state.revision })
}

/// Names of connectors by the certificate that they use.
fn users(objects: &Objects) -> BTreeMap<ResourceName, Vec<String>> {
    let mut users: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for kept in objects.names.values().filter_map(|id| objects.connectors.get(id)) {
        let (client, roots) = (&kept.value.client_certificate, &kept.value.trusted_roots);
        let other_roots = roots.iter().filter(|roots| Some(*roots) != client.as_ref());
        for name in client.iter().chain(other_roots) {
            users.entry(name.clone()).or_default().push(kept.value.name.to_string());
        }
    }
    users
}
