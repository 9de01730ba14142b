//! Certificates as a table, as a sheet, and in the form of the API.

use postroad_api::connector::v1::Certificate;
use serde_json::json;

use crate::members::Members;
use crate::moment;
use crate::table::{Table, sheet_lines};

/// A certificate in the form of the API; never its key.
pub(super) fn value(it: &Certificate) -> Members {
    let mut members = Members::default();
    members.put("name", it.name.as_str());
    members.put("certificates_pem", it.certificates_pem.as_str());
    members.put("private_key_set", it.private_key_set);
    members.put("subject", it.subject.as_str());
    members.put("issuer", it.issuer.as_str());
    members.put("dns_names", it.dns_names.as_slice());
    members.put("serial_number", it.serial_number.as_str());
    members.put("sha256", it.sha256.as_str());
    members.put("not_before", moment::show(it.not_before.as_ref()));
    members.put("expire_time", moment::show(it.expire_time.as_ref()));
    members.put("used_by", it.used_by.as_slice());
    members.put("revision", it.revision);
    members.put("etag", it.etag.as_str());
    members.put("create_time", moment::show(it.create_time.as_ref()));
    members.put("update_time", moment::show(it.update_time.as_ref()));
    if !it.warnings.is_empty() {
        let warnings: Vec<_> = it.warnings.iter().map(|w| json!({"path": w.path, "text": w.text})).collect();
        members.put("warnings", warnings);
    }
    members
}

/// One certificate, one field per line.
pub(super) fn sheet(it: &Certificate) -> String {
    let time = |at| moment::show(at).into_iter().collect();
    sheet_lines(&[
        ("name", vec![it.name.clone()]),
        ("subject", vec![it.subject.clone()]),
        ("issuer", vec![it.issuer.clone()]),
        ("DNS names", it.dns_names.clone()),
        ("serial number", vec![it.serial_number.clone()]),
        ("SHA-256", vec![it.sha256.clone()]),
        ("valid from", time(it.not_before.as_ref())),
        ("expires", time(it.expire_time.as_ref())),
        ("private key", vec![if it.private_key_set { "stored" } else { "none" }.to_owned()]),
        ("used by", it.used_by.clone()),
        ("revision", vec![it.revision.to_string()]),
        ("updated", time(it.update_time.as_ref())),
    ])
}

/// All certificates, one line each.
pub(super) fn table(certificates: &[Certificate]) -> String {
    if certificates.is_empty() {
        return "no certificates; `postroad certificate create --help` says how to store one".to_owned();
    }
    let mut table = Table::new(["NAME", "KEY", "EXPIRES", "SUBJECT", "USED BY"]);
    for it in certificates {
        table.row([
            it.name.clone(),
            if it.private_key_set { "yes" } else { "no" }.to_owned(),
            moment::show(it.expire_time.as_ref()).unwrap_or_else(|| "-".to_owned()),
            it.subject.clone(),
            it.used_by.len().to_string(),
        ]);
    }
    table.render()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_shown_without_its_key() {
        let it = Certificate {
            name: "edge".into(),
            certificates_pem: "-----BEGIN CERTIFICATE-----".into(),
            private_key_pem: "hunter2".into(),
            private_key_set: true,
            subject: "CN=edge.example.com,O=a rather long name of an organisation,C=CZ".into(),
            used_by: vec!["A".into(), "B".into()],
            ..Certificate::default()
        };
        let json = serde_json::to_string(&value(&it)).unwrap();
        for text in [json.clone(), sheet(&it), table(std::slice::from_ref(&it))] {
            assert!(!text.contains("hunter2") && text.contains("edge"), "{text}");
        }
        assert!(json.contains("\"private_key_set\":true"), "{json}");
        assert!(table(&[it]).lines().all(|line| line.chars().count() <= crate::table::WIDTH));
    }
}
