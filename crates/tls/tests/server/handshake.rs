//! One handshake, seen from both ends.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use postroad_tls::{ServerTls, ServerTlsFacts, describe_server};
use rustls::client::WantsClientCert;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ConfigBuilder, HandshakeKind, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio_rustls::TlsConnector;

use crate::authority::{Authority, Issued};

/// What the client saw.
#[derive(Debug)]
pub(crate) struct ClientFacts {
    pub(crate) resumed: bool,
    pub(crate) protocol: Option<Vec<u8>>,
    /// Of the label of RFC 9266.
    pub(crate) exporter: [u8; 32],
}

pub(crate) const BOTH: &[&SupportedProtocolVersion] = &[&TLS13, &TLS12];
pub(crate) const ONLY_12: &[&SupportedProtocolVersion] = &[&TLS12];
pub(crate) const ONLY_13: &[&SupportedProtocolVersion] = &[&TLS13];

fn builder(
    authority: &Authority,
    versions: &[&'static SupportedProtocolVersion],
) -> ConfigBuilder<ClientConfig, WantsClientCert> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(authority.roots())
}

/// A client that believes this authority.
pub(crate) fn client(authority: &Authority, versions: &[&'static SupportedProtocolVersion]) -> ClientConfig {
    builder(authority, versions).with_no_client_auth()
}

/// One that shows a certificate.
pub(crate) fn client_with(
    authority: &Authority,
    own: &Issued,
    versions: &[&'static SupportedProtocolVersion],
) -> ClientConfig {
    builder(authority, versions).with_client_auth_cert(own.chain(), own.private_key()).unwrap()
}

/// Handshake and one line of greeting, which brings the tickets along.
pub(crate) async fn shake(
    server: &ServerTls,
    client: &Arc<ClientConfig>,
) -> (io::Result<ServerTlsFacts>, io::Result<ClientFacts>) {
    let (near, far) = tokio::io::duplex(64 * 1024);
    let both = async { tokio::join!(serve(server, far), greet(client, near)) };
    tokio::time::timeout(Duration::from_secs(10), both).await.unwrap()
}

async fn serve(server: &ServerTls, stream: DuplexStream) -> io::Result<ServerTlsFacts> {
    let mut stream = server.accept(stream).await?;
    stream.write_all(b"220 relay.example\r\n").await?;
    stream.flush().await?;
    Ok(describe_server(stream.get_ref().1))
}

async fn greet(client: &Arc<ClientConfig>, stream: DuplexStream) -> io::Result<ClientFacts> {
    let name = "relay.example".try_into().unwrap();
    let mut stream = TlsConnector::from(Arc::clone(client)).connect(name, stream).await?;
    let mut greeting = [0; 19];
    stream.read_exact(&mut greeting).await?;
    let connection = stream.get_ref().1;
    Ok(ClientFacts {
        resumed: connection.handshake_kind() == Some(HandshakeKind::Resumed),
        protocol: connection.alpn_protocol().map(<[u8]>::to_vec),
        exporter: connection.export_keying_material([0; 32], b"EXPORTER-Channel-Binding", None).unwrap(),
    })
}

/// What a server answers to octets of ours.
pub(crate) async fn answer_to(server: &ServerTls, octets: &[u8]) -> (io::Error, Vec<u8>) {
    let (mut near, far) = tokio::io::duplex(64 * 1024);
    let client = async {
        near.write_all(octets).await.unwrap();
        let mut answer = Vec::new();
        // The server's close may come as an error.
        let _closed = near.read_to_end(&mut answer).await.is_ok();
        answer
    };
    let served = async { server.accept(far).await.err().unwrap() };
    let both = async { tokio::join!(served, client) };
    tokio::time::timeout(Duration::from_secs(10), both).await.unwrap()
}
