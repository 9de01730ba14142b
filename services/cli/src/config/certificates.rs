//! Certificates: what differs.

use postroad_api::connector::v1::{Certificate, FieldChange};
use serde_json::json;

use super::FileArguments;
use super::document::CertificateEntry;
use super::plan::{Plan, Work, secret};

/// Compares certificates. Their text decides; a stored key cannot be compared.
pub(super) fn plan(wanted: Vec<CertificateEntry>, stored: &[Certificate], arguments: &FileArguments, plan: &mut Plan) {
    for it in &wanted {
        let key = it.private_key.as_ref().map(|reference| reference.0.clone());
        let found = stored.iter().find(|known| known.name.eq_ignore_ascii_case(&it.name));
        let wanted_bodies = bodies(&it.certificates_pem);
        let stored_bodies = found.map(|known| bodies(&known.certificates_pem)).unwrap_or_default();
        let mut fields = Vec::new();
        if wanted_bodies != stored_bodies {
            fields.push(FieldChange {
                path: "certificates_pem".to_owned(),
                before: found.map(|_| count(&stored_bodies)).unwrap_or_default(),
                after: count(&wanted_bodies),
            });
        }
        let rotate = arguments.rotate_secrets && key.is_some();
        let key_differs = found.is_none_or(|known| known.private_key_set != key.is_some());
        if fields.is_empty() && !rotate && !key_differs {
            continue;
        }
        if key.is_some() {
            fields.push(secret("private_key_pem"));
        }
        let certificate = Certificate {
            name: found.map_or_else(|| it.name.clone(), |known| known.name.clone()),
            certificates_pem: it.certificates_pem.clone(),
            etag: found.map(|known| known.etag.clone()).unwrap_or_default(),
            ..Certificate::default()
        };
        let work = match found {
            None => Work::CreateCertificate(certificate, key),
            Some(_) => Work::UpdateCertificate(certificate, key),
        };
        plan.step("certificate", &it.name, fields, work);
    }
    for known in stored {
        if !wanted.iter().any(|it| it.name.eq_ignore_ascii_case(&known.name)) {
            plan.surplus("certificate", &known.name, arguments.prune, Work::DeleteCertificate(known.clone()));
        }
    }
}

/// The certificates of a PEM text without what stands around them: the control plane stores no more than these.
fn bodies(pem: &str) -> Vec<String> {
    let parts = pem.split("-----BEGIN ").skip(1).filter_map(|part| part.split_once("-----")?.1.split_once("-----END "));
    parts.map(|(body, _)| body.split_whitespace().collect()).collect()
}

/// The certificates themselves would fill screens.
fn count(bodies: &[String]) -> String {
    json!(format!("{} in PEM form", bodies.len())).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_certificates_does_not_count() {
        let bare = "-----BEGIN CERTIFICATE-----\nAB\nCD\n-----END CERTIFICATE-----\n";
        let dressed = format!("subject=x\r\n{}trailer", bare.replace('\n', "\r\n"));
        assert_eq!(bodies(bare), ["ABCD"]);
        assert_eq!(bodies(&dressed), ["ABCD"]);
        assert!(bodies("nothing").is_empty());
    }
}
