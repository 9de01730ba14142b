//! Values that are never shown.

use std::fmt;

use zeroize::Zeroizing;

/// A text that wipes itself and prints as `<redacted>`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes over a secret text.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself: only for the wire to the smart host and for sealing.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

/// Octets that wipe themselves and print as `<redacted>`.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// Takes over secret octets.
    #[must_use]
    pub fn new(octets: Vec<u8>) -> Self {
        Self(Zeroizing::new(octets))
    }

    /// The octets themselves: only for their use and for sealing.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

/// The secrets of a connector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// User name and password.
    Basic(BasicCredential),
    /// Secrets of a source of access tokens; never sent to relays.
    OAuth(OAuthSecrets),
    /// Keys of a Kerberos principal.
    Kerberos(KerberosCredential),
}

/// User name and password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BasicCredential {
    /// The user name; not empty.
    pub user: String,
    /// The password; not empty.
    pub password: Secret,
}

/// Secrets of a source of access tokens; which of them are there depends on the source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OAuthSecrets {
    /// A token that does not change.
    pub token: Option<Secret>,
    /// The client's secret.
    pub client_secret: Option<Secret>,
    /// The refresh token.
    pub refresh_token: Option<Secret>,
}

/// Kerberos principal and its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KerberosCredential {
    /// The principal; not empty.
    pub principal: String,
    /// The keytab file; not empty.
    pub keytab: SecretBytes,
}
