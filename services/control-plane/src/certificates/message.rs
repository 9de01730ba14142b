//! Certificates as they are shown.

use std::time::{Duration, SystemTime};

use postroad_api::Decoded;
use postroad_api::connector::v1 as wire;
use postroad_connector_model::StoredCertificate;
use postroad_tls::{CertificateFacts, certificate_facts};

use crate::clock;
use crate::etag::etag;

/// How long before its end an expiring certificate is a warning.
pub(super) const SOON: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// A certificate as a reader sees it; never its key.
pub(super) fn show(epoch: &[u8; 16], kept: &Decoded<StoredCertificate>, used_by: Vec<String>) -> wire::Certificate {
    let certificate = &kept.value;
    let facts = certificate_facts(&certificate.certificates);
    let mut shown = wire::Certificate {
        name: certificate.name.to_string(),
        certificates_pem: certificate.certificates.iter().map(|der| postroad_tls::certificate_pem(der)).collect(),
        private_key_set: certificate.has_private_key,
        sha256: (certificate.certificates.first()).map(|der| hex(&postroad_seal::sha256(&[der]))).unwrap_or_default(),
        used_by,
        revision: kept.version,
        etag: etag(epoch, kept.version),
        create_time: kept.times.create,
        update_time: kept.times.update,
        ..Default::default()
    };
    if let Some(facts) = facts {
        shown.warnings = warnings(&facts);
        shown.not_before = Some(time(facts.not_before).into());
        shown.expire_time = Some(time(facts.not_after).into());
        shown.subject = facts.subject;
        shown.issuer = facts.issuer;
        shown.dns_names = facts.dns_names;
        shown.serial_number = facts.serial_number;
    }
    shown
}

/// What a reader ought to know of its dates.
fn warnings(facts: &CertificateFacts) -> Vec<wire::FieldWarning> {
    let now = clock::now();
    let text = if time(facts.not_after) <= now {
        "A certificate in it has expired; renew it."
    } else if time(facts.not_after) <= now + SOON {
        "A certificate in it expires within 30 days; renew it."
    } else if time(facts.not_before) > now {
        "A certificate in it is not valid yet."
    } else {
        return Vec::new();
    };
    vec![wire::FieldWarning { path: "certificates_pem".to_owned(), text: text.to_owned() }]
}

/// A time that a certificate tells, in seconds since 1970.
pub(super) fn time(seconds: i64) -> SystemTime {
    let span = Duration::from_secs(seconds.unsigned_abs());
    let epoch = SystemTime::UNIX_EPOCH;
    let time = if seconds < 0 { epoch.checked_sub(span) } else { epoch.checked_add(span) };
    time.unwrap_or(epoch)
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
