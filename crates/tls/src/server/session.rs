//! What an established session with a client is.

use std::fmt;

use rustls::{ProtocolVersion, ServerConnection};

use crate::certificate::{Certificate, CertificateName, now};
use crate::session::{cipher_name, is_resumed, version_name};

/// Facts of a session, after the handshake.
#[derive(Clone, Debug)]
pub struct ServerTlsFacts {
    /// "1.2" or "1.3"; "" before the handshake.
    pub version: &'static str,
    /// The cipher suite's name as IANA registered it, as in `TLS_AES_256_GCM_SHA384`; "" before the handshake.
    pub cipher: &'static str,
    /// Whether it goes on an earlier session of the same listener.
    pub resumed: bool,
    /// Who the client is by its certificate, which was verified. `None`: it showed none, was not asked for one, or that
    /// of a resumed session has expired meanwhile.
    pub client: Option<Vec<CertificateName>>,
    /// What binds a login to this session (RFC 9266).
    pub exporter: Option<ChannelBinding>,
}

/// The data of the channel binding type `tls-exporter` (RFC 9266): the same at both ends of a session, and at no other
/// session's.
#[derive(Clone, PartialEq, Eq)]
pub struct ChannelBinding([u8; 32]);

impl ChannelBinding {
    const LABEL: &'static [u8] = b"EXPORTER-Channel-Binding";

    /// The octets that go into a login.
    #[must_use]
    pub const fn as_octets(&self) -> &[u8; 32] {
        &self.0
    }

    /// For TLS 1.3 alone. Under TLS 1.2 the data would be unique only with the extended master secret (RFC 9266 §4.2),
    /// and rustls does not tell whether a session has it; demanding it would shut out clients that need no binding.
    fn of(connection: &ServerConnection) -> Option<Self> {
        if connection.protocol_version() != Some(ProtocolVersion::TLSv1_3) {
            return None;
        }
        // RFC 9266 §2: a context of no octets. In TLS 1.3 an absent one is the same (RFC 8446 §7.5).
        connection.export_keying_material([0; 32], Self::LABEL, Some(b"")).ok().map(Self)
    }
}

impl fmt::Debug for ChannelBinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChannelBinding(..)")
    }
}

/// What is to be known of a session whose handshake is done.
#[must_use]
pub fn describe_server(connection: &ServerConnection) -> ServerTlsFacts {
    ServerTlsFacts {
        version: version_name(connection),
        cipher: cipher_name(connection),
        resumed: is_resumed(connection),
        client: client_names(connection),
        exporter: ChannelBinding::of(connection),
    }
}

/// The chain was verified in the handshake, or in that of the session that is resumed.
fn client_names(connection: &ServerConnection) -> Option<Vec<CertificateName>> {
    let own = connection.peer_certificates()?.first()?;
    let certificate = Certificate::read(own)?;
    if certificate.is_over(now()) {
        return None;
    }
    Some(certificate.names.into_iter().filter(CertificateName::names_one).collect())
}
