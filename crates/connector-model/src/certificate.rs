//! Certificates that are kept by name.

use std::sync::Arc;

use crate::{ResourceName, SecretBytes};

/// A certificate that relays show to smart hosts, or a set of trusted roots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCertificate {
    /// Unique; never changes, also when the certificate is renewed.
    pub name: ResourceName,
    /// In DER form, the end certificate first; or roots, in any order. At least one.
    pub certificates: Vec<Arc<[u8]>>,
    /// A private key belongs to the first certificate.
    pub has_private_key: bool,
}

/// The private key of a stored certificate, in PKCS #8 DER form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateKey(pub SecretBytes);
