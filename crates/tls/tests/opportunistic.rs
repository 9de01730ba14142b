//! Opportunistic TLS against real handshakes over loopback.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use postroad_tls::{ClientTls, ServerName, TlsConnector, describe, install_provider};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, SupportedProtocolVersion, version};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// A server that answers each connection with one greeting line.
struct Server {
    address: SocketAddr,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Debug)]
struct Always(Arc<CertifiedKey>);

impl ResolvesServerCert for Always {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

/// Self-signed, expired, and of another name than anybody asks for.
fn bad_certificate(key: &KeyPair) -> CertificateDer<'static> {
    let mut params = CertificateParams::new(vec![String::from("somebody.else.example")]).unwrap();
    params.not_before = date_time_ymd(2001, 1, 1);
    params.not_after = date_time_ymd(2002, 1, 1);
    params.self_signed(key).unwrap().der().clone()
}

fn certified(certificate: CertificateDer<'static>, key: &KeyPair) -> CertifiedKey {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let key = rustls::crypto::aws_lc_rs::sign::any_supported_type(&key).unwrap();
    CertifiedKey::new(vec![certificate], key)
}

async fn serve(certified: CertifiedKey, versions: &[&'static SupportedProtocolVersion]) -> Server {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(Always(Arc::new(certified))));
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    #[allow(clippy::disallowed_methods, reason = "aborted when the test drops the server")]
    let task = tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            // A refused handshake is what some tests want.
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            stream.write_all(b"220 secret\r\n").await.unwrap();
            // The client's close need not be orderly.
            let _closed = stream.shutdown().await.is_ok();
        }
    });
    Server { address, task }
}

/// Handshake and greeting; tells the session.
async fn talk(
    connector: &TlsConnector,
    server: &Server,
    name: &'static str,
) -> std::io::Result<(&'static str, String, bool)> {
    let attempt = async {
        let tcp = TcpStream::connect(server.address).await?;
        let mut stream = connector.connect(ServerName::try_from(name).unwrap(), tcp).await?;
        let mut greeting = String::new();
        stream.read_to_string(&mut greeting).await?;
        assert_eq!(greeting, "220 secret\r\n");
        Ok(describe(stream.get_ref().1))
    };
    tokio::time::timeout(Duration::from_secs(10), attempt).await.unwrap()
}

#[tokio::test]
async fn a_bad_certificate_is_not_looked_at() {
    install_provider();
    install_provider();
    let key = KeyPair::generate().unwrap();
    let server = serve(certified(bad_certificate(&key), &key), &[&version::TLS13, &version::TLS12]).await;
    for name in ["smarthost.example", "192.0.2.7"] {
        let (version, cipher, resumed) = talk(&ClientTls::new().opportunistic(), &server, name).await.unwrap();
        assert_eq!((version, resumed), ("1.3", false));
        assert!(["TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"].contains(&cipher.as_str()), "{cipher}");
    }
}

#[tokio::test]
async fn tls_1_2_is_spoken() {
    let key = KeyPair::generate().unwrap();
    let server = serve(certified(bad_certificate(&key), &key), &[&version::TLS12]).await;
    let (version, cipher, _) = talk(&ClientTls::new().opportunistic(), &server, "smarthost.example").await.unwrap();
    assert_eq!(version, "1.2");
    assert!(cipher.starts_with("TLS_ECDHE_"), "{cipher}");
}

#[tokio::test]
async fn sessions_are_resumed_within_a_connector_only() {
    let key = KeyPair::generate().unwrap();
    let server = serve(certified(bad_certificate(&key), &key), &[&version::TLS13]).await;
    let factory = ClientTls::new();
    let (one, other) = (factory.opportunistic(), factory.opportunistic());
    let resumed = async |connector| talk(connector, &server, "smarthost.example").await.unwrap().2;
    assert!(!resumed(&one).await);
    assert!(resumed(&one).await, "the second connection resumes");
    assert!(!resumed(&other).await, "another connector must not see the first one's sessions");
}

/// A server that shows somebody else's certificate cannot sign for it.
#[tokio::test]
async fn the_peer_must_hold_the_key_of_its_certificate() {
    for versions in [[&version::TLS13], [&version::TLS12]] {
        let (shown, held) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let server = serve(certified(bad_certificate(&shown), &held), &versions).await;
        let error = talk(&ClientTls::new().opportunistic(), &server, "smarthost.example").await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains("BadSignature"), "{text}");
    }
}
