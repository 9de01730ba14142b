//! What an established session is, in the words of telemetry.

use rustls::{ClientConnection, HandshakeKind, ProtocolVersion};

/// Version ("1.2" or "1.3"; "" before the handshake), name of the cipher suite, and whether the session was resumed.
#[must_use]
pub fn describe(connection: &ClientConnection) -> (&'static str, String, bool) {
    let version = match connection.protocol_version() {
        Some(ProtocolVersion::TLSv1_2) => "1.2",
        Some(ProtocolVersion::TLSv1_3) => "1.3",
        _ => "",
    };
    let cipher = connection.negotiated_cipher_suite().and_then(|suite| suite.suite().as_str()).unwrap_or_default();
    let resumed = connection.handshake_kind() == Some(HandshakeKind::Resumed);
    (version, String::from(cipher), resumed)
}
