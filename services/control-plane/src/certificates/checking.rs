//! The checks of a certificate that is about to be written.

use std::sync::Arc;

use postroad_api::connector::v1 as wire;
use postroad_connector_model::{CertificateKey, ResourceName, SecretBytes, StoredCertificate, Violations, limits};
use postroad_tls::read_stored_pem;

use crate::error::ApiError;
use crate::object::ObjectKind;

/// Reads a certificate as an operator wrote it, and its key.
///
/// # Errors
/// All problems at once.
pub(super) fn check(asked: &wire::Certificate) -> Result<(StoredCertificate, Option<Arc<CertificateKey>>), ApiError> {
    let mut violations = Violations::default();
    let name = ResourceName::parse(&asked.name).map_err(|error| violations.add("name", error.to_string())).ok();
    let key_pem = Some(asked.private_key_pem.as_str()).filter(|pem| !pem.is_empty());
    let read = read_stored_pem(&asked.certificates_pem, key_pem, limits::CHAIN).map_err(|problems| {
        problems.certificates.iter().for_each(|text| violations.add("certificates_pem", text));
        problems.private_key.iter().for_each(|text| violations.add("private_key_pem", text));
    });
    let (Some(name), Ok(mut read)) = (name, read) else {
        return Err(ApiError::Invalid { kind: ObjectKind::Certificate, violations });
    };
    let octets: usize = read.certificates.iter().map(|der| der.len() + 8).sum();
    // The name and the times take little beside them.
    if octets > limits::RECORD_BYTES - 1_024 {
        let text = format!("Together the certificates have {octets} octets; at most 63 KiB fit.");
        return Err(ApiError::invalid(ObjectKind::Certificate, "certificates_pem", text));
    }
    let key = read.private_key.take().map(|mut key| {
        // Moved, so that the octets stay where they are wiped.
        Arc::new(CertificateKey(SecretBytes::new(std::mem::take(&mut *key))))
    });
    let certificates = std::mem::take(&mut read.certificates).into_iter().map(Arc::from).collect();
    Ok((StoredCertificate { name, certificates, has_private_key: key.is_some() }, key))
}

/// A request that needs a certificate and has none.
pub(super) fn no_certificate() -> ApiError {
    ApiError::invalid(ObjectKind::Certificate, "certificate", "Give the certificate.")
}
