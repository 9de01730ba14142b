//! Certificates that are kept by name and shown to smart hosts, or trusted as their roots: read from PEM, described, and
//! checked against their key.

use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING, EcdsaKeyPair,
    RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use zeroize::Zeroizing;

use crate::certificate::Certificate;
use crate::server::damage;

/// What was read of an operator's PEM.
pub struct StoredPem {
    /// DER, in the order in which they stand there; at least one.
    pub certificates: Vec<Vec<u8>>,
    /// The key of the first, PKCS #8 DER, whichever form it had. It wipes itself.
    pub private_key: Option<Zeroizing<Vec<u8>>>,
}

/// What is wrong with it; one of the two is not empty. No text quotes what stands there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredPemProblems {
    /// With the certificates.
    pub certificates: Vec<String>,
    /// With the key.
    pub private_key: Vec<String>,
}

/// What stands in certificates that are kept together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFacts {
    /// Subject of the first, as in `CN=relay.example.com`.
    pub subject: String,
    /// Issuer of the first.
    pub issuer: String,
    /// DNS names of the first.
    pub dns_names: Vec<String>,
    /// Serial number of the first, hexadecimal digits.
    pub serial_number: String,
    /// From when on all of them are valid, in seconds since 1970.
    pub not_before: i64,
    /// When the first of them expires, in seconds since 1970.
    pub not_after: i64,
}

/// Reads certificates, at most `most` of them, and the key of the first. With a key the certificates are a chain, each
/// issued by the one behind it; without one they are roots, in any order.
///
/// # Errors
/// Everything that is wrong, at once.
pub fn read_stored_pem(
    certificates_pem: &str,
    private_key_pem: Option<&str>,
    most: usize,
) -> Result<StoredPem, StoredPemProblems> {
    let mut problems = StoredPemProblems::default();
    let certificates = read_certificates(certificates_pem, most).unwrap_or_else(|texts| {
        problems.certificates = texts;
        Vec::new()
    });
    if private_key_pem.is_some() {
        problems.certificates.extend(misplaced(&certificates));
    }
    let key = private_key_pem.map(read_key).transpose().unwrap_or_else(|text| {
        problems.private_key.push(text);
        None
    });
    if let (Some(key), true) = (&key, problems == StoredPemProblems::default()) {
        problems.private_key.extend(misfit(&certificates, key));
    }
    if problems != StoredPemProblems::default() {
        return Err(problems);
    }
    Ok(StoredPem { certificates: certificates.iter().map(|der| der.to_vec()).collect(), private_key: key })
}

/// Describes certificates that are kept together; `None` when there is none, or one that is no certificate.
#[must_use]
pub fn certificate_facts<D: AsRef<[u8]>>(certificates: &[D]) -> Option<CertificateFacts> {
    let read: Option<Vec<_>> =
        certificates.iter().map(|der| Certificate::read(&CertificateDer::from(der.as_ref()))).collect();
    let read = read?;
    let first = read.first()?;
    Some(CertificateFacts {
        subject: first.subject_text.clone(),
        issuer: first.issuer_text.clone(),
        dns_names: first.dns_names(),
        serial_number: first.serial_number.clone(),
        not_before: read.iter().map(|certificate| certificate.not_before).max()?,
        not_after: read.iter().map(|certificate| certificate.not_after).min()?,
    })
}

/// A certificate in PEM form (RFC 7468).
#[must_use]
pub fn certificate_pem(der: &[u8]) -> String {
    const LINE: usize = 64;
    let text = BASE64.encode(der);
    let mut pem = String::with_capacity(text.len() + text.len() / LINE + 64);
    pem.push_str("-----BEGIN CERTIFICATE-----\n");
    for (at, digit) in text.chars().enumerate() {
        if at > 0 && at % LINE == 0 {
            pem.push('\n');
        }
        pem.push(digit);
    }
    pem.push_str("\n-----END CERTIFICATE-----\n");
    pem
}

fn read_certificates(text: &str, most: usize) -> Result<Vec<CertificateDer<'static>>, Vec<String>> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text.as_bytes()).take(most + 1).collect();
    let read = read.map_err(|error| vec![format!("The PEM is damaged: {}.", damage(&error))])?;
    if read.is_empty() {
        return Err(vec!["There is no certificate in it: no line says -----BEGIN CERTIFICATE-----.".to_owned()]);
    }
    if read.len() > most {
        return Err(vec![format!("At most {most} certificates.")]);
    }
    let broken = |(at, der): (usize, &CertificateDer<'_>)| {
        Certificate::read(der).is_none().then(|| format!("Certificate {} in it is no X.509 certificate.", at + 1))
    };
    let problems: Vec<_> = read.iter().enumerate().filter_map(broken).collect();
    if problems.is_empty() { Ok(read) } else { Err(problems) }
}

/// Certificates of a chain that stand in the wrong place.
fn misplaced(chain: &[CertificateDer<'_>]) -> Vec<String> {
    let read: Vec<_> = chain.iter().filter_map(Certificate::read).collect();
    let wrong = |(at, pair): (usize, &[Certificate])| match pair {
        [one, next] if !one.is_issued_by(next) => Some(format!(
            "Certificate {} in it was not issued by certificate {}, which stands behind it; put each issuer behind what \
             it issued.",
            at + 1,
            at + 2
        )),
        _ => None,
    };
    read.windows(2).enumerate().filter_map(wrong).collect()
}

fn read_key(text: &str) -> Result<Zeroizing<Vec<u8>>, String> {
    let key = PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(|error| match error {
        pem::Error::NoItemsFound if text.contains("ENCRYPTED") => {
            "The key is encrypted; decrypt it first, for example with openssl pkey.".to_owned()
        }
        pem::Error::NoItemsFound => {
            "There is no private key in it: no line says -----BEGIN PRIVATE KEY-----.".to_owned()
        }
        error => format!("The PEM is damaged: {}.", damage(&error)),
    })?;
    pkcs8(&key).ok_or_else(|| {
        "This kind of key is not taken; make one of ECDSA P-256, P-384 or P-521, Ed25519, or RSA of 2048 bits and more."
            .to_owned()
    })
}

/// The key in PKCS #8 form, if it is of a kind that TLS can use.
fn pkcs8(key: &PrivateKeyDer<'_>) -> Option<Zeroizing<Vec<u8>>> {
    let octets = match key {
        PrivateKeyDer::Pkcs8(key) => Zeroizing::new(key.secret_pkcs8_der().to_vec()),
        PrivateKeyDer::Pkcs1(key) => {
            let pair = RsaKeyPair::from_der(key.secret_pkcs1_der()).ok()?;
            let der: Pkcs8V1Der<'static> = pair.as_der().ok()?;
            Zeroizing::new(der.as_ref().to_vec())
        }
        PrivateKeyDer::Sec1(key) => {
            let curves =
                [&ECDSA_P256_SHA256_ASN1_SIGNING, &ECDSA_P384_SHA384_ASN1_SIGNING, &ECDSA_P521_SHA512_ASN1_SIGNING];
            let read = |curve| EcdsaKeyPair::from_private_key_der(curve, key.secret_sec1_der()).ok();
            Zeroizing::new(curves.into_iter().find_map(read)?.to_pkcs8v1().ok()?.as_ref().to_vec())
        }
        _ => return None,
    };
    loaded(&octets).map(|_key| octets)
}

fn loaded(pkcs8: &[u8]) -> Option<Arc<dyn rustls::sign::SigningKey>> {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(pkcs8)).clone_key();
    default_provider().key_provider.load_private_key(key).ok()
}

/// Says when the key is not that of the first certificate.
fn misfit(chain: &[CertificateDer<'static>], key: &[u8]) -> Option<String> {
    let fits = |chain: Vec<_>| {
        let key = loaded(key)?;
        Some(!matches!(CertifiedKey::new(chain, key).keys_match(), Err(rustls::Error::InconsistentKeys(_))))
    };
    if fits(chain.to_vec())? {
        return None;
    }
    let other = (2..).zip(chain.iter().skip(1)).find(|(_, der)| fits(vec![(*der).clone()]) == Some(true));
    Some(match other {
        Some((number, _)) => format!("The key is that of certificate {number}, and it must be that of the first."),
        None => "The key is not that of the first certificate.".to_owned(),
    })
}

impl std::fmt::Debug for StoredPem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredPem")
            .field("certificates", &self.certificates.len())
            .field("private_key", &self.private_key.as_ref().map(|_| "<redacted>"))
            .finish()
    }
}
