//! Who is at the other end, as far as the dialogue asks.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use postroad_mail_types::ReversePath;

/// What the listener knows of a client when its session begins, and anew after XCLIENT.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its address: of the TCP connection, or as a trusted proxy told it.
    pub address: IpAddr,
    /// The address lies in a network that may relay. Nothing the client says changes it (TH6).
    pub may_relay: bool,
    /// It is a listed peer that may say XCLIENT.
    pub may_xclient: bool,
    /// The TLS session it is in already (a listener with TLS from the first octet).
    pub tls: Option<Arc<TlsFacts>>,
    /// Who it is by a trusted proxy's word (`LOGIN` of XCLIENT).
    pub identity: Option<Arc<dyn Identity>>,
}

/// What the dialogue asks of a TLS session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsFacts {
    /// As in `TLSv1.3`.
    pub version: String,
    /// The name of the cipher suite in IANA's registry, as in `TLS_AES_256_GCM_SHA384`.
    pub cipher: String,
    /// Channel bindings can be had (`tls-exporter`, RFC 9266), so that SCRAM-SHA-256-PLUS is usable.
    pub channel_binding: bool,
    /// The client showed a certificate that was verified, so that EXTERNAL is usable.
    pub client_certificate: bool,
}

/// Who is behind an authenticated session.
pub trait Identity: fmt::Debug + Send + Sync {
    /// The user's name, for the log and the trace; no secret.
    fn user(&self) -> &str;

    /// Whether the user may send with this reverse-path.
    fn may_send_as(&self, reverse_path: &ReversePath) -> bool;
}

impl Client {
    /// A client without TLS at an address.
    #[must_use]
    pub const fn new(address: IpAddr, may_relay: bool) -> Self {
        Self { address, may_relay, may_xclient: false, tls: None, identity: None }
    }
}
