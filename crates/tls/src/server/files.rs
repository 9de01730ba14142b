//! The files of a server: which they are, and how they are read.

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

/// Octets of a file. Bundles of all public roots are below 400 KiB.
const LONGEST: u64 = 4 * 1024 * 1024;

/// The PEM files of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerTlsFiles {
    /// The server's own certificate, and behind it the certificates that lead to a root.
    pub certificate: PathBuf,
    /// The private key of the server's own certificate: PKCS#8, PKCS#1 or SEC1, not encrypted. May be the same file.
    pub key: PathBuf,
    /// Whether clients are asked for certificates, and who may have issued them. `None`: they are not asked.
    pub clients: Option<ClientCertificates>,
}

/// Which certificates clients may show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCertificates {
    /// Certificates of those whose certificates are believed.
    pub ca: PathBuf,
    /// A client without a certificate is refused in the handshake.
    pub required: bool,
}

/// One of the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerTlsFile {
    /// [`ServerTlsFiles::certificate`].
    Certificate,
    /// [`ServerTlsFiles::key`].
    Key,
    /// [`ClientCertificates::ca`].
    ClientCa,
}

/// Something to say about a file: what is wrong and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFinding {
    /// Which of the files.
    pub file: ServerTlsFile,
    /// Where it was looked for.
    pub path: PathBuf,
    /// What is wrong and what to do, without the path.
    pub text: String,
}

impl fmt::Display for TlsFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.text)
    }
}

/// Why files cannot be used: all reasons, at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsProblems(pub Vec<TlsFinding>);

impl fmt::Display for TlsProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.0.iter().enumerate() {
            write!(f, "{}{finding}", if index == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

impl std::error::Error for TlsProblems {}

/// What the files hold, at one moment.
pub(crate) struct Contents {
    pub(crate) certificate: Zeroizing<Vec<u8>>,
    pub(crate) key: Zeroizing<Vec<u8>>,
    pub(crate) client_ca: Option<Zeroizing<Vec<u8>>>,
    /// Changes with any of them.
    pub(crate) digest: Vec<u8>,
}

impl Contents {
    pub(crate) fn read(files: &ServerTlsFiles) -> Result<Self, TlsProblems> {
        let mut wrong = Vec::new();
        let mut read = |file: ServerTlsFile, path: &Path| match read(path) {
            Ok(octets) => octets,
            Err(text) => {
                wrong.push(TlsFinding { file, path: path.to_owned(), text });
                Zeroizing::new(Vec::new())
            }
        };
        let certificate = read(ServerTlsFile::Certificate, &files.certificate);
        let key = read(ServerTlsFile::Key, &files.key);
        let client_ca = files.clients.as_ref().map(|clients| read(ServerTlsFile::ClientCa, &clients.ca));
        if !wrong.is_empty() {
            return Err(TlsProblems(wrong));
        }
        let mut digest = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
        for part in [Some(&certificate), Some(&key), client_ca.as_ref()].into_iter().flatten() {
            digest.update(&part.len().to_be_bytes());
            digest.update(part);
        }
        Ok(Self { digest: digest.finish().as_ref().to_vec(), certificate, key, client_ca })
    }
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, String> {
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file; write the path of a PEM file".to_owned(),
        std::io::ErrorKind::PermissionDenied => {
            "this process may not read it; give its user the right to (chown, chmod)".to_owned()
        }
        _ => format!("it cannot be read: {error}"),
    };
    // Opening a pipe would wait for its writer.
    if !std::fs::metadata(path).map_err(failed)?.is_file() {
        return Err("this is no file; write the path of a PEM file".to_owned());
    }
    let file = File::open(path).map_err(failed)?;
    let mut octets = Zeroizing::new(Vec::with_capacity(16 * 1024));
    file.take(LONGEST + 1).read_to_end(&mut octets).map_err(failed)?;
    if octets.len() as u64 > LONGEST {
        return Err(format!("it is larger than {LONGEST} octets; write the path of a PEM file"));
    }
    Ok(octets)
}
