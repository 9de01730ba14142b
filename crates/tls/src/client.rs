//! Client configurations, one per TLS level.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::version::{TLS12, TLS13};
use tokio_rustls::TlsConnector;

use crate::unchecked::UncheckedCertificate;

/// Makes client configurations: TLS 1.2 and 1.3, aws-lc-rs.
///
/// Each call gives a configuration with a session store of its own. Keep one connector per Send connector and
/// configuration of it: sessions are resumed within it, and never across two of them.
#[derive(Clone, Debug)]
pub struct ClientTls {
    provider: Arc<CryptoProvider>,
}

impl Default for ClientTls {
    fn default() -> Self {
        Self::new()
    }
}

impl ClientTls {
    /// A factory on aws-lc-rs, whatever the process's provider is.
    #[must_use]
    pub fn new() -> Self {
        Self { provider: Arc::new(aws_lc_rs::default_provider()) }
    }

    /// Encrypts, and does not check the certificate: for connectors without a TLS level, with or without `require_tls`,
    /// and for the level ENCRYPTION_ONLY. Somebody who can alter packets can read along; only who merely listens cannot.
    #[must_use]
    pub fn opportunistic(&self) -> TlsConnector {
        #[allow(
            clippy::expect_used,
            reason = "fails only for a provider without suites for these versions; this has both"
        )]
        let config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(&[&TLS13, &TLS12])
            .expect("aws-lc-rs has suites for TLS 1.2 and 1.3")
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(UncheckedCertificate::new(&self.provider)))
            .with_no_client_auth();
        TlsConnector::from(Arc::new(config))
    }
}
