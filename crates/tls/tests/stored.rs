//! Certificates that are kept by name.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use aws_lc_rs::encoding::{AsDer as _, EcPrivateKeyRfc5915Der, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use postroad_tls::{StoredPemProblems, certificate_facts, read_stored_pem};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

fn pem(label: &str, der: &[u8]) -> String {
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

/// A chain of two, and the key of its first certificate.
fn chain() -> (String, String, KeyPair) {
    let mut ca = params("ca.example");
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca_key = KeyPair::generate().unwrap();
    let root = ca.self_signed(&ca_key).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = params("relay.example").signed_by(&key, &Issuer::new(ca, ca_key)).unwrap();
    (leaf.pem(), root.pem(), key)
}

fn problems(certificates: &str, key: Option<&str>, most: usize) -> StoredPemProblems {
    read_stored_pem(certificates, key, most).unwrap_err()
}

#[test]
fn a_chain_is_read_with_its_key_and_described() {
    let (leaf, root, key) = chain();
    let read = read_stored_pem(&(leaf + &root), Some(&key.serialize_pem()), 100).unwrap();
    assert_eq!(read.certificates.len(), 2);
    assert_eq!(read.private_key.as_deref().unwrap(), &key.serialize_der());
    let facts = certificate_facts(&read.certificates).unwrap();
    assert!(facts.subject.contains("relay.example") && facts.issuer.contains("ca.example"), "{facts:?}");
    assert_eq!(facts.dns_names, ["relay.example"]);
    assert!(!facts.serial_number.is_empty() && facts.not_before < facts.not_after);
    assert!(!format!("{read:?}").contains("PRIVATE"));
}

#[test]
fn what_is_wrong_is_said_of_the_part_that_is_wrong() {
    let (leaf, root, key) = chain();
    let key = key.serialize_pem();
    let found = problems(&(root.clone() + &leaf), Some(&key), 100);
    assert!(found.certificates[0].contains("put each issuer behind"), "{found:?}");
    let found = problems("nothing", Some("nothing"), 100);
    assert!(found.certificates[0].contains("no certificate") && found.private_key[0].contains("no private key"));
    let other = KeyPair::generate().unwrap().serialize_pem();
    assert_eq!(problems(&leaf, Some(&other), 100).private_key, ["The key is not that of the first certificate."]);
    assert_eq!(problems(&leaf.repeat(3), None, 2).certificates, ["At most 2 certificates."]);
    let broken = pem("CERTIFICATE", b"x");
    assert_eq!(problems(&broken, None, 9).certificates, ["Certificate 1 in it is no X.509 certificate."]);
    let encrypted = pem("ENCRYPTED PRIVATE KEY", b"x");
    assert!(problems(&leaf, Some(&encrypted), 9).private_key[0].contains("encrypted"));
    // Roots stand in any order, and have no key.
    assert_eq!(read_stored_pem(&(root + &leaf), None, 9).unwrap().certificates.len(), 2);
}

#[test]
fn every_usual_form_of_a_key_is_taken_and_kept_in_one() {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
    let sec1: EcPrivateKeyRfc5915Der<'_> = pair.private_key().as_der().unwrap();
    let rsa = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let pkcs8: Pkcs8V1Der<'_> = rsa.as_der().unwrap();
    // RFC 5958 §2: version, algorithm and the head of the octet string stand before the key of RFC 8017.
    let pkcs1 = &pkcs8.as_ref()[26..];
    let forms = [
        (pair.to_pkcs8v1().unwrap().as_ref().to_vec(), pem("EC PRIVATE KEY", sec1.as_ref())),
        (pkcs8.as_ref().to_vec(), pem("RSA PRIVATE KEY", pkcs1)),
        (pkcs8.as_ref().to_vec(), pem("PRIVATE KEY", pkcs8.as_ref())),
    ];
    for (kept, form) in forms {
        let key = KeyPair::try_from(kept.as_slice()).unwrap();
        let certificate = params("relay.example").self_signed(&key).unwrap().pem();
        let read = read_stored_pem(&certificate, Some(&form), 9).unwrap();
        let again = pem("PRIVATE KEY", read.private_key.as_deref().unwrap());
        assert!(read_stored_pem(&certificate, Some(&again), 9).is_ok());
    }
}
