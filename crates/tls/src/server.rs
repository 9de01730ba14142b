//! The server side of a listener: TLS from PEM files, which may change while it runs.

mod config;
mod credentials;
mod files;
mod session;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use rustls::client::verify_server_name;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::ServerName;
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::{Accept, TlsAcceptor};

use crate::certificate::{Certificate, CertificateName};
use credentials::Credentials;
pub(crate) use credentials::damage;
use files::Contents;

pub use files::{ClientCertificates, ServerTlsFile, ServerTlsFiles, TlsFinding, TlsProblems};
pub use session::{ChannelBinding, ServerTlsFacts, describe_server};

/// Octets that a peer who does not read may leave in our buffers; whoever writes waits then. A full record of
/// TLS, and the reply to any command.
const WRITE_BUFFER: usize = 20 * 1024;

/// TLS 1.2 and 1.3 for clients of a listener: aws-lc-rs, the suites that rustls deems safe, no early data.
///
/// An offer of application protocols (ALPN, RFC 7301) that names neither `smtp` nor `esmtp` is refused with
/// no_application_protocol, so that no client can be made to take this server for one of another protocol. Clients
/// need not offer any.
///
/// Sessions are resumed within one value, by tickets or from a store of bounded size, and never across two.
/// An idle session holds some 8 KiB, of which 4 KiB are the buffer that the next record is read into.
pub struct ServerTls {
    files: ServerTlsFiles,
    provider: Arc<CryptoProvider>,
    current: RwLock<Arc<Current>>,
    /// What the last reload said, if it was refused: a refusal is told once.
    refused: Mutex<Option<TlsProblems>>,
}

struct Current {
    acceptor: TlsAcceptor,
    certified: Arc<CertifiedKey>,
    certificate: Certificate,
    warnings: Vec<TlsFinding>,
    digest: Vec<u8>,
}

/// What came of [`ServerTls::reload`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reload {
    /// The files hold what they held.
    Unchanged,
    /// New connections get what the files hold now.
    Swapped {
        /// What is odd about it, such as an expired certificate.
        warnings: Vec<TlsFinding>,
    },
    /// The files changed and cannot be used; what was loaded before stays in force.
    Refused(TlsProblems),
    /// As refused before, for the same reasons.
    StillRefused,
}

impl ServerTls {
    /// Reads the files and checks them: the key is the certificate's, everything parses. Reads files: keep it off the
    /// threads that serve.
    ///
    /// # Errors
    /// All that keeps the files from being used. A certificate that has expired, or names no host, is a warning.
    pub fn load(files: ServerTlsFiles) -> Result<Self, TlsProblems> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let current = Current::build(&files, &Contents::read(&files)?, &provider)?;
        Ok(Self { files, provider, current: RwLock::new(Arc::new(current)), refused: Mutex::new(None) })
    }

    /// Does the handshake with a client that begins now. Put a deadline around it.
    pub fn accept<IO: AsyncRead + AsyncWrite + Unpin>(&self, stream: IO) -> Accept<IO> {
        self.acceptor().accept_with(stream, |connection| connection.set_buffer_limit(Some(WRITE_BUFFER)))
    }

    /// What does handshakes now; [`accept`](Self::accept) also bounds the buffers.
    #[must_use]
    pub fn acceptor(&self) -> TlsAcceptor {
        self.current().acceptor.clone()
    }

    /// Reads the files again and, when they changed and are good, uses them for new connections. Sessions that stand go
    /// on; none of them can be resumed. Reads files: keep it off the threads that serve.
    pub fn reload(&self) -> Reload {
        let outcome = Contents::read(&self.files).and_then(|contents| {
            if contents.digest == self.current().digest {
                return Ok(None);
            }
            Current::build(&self.files, &contents, &self.provider).map(Some)
        });
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Ok(None) => {
                *refused = None;
                Reload::Unchanged
            }
            Ok(Some(current)) => {
                *refused = None;
                let warnings = current.warnings.clone();
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(current);
                Reload::Swapped { warnings }
            }
            Err(problems) if refused.as_ref() == Some(&problems) => Reload::StillRefused,
            Err(problems) => {
                *refused = Some(problems.clone());
                Reload::Refused(problems)
            }
        }
    }

    /// What is odd about what is in force, such as a certificate that had expired when it was loaded.
    #[must_use]
    pub fn warnings(&self) -> Vec<TlsFinding> {
        self.current().warnings.clone()
    }

    /// The names of the server's certificate.
    #[must_use]
    pub fn names(&self) -> Vec<CertificateName> {
        self.current().certificate.names.clone()
    }

    /// The last moment at which the server's certificate is valid, in seconds since 1970.
    #[must_use]
    pub fn expires(&self) -> i64 {
        self.current().certificate.not_after
    }

    /// Whether a client that checks names would take the certificate for this host's.
    #[must_use]
    pub fn covers(&self, host: &str) -> bool {
        ServerName::try_from(host).is_ok_and(|name| self.current().covers(&name))
    }

    /// The files that it was loaded from.
    #[must_use]
    pub const fn files(&self) -> &ServerTlsFiles {
        &self.files
    }

    fn current(&self) -> Arc<Current> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Current {
    fn build(files: &ServerTlsFiles, contents: &Contents, provider: &Arc<CryptoProvider>) -> Result<Self, TlsProblems> {
        let credentials = Credentials::check(files, contents, provider)?;
        let config = config::build(provider, &credentials, files.clients.as_ref()).map_err(|text| {
            // What can still fail here is making a verifier of the clients' roots, or the system's random numbers.
            let (file, path) =
                files.clients.as_ref().map_or((ServerTlsFile::Certificate, &files.certificate), |clients| {
                    (ServerTlsFile::ClientCa, &clients.ca)
                });
            TlsProblems(vec![TlsFinding {
                file,
                path: path.clone(),
                text: format!("no TLS can be made of it: {text}"),
            }])
        })?;
        Ok(Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            certified: credentials.certified,
            certificate: credentials.certificate,
            warnings: credentials.warnings,
            digest: contents.digest.clone(),
        })
    }

    fn covers(&self, name: &ServerName<'_>) -> bool {
        let parsed = self.certified.end_entity_cert().and_then(ParsedCertificate::try_from);
        parsed.is_ok_and(|parsed| verify_server_name(&parsed, name).is_ok())
    }
}

impl fmt::Debug for ServerTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerTls").field("files", &self.files).finish_non_exhaustive()
    }
}
