//! What an exchange has to know of its connection.

use std::fmt;
use std::sync::Arc;

use postroad_smtp_codec::sasl::{Mechanism, Mechanisms};

use crate::token::TokenVerifier;
use crate::users::Users;

/// What an exchange has to know of its connection and its listener.
#[derive(Clone, Default)]
pub struct Context {
    /// Whether the connection is under TLS.
    pub tls: bool,
    /// What binds SCRAM-SHA-256-PLUS to the connection; `None` where the session cannot give it.
    pub channel_binding: Option<ChannelBinding>,
    /// Subject alternative names of the client's certificate, which was verified; empty where there is none.
    pub certificate_names: Vec<String>,
    /// The mechanisms that the listener allows.
    pub mechanisms: Mechanisms,
    /// Who checks tokens.
    pub tokens: Option<Arc<dyn TokenVerifier>>,
}

impl Context {
    /// The mechanisms to be named in the reply to EHLO: those that the listener allows, the connection can bear, and some user
    /// can log in by. PLAIN, LOGIN and tokens are never among them without TLS (RFC 4954 §4).
    #[must_use]
    pub fn offered(&self, users: &Users) -> Mechanisms {
        self.mechanisms.iter().filter(|mechanism| self.offers(*mechanism, users)).collect()
    }

    pub(crate) fn offers(&self, mechanism: Mechanism, users: &Users) -> bool {
        let possible = match mechanism {
            Mechanism::Plain | Mechanism::Login => users.any_password(),
            Mechanism::ScramSha256 => users.any_scram(),
            Mechanism::ScramSha256Plus => self.tls && self.channel_binding.is_some() && users.any_scram(),
            Mechanism::External => self.tls && !self.certificate_names.is_empty() && users.any_certificate(),
            Mechanism::OAuthBearer | Mechanism::XOAuth2 => self.tokens.is_some() && users.any_token(),
        };
        self.mechanisms.contains(mechanism) && possible && (self.tls || !mechanism.shows_secret())
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("tls", &self.tls)
            .field("channel_binding", &self.channel_binding)
            .field("certificate_names", &self.certificate_names)
            .field("mechanisms", &self.mechanisms)
            .field("tokens", &self.tokens.is_some())
            .finish()
    }
}

/// Channel binding of type `tls-exporter` (RFC 9266): 32 octets exported from the TLS session under the label
/// `EXPORTER-Channel-Binding` with an empty context.
#[derive(Clone, Copy)]
pub struct ChannelBinding([u8; 32]);

impl ChannelBinding {
    /// Its name in SCRAM.
    pub(crate) const NAME: &'static str = "tls-exporter";

    /// Takes the exported octets. Of TLS 1.2 only sessions with the extended master secret may be used (RFC 9266 §4.2).
    #[must_use]
    pub const fn tls_exporter(octets: [u8; 32]) -> Self {
        Self(octets)
    }

    pub(crate) const fn octets(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for ChannelBinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChannelBinding(<redacted>)")
    }
}
