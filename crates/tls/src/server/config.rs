//! The rustls configuration of a server.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::{
    ClientHello, NoClientAuth, ResolvesServerCert, ServerSessionMemoryCache, WebPkiClientVerifier,
    danger::ClientCertVerifier,
};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};

use crate::server::credentials::Credentials;
use crate::server::files::ClientCertificates;

/// No protocol name of SMTP is registered (IANA, TLS ALPN Protocol IDs). These two are what Exim takes and what clients
/// that send a name at all use for SMTP. A client that offers none is served; one that offers only others is refused.
const PROTOCOLS: [&[u8]; 2] = [b"smtp", b"esmtp"];

/// Sessions kept for TLS 1.2 clients that take no tickets.
const SESSIONS: usize = 256;

/// Always the one certificate, whatever name the client asks for.
#[derive(Debug)]
struct Always(Arc<CertifiedKey>);

impl ResolvesServerCert for Always {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

/// A configuration with keys for tickets and a session store of its own: sessions are resumed within it, and never in
/// another one. A session that is resumed was checked by the rules of its first handshake; hence also never across a
/// change of the files.
pub(crate) fn build(
    provider: &Arc<CryptoProvider>,
    credentials: &Credentials,
    clients: Option<&ClientCertificates>,
) -> Result<ServerConfig, String> {
    let verifier: Arc<dyn ClientCertVerifier> = match (&credentials.clients, clients) {
        (Some(roots), Some(clients)) => {
            let builder = WebPkiClientVerifier::builder_with_provider(Arc::clone(roots), Arc::clone(provider));
            let builder = if clients.required { builder } else { builder.allow_unauthenticated() };
            builder.build().map_err(|error| error.to_string())?
        }
        _ => Arc::new(NoClientAuth),
    };
    let mut config = ServerConfig::builder_with_provider(Arc::clone(provider))
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(|error| error.to_string())?
        .with_client_cert_verifier(verifier)
        .with_cert_resolver(Arc::new(Always(Arc::clone(&credentials.certified))));
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
    config.session_storage = ServerSessionMemoryCache::new(SESSIONS);
    config.ticketer = aws_lc_rs::Ticketer::new().map_err(|error| error.to_string())?;
    // One is enough: clients of SMTP open one connection after the other.
    config.send_tls13_tickets = 1;
    config.max_early_data_size = 0;
    config.send_half_rtt_data = false;
    Ok(config)
}
