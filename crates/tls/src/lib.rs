//! The rustls configurations of Postroad, and the rustls types that other crates name.
//!
//! The first line of every `main`, and of every test that touches TLS, is [`install_provider`]. Configurations of ours
//! name the provider themselves; the process-wide one is for libraries that make their own.

mod certificate;
mod client;
mod server;
mod session;
mod stored;
mod unchecked;

pub use certificate::CertificateName;
pub use client::ClientTls;
pub use rustls::pki_types::ServerName;
pub use rustls::{ClientConnection, Error as TlsError, ServerConnection};
pub use server::{
    ChannelBinding, ClientCertificates, Reload, ServerTls, ServerTlsFacts, ServerTlsFile, ServerTlsFiles, TlsFinding,
    TlsProblems, describe_server,
};
pub use session::describe;
pub use stored::{CertificateFacts, StoredPem, StoredPemProblems, certificate_facts, certificate_pem, read_stored_pem};
pub use tokio_rustls::client::TlsStream;
pub use tokio_rustls::server::TlsStream as ServerTlsStream;
pub use tokio_rustls::{TlsAcceptor, TlsConnector};

/// Makes aws-lc-rs the process's provider of cryptography. A second call changes nothing.
pub fn install_provider() {
    // The error is the provider that is there already: ours, from an earlier call.
    let _installed = rustls::crypto::aws_lc_rs::default_provider().install_default().is_ok();
}
