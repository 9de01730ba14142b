//! Certificates of a test, and the files that a server reads.

use std::path::PathBuf;
use std::sync::Arc;

use postroad_tls::{ClientCertificates, ServerTls, ServerTlsFiles};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    SanType,
};
use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tempfile::TempDir;

/// Somebody who issues certificates.
pub(crate) struct Authority {
    pub(crate) certificate: rcgen::Certificate,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its key.
pub(crate) struct Issued {
    pub(crate) certificate: rcgen::Certificate,
    pub(crate) key: KeyPair,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self { certificate, issuer: Issuer::new(params, key) }
    }

    /// For a server, with these names.
    pub(crate) fn server(&self, names: &[&str]) -> Issued {
        self.issue(names.iter().map(|name| SanType::DnsName((*name).try_into().unwrap())).collect(), |_| {})
    }

    /// For a client, with these names.
    pub(crate) fn client(&self, names: Vec<SanType>) -> Issued {
        self.issue(names, |params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth])
    }

    pub(crate) fn issue(&self, names: Vec<SanType>, change: impl FnOnce(&mut CertificateParams)) -> Issued {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.subject_alt_names = names;
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        Issued { certificate: params.signed_by(&key, &self.issuer).unwrap(), key }
    }

    pub(crate) fn roots(&self) -> Arc<RootCertStore> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.der().clone()).unwrap();
        Arc::new(roots)
    }
}

impl Issued {
    pub(crate) fn chain(&self) -> Vec<CertificateDer<'static>> {
        vec![self.certificate.der().clone()]
    }

    pub(crate) fn private_key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::try_from(self.key.serialize_der()).unwrap()
    }
}

/// The files of a server, in a folder that goes away with it.
pub(crate) struct Folder {
    folder: TempDir,
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// With this certificate in place.
    pub(crate) fn with(issued: &Issued) -> Self {
        let folder = Self::new();
        folder.install(issued);
        folder
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn install(&self, issued: &Issued) {
        self.write("tls.crt", issued.certificate.pem());
        self.write("tls.key", issued.key.serialize_pem());
    }

    pub(crate) fn files(&self) -> ServerTlsFiles {
        ServerTlsFiles { certificate: self.path("tls.crt"), key: self.path("tls.key"), clients: None }
    }

    pub(crate) fn server(&self) -> ServerTls {
        ServerTls::load(self.files()).unwrap()
    }

    /// Clients are asked for certificates of this authority.
    pub(crate) fn server_for(&self, clients: &Authority, required: bool) -> ServerTls {
        self.write("clients.crt", clients.certificate.pem());
        let clients = Some(ClientCertificates { ca: self.path("clients.crt"), required });
        ServerTls::load(ServerTlsFiles { clients, ..self.files() }).unwrap()
    }
}
