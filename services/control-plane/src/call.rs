//! The call that asks for a change: who, from where, and whether it was made before.

use postroad_seal::KeyRing;
use prost::Message;
use tonic::Request;
use tonic::metadata::MetadataMap;
use zeroize::Zeroizing;

use crate::error::ApiError;

/// Who calls, as long as nobody has an identity.
const ANONYMOUS: &str = "anonymous";

/// A call that changes something.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// Service and method, for example `postroad.connector.v1.ConnectorService/CreateConnector`.
    pub(crate) method: &'static str,
    /// Who calls.
    pub(crate) actor: String,
    /// Address and port of the peer.
    pub(crate) peer: String,
    /// Trace id of the call in hexadecimal digits; empty for none.
    pub(crate) trace_id: String,
    /// Everything is checked and nothing stored.
    pub(crate) validate_only: bool,
    /// The caller's id of the request; empty for none.
    pub(crate) request_id: String,
    /// A keyed hash of what is asked, by each key; the first is stored.
    pub(crate) content: Vec<[u8; 32]>,
}

/// A request that changes something.
pub(crate) trait Mutation: Message {
    /// Its service and method.
    const METHOD: &'static str;

    /// Whether it only asks.
    fn validate_only(&self) -> bool;

    /// The caller's id of it.
    fn request_id(&self) -> &str;
}

macro_rules! mutations {
    ($service:literal: $($request:path => $method:literal),* $(,)?) => {
        $(impl Mutation for $request {
            const METHOD: &'static str = concat!($service, "/", $method);

            fn validate_only(&self) -> bool {
                self.validate_only
            }

            fn request_id(&self) -> &str {
                &self.request_id
            }
        })*
    };
}

mutations!("postroad.connector.v1.ConnectorService":
    postroad_api::connector::v1::CreateConnectorRequest => "CreateConnector",
    postroad_api::connector::v1::UpdateConnectorRequest => "UpdateConnector",
    postroad_api::connector::v1::DeleteConnectorRequest => "DeleteConnector",
    postroad_api::connector::v1::BatchApplyRequest => "BatchApply",
    postroad_api::connector::v1::RollbackRevisionRequest => "RollbackRevision",
);
mutations!("postroad.connector.v1.CertificateService":
    postroad_api::connector::v1::CreateCertificateRequest => "CreateCertificate",
    postroad_api::connector::v1::UpdateCertificateRequest => "UpdateCertificate",
    postroad_api::connector::v1::DeleteCertificateRequest => "DeleteCertificate",
);
mutations!("postroad.fleet.v1.FleetService":
    postroad_api::fleet::v1::UpdateRelayRequest => "UpdateRelay",
    postroad_api::fleet::v1::DeleteRelayRequest => "DeleteRelay",
    postroad_api::fleet::v1::CreateSiteRequest => "CreateSite",
    postroad_api::fleet::v1::UpdateSiteRequest => "UpdateSite",
    postroad_api::fleet::v1::DeleteSiteRequest => "DeleteSite",
    postroad_api::fleet::v1::CreateSiteLinkRequest => "CreateSiteLink",
    postroad_api::fleet::v1::UpdateSiteLinkRequest => "UpdateSiteLink",
    postroad_api::fleet::v1::DeleteSiteLinkRequest => "DeleteSiteLink",
);

impl Mutation for postroad_api::fleet::v1::RewrapSecretsRequest {
    const METHOD: &'static str = "postroad.fleet.v1.AccessService/RewrapSecrets";

    fn validate_only(&self) -> bool {
        false
    }

    fn request_id(&self) -> &str {
        ""
    }
}

impl Call {
    /// Takes a request apart.
    ///
    /// # Errors
    /// When its id is not a UUID as callers make them.
    pub(crate) fn open<M: Mutation>(keys: &KeyRing, request: Request<M>) -> Result<(Self, M), ApiError> {
        let peer = request.remote_addr().map(|address| address.to_string()).unwrap_or_default();
        let trace_id = trace_id(request.metadata()).unwrap_or_default();
        let message = request.into_inner();
        let request_id = request_id(message.request_id())?;
        let content = if request_id.is_empty() {
            Vec::new()
        } else {
            // Secrets are in it, so the octets are wiped, and what is kept of them is a keyed hash.
            let octets = Zeroizing::new(message.encode_to_vec());
            keys.tags(&[M::METHOD.as_bytes(), b"\0", &octets])
        };
        let call = Self {
            method: M::METHOD,
            actor: ANONYMOUS.to_owned(),
            peer,
            trace_id,
            validate_only: message.validate_only(),
            request_id,
            content,
        };
        Ok((call, message))
    }
}

/// A UUID of version 4 in its usual form, in lower case.
fn request_id(text: &str) -> Result<String, ApiError> {
    if text.is_empty() {
        return Ok(String::new());
    }
    let read = uuid::Uuid::parse_str(text).ok().filter(|id| text.len() == 36 && id.get_version_num() == 4);
    read.map(|id| id.to_string()).ok_or_else(|| {
        let help = "Write a random UUID (version 4), for example 5f0c8a52-90d5-4c0e-9d6b-2f1f4f6f0f5e, or nothing.";
        ApiError::request("INVALID_REQUEST_ID", "request_id", help)
    })
}

/// The trace id of a `traceparent` header (W3C Trace Context).
fn trace_id(metadata: &MetadataMap) -> Option<String> {
    let text = metadata.get("traceparent")?.to_str().ok()?;
    let mut parts = text.split('-');
    let (version, trace, span) = (parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |text: &str| text.bytes().all(|octet| matches!(octet, b'0'..=b'9' | b'a'..=b'f'));
    let sound = version.len() == 2 && is_hex(version) && version != "ff" && trace.len() == 32 && is_hex(trace);
    let named = span.len() == 16 && is_hex(span) && trace.bytes().any(|digit| digit != b'0');
    (sound && named).then(|| trace.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_is_a_random_uuid() {
        assert_eq!(request_id("").unwrap(), "");
        let upper = "5F0C8A52-90D5-4C0E-9D6B-2F1F4F6F0F5E";
        assert_eq!(request_id(upper).unwrap(), upper.to_lowercase());
        for bad in ["x", "5f0c8a52-90d5-1c0e-9d6b-2f1f4f6f0f5e", "5f0c8a5290d54c0e9d6b2f1f4f6f0f5e"] {
            assert!(request_id(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_a_well_formed_traceparent_names_a_trace() {
        let read = |text: &str| {
            let mut metadata = MetadataMap::new();
            metadata.insert("traceparent", text.parse().unwrap());
            trace_id(&metadata)
        };
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(read(&format!("00-{trace}-00f067aa0ba902b7-01")).as_deref(), Some(trace));
        for bad in ["", "00-x-y-01", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"] {
            assert_eq!(read(bad), None, "{bad}");
        }
        assert_eq!(read("00-00000000000000000000000000000000-00f067aa0ba902b7-01"), None);
    }
}
