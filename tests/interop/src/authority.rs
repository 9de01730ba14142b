use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};

/// A certification authority of a test, and the certificate of the relay that it signed.
#[derive(Clone, Debug)]
pub struct Authority {
    /// The authority's certificate, PEM.
    pub ca: PathBuf,
    /// The relay's certificate, PEM; for `localhost` and 127.0.0.1.
    pub certificate: PathBuf,
    /// The relay's key, PEM.
    pub key: PathBuf,
}

impl Authority {
    /// Makes both, in files of this folder.
    ///
    /// # Panics
    /// When they cannot be made or written.
    #[must_use]
    pub fn found(folder: &Path) -> Self {
        let ca_key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, "authority of a test");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let ca = params.self_signed(&ca_key).unwrap();
        let issuer = Issuer::new(params, ca_key);
        let key = KeyPair::generate().unwrap();
        let names = ["localhost", "127.0.0.1"].map(str::to_owned);
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name.push(DnType::CommonName, "localhost");
        let certificate = params.signed_by(&key, &issuer).unwrap();
        let write = |name: &str, text: String| {
            let path = folder.join(name);
            fs::write(&path, text).unwrap();
            path
        };
        let made = Self {
            ca: write("ca.pem", ca.pem()),
            certificate: write("relay.pem", certificate.pem()),
            key: write("relay.key", key.serialize_pem()),
        };
        fs::set_permissions(&made.key, fs::Permissions::from_mode(0o600)).unwrap();
        made
    }
}
