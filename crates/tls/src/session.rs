//! What an established session is, in the words of telemetry.

use rustls::{CipherSuite, ClientConnection, CommonState, HandshakeKind, ProtocolVersion};

/// Version ("1.2" or "1.3"; "" before the handshake), name of the cipher suite as IANA registered it, and whether the
/// session was resumed.
#[must_use]
pub fn describe(connection: &ClientConnection) -> (&'static str, String, bool) {
    (version_name(connection), cipher_name(connection).to_owned(), is_resumed(connection))
}

pub(crate) fn version_name(connection: &CommonState) -> &'static str {
    match connection.protocol_version() {
        Some(ProtocolVersion::TLSv1_2) => "1.2",
        Some(ProtocolVersion::TLSv1_3) => "1.3",
        _ => "",
    }
}

/// rustls has its own names for the suites of TLS 1.3.
pub(crate) fn cipher_name(connection: &CommonState) -> &'static str {
    match connection.negotiated_cipher_suite().map(|suite| suite.suite()) {
        Some(CipherSuite::TLS13_AES_128_GCM_SHA256) => "TLS_AES_128_GCM_SHA256",
        Some(CipherSuite::TLS13_AES_256_GCM_SHA384) => "TLS_AES_256_GCM_SHA384",
        Some(CipherSuite::TLS13_CHACHA20_POLY1305_SHA256) => "TLS_CHACHA20_POLY1305_SHA256",
        Some(suite) => suite.as_str().unwrap_or_default(),
        None => "",
    }
}

pub(crate) fn is_resumed(connection: &CommonState) -> bool {
    connection.handshake_kind() == Some(HandshakeKind::Resumed)
}
