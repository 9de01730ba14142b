//! What the files of a server say, checked.

use std::path::Path;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SigningKey};

use crate::certificate::{Certificate, now};
use crate::server::files::{Contents, ServerTlsFile, ServerTlsFiles, TlsFinding, TlsProblems};

/// A certificate that ends within this many seconds is warned about: two weeks.
const SOON: i64 = 14 * 86_400;

/// A certificate that fits its key, and who may be a client.
pub(crate) struct Credentials {
    pub(crate) certified: Arc<CertifiedKey>,
    pub(crate) clients: Option<Arc<RootCertStore>>,
    pub(crate) certificate: Certificate,
    pub(crate) warnings: Vec<TlsFinding>,
}

/// Collects what is to be said about the files.
struct Findings<'f> {
    files: &'f ServerTlsFiles,
    wrong: Vec<TlsFinding>,
    warnings: Vec<TlsFinding>,
}

impl Findings<'_> {
    fn about(&self, file: ServerTlsFile, text: impl Into<String>) -> TlsFinding {
        let path = match (file, &self.files.clients) {
            (ServerTlsFile::Key, _) => self.files.key.as_path(),
            (ServerTlsFile::ClientCa, Some(clients)) => clients.ca.as_path(),
            (ServerTlsFile::Certificate | ServerTlsFile::ClientCa, _) => self.files.certificate.as_path(),
        };
        TlsFinding { file, path: Path::to_owned(path), text: text.into() }
    }

    fn wrong(&mut self, file: ServerTlsFile, text: impl Into<String>) {
        let finding = self.about(file, text);
        self.wrong.push(finding);
    }

    fn warn(&mut self, file: ServerTlsFile, text: impl Into<String>) {
        let finding = self.about(file, text);
        self.warnings.push(finding);
    }
}

impl Credentials {
    pub(crate) fn check(
        files: &ServerTlsFiles,
        contents: &Contents,
        provider: &CryptoProvider,
    ) -> Result<Self, TlsProblems> {
        let mut findings = Findings { files, wrong: Vec::new(), warnings: Vec::new() };
        let chain = read_chain(&contents.certificate, &mut findings);
        let key = read_key(&contents.key, provider, &mut findings);
        let clients = contents.client_ca.as_ref().map(|ca| Arc::new(read_roots(ca, &mut findings)));
        let certified = match (&chain, key) {
            (Some(chain), Some(key)) => fit(chain, key, &mut findings),
            _ => None,
        };
        let certificate = chain.and_then(|chain| check_chain(&chain, &mut findings));
        match (certified, certificate) {
            (Some(certified), Some(certificate)) if findings.wrong.is_empty() => {
                Ok(Self { certified, clients, certificate, warnings: findings.warnings })
            }
            _ => Err(TlsProblems(findings.wrong)),
        }
    }
}

fn read_certificates(
    octets: &[u8],
    file: ServerTlsFile,
    findings: &mut Findings<'_>,
) -> Option<Vec<CertificateDer<'static>>> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(octets).collect();
    match read {
        Ok(certificates) if !certificates.is_empty() => return Some(certificates),
        Ok(_) if octets.first() == Some(&0x30) => findings.wrong(
            file,
            "this is DER, not PEM; turn it into PEM with `openssl x509 -inform der -in FILE -out FILE.pem`",
        ),
        Ok(_) => findings.wrong(file, "there is no certificate in it: no line says -----BEGIN CERTIFICATE-----"),
        Err(error) => findings.wrong(file, format!("its PEM is damaged ({}); write the file anew", damage(&error))),
    }
    None
}

/// What is damaged, without what stands there: it may be a key.
pub(crate) fn damage(error: &pem::Error) -> &'static str {
    match error {
        pem::Error::MissingSectionEnd { .. } => "a section has no -----END line",
        pem::Error::IllegalSectionStart { .. } => "a -----BEGIN line is cut",
        pem::Error::Base64Decode(_) => "a line is not base64",
        pem::Error::NoItemsFound => "nothing is in it",
        _ => "it cannot be read",
    }
}

fn read_chain(octets: &[u8], findings: &mut Findings<'_>) -> Option<Vec<CertificateDer<'static>>> {
    read_certificates(octets, ServerTlsFile::Certificate, findings)
}

fn read_key(octets: &[u8], provider: &CryptoProvider, findings: &mut Findings<'_>) -> Option<Arc<dyn SigningKey>> {
    let file = ServerTlsFile::Key;
    let key = match PrivateKeyDer::from_pem_slice(octets) {
        Ok(key) => key,
        Err(pem::Error::NoItemsFound) => {
            let encrypted = memory_holds(octets, b"ENCRYPTED");
            findings.wrong(
                file,
                if encrypted {
                    "the key is encrypted, and there is nobody to ask for its password; \
                     decrypt it with `openssl pkey -in FILE -out FILE.plain` and protect the file"
                } else {
                    "there is no private key in it: no line says -----BEGIN PRIVATE KEY-----"
                },
            );
            return None;
        }
        Err(error) => {
            findings.wrong(file, format!("its PEM is damaged ({}); write the file anew", damage(&error)));
            return None;
        }
    };
    match provider.key_provider.load_private_key(key) {
        Ok(key) => Some(key),
        Err(_) => {
            let text = if memory_holds(octets, b"Proc-Type: 4,ENCRYPTED") {
                "the key is encrypted, and there is nobody to ask for its password; decrypt it"
            } else {
                "this kind of key is not taken; make one of ECDSA P-256 or P-384, Ed25519, or RSA of 2048 bits and more"
            };
            findings.wrong(file, text);
            None
        }
    }
}

fn memory_holds(octets: &[u8], text: &[u8]) -> bool {
    octets.windows(text.len()).any(|window| window == text)
}

fn read_roots(octets: &[u8], findings: &mut Findings<'_>) -> RootCertStore {
    let file = ServerTlsFile::ClientCa;
    let mut roots = RootCertStore::empty();
    let Some(certificates) = read_certificates(octets, file, findings) else { return roots };
    let now = now();
    for (index, certificate) in certificates.into_iter().enumerate() {
        let number = index + 1;
        if let Some(read) = Certificate::read(&certificate).filter(|read| read.is_over(now)) {
            findings.warn(file, format!("certificate {number} in it expired on {}; remove it", read.expires));
        }
        if let Err(error) = roots.add(certificate) {
            findings.wrong(file, format!("certificate {number} in it cannot be used ({error}); remove it"));
        }
    }
    roots
}

/// The certificate and its key together.
fn fit(
    chain: &[CertificateDer<'static>],
    key: Arc<dyn SigningKey>,
    findings: &mut Findings<'_>,
) -> Option<Arc<CertifiedKey>> {
    let fits = |chain: Vec<CertificateDer<'static>>| {
        let certified = CertifiedKey::new(chain, Arc::clone(&key));
        certified.keys_match().map(|()| certified)
    };
    match fits(chain.to_vec()) {
        Ok(certified) => return Some(Arc::new(certified)),
        Err(rustls::Error::InconsistentKeys(_)) => {
            let later = chain.iter().skip(1).any(|certificate| fits(vec![certificate.clone()]).is_ok());
            findings.wrong(
                ServerTlsFile::Key,
                if later {
                    "the key belongs to a certificate further down in the certificate file; \
                     put the server's own certificate first there"
                        .to_owned()
                } else {
                    format!(
                        "the key does not belong to the certificate in {}; write the two that were made together",
                        findings.files.certificate.display()
                    )
                },
            );
        }
        Err(error) => {
            findings.wrong(ServerTlsFile::Certificate, format!("the first certificate cannot be used: {error}"));
        }
    }
    None
}

fn check_chain(chain: &[CertificateDer<'static>], findings: &mut Findings<'_>) -> Option<Certificate> {
    let file = ServerTlsFile::Certificate;
    let mut read = Vec::with_capacity(chain.len());
    for (index, der) in chain.iter().enumerate() {
        match Certificate::read(der) {
            Some(certificate) => read.push(certificate),
            None => findings.wrong(file, format!("certificate {} in it is no X.509 certificate", index + 1)),
        }
    }
    if read.len() != chain.len() {
        return None;
    }
    let now = now();
    for (index, certificate) in read.iter().enumerate() {
        let (number, expires) = (index + 1, &certificate.expires);
        if certificate.is_over(now) {
            findings.warn(file, format!("certificate {number} in it expired on {expires}; renew it"));
        } else if certificate.not_before > now {
            findings.warn(file, format!("certificate {number} in it is not valid yet; look at the clock"));
        } else if index == 0 && certificate.not_after - now < SOON {
            findings.warn(file, format!("the certificate expires on {expires}; renew it"));
        }
    }
    for (index, pair) in read.windows(2).enumerate() {
        if let [one, next] = pair
            && !one.is_issued_by(next)
        {
            findings.warn(
                file,
                format!(
                    "certificate {} in it was not issued by certificate {}, which stands behind it; \
                     put each issuer behind what it issued",
                    index + 1,
                    index + 2
                ),
            );
        }
    }
    let own = read.into_iter().next()?;
    if !own.is_named {
        findings.warn(
            file,
            "the certificate has no subjectAltName, so that clients who check names refuse it; \
             have one made with the host's name",
        );
    }
    Some(own)
}
