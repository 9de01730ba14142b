//! How a relay logs in at the smart hosts.

/// The mechanism, with what is not secret of its account; the secrets are the connector's [`crate::Credential`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// No AUTH.
    None,
    /// PLAIN, else LOGIN, as this user.
    Basic {
        /// The user name; not empty.
        user: String,
    },
    /// The same, inside TLS with an exactly named certificate only.
    BasicRequireTls {
        /// The user name; not empty.
        user: String,
    },
    /// Kerberos by GSSAPI.
    ExchangeServer {
        /// The principal; not empty.
        principal: String,
    },
    /// No AUTH: the way is trusted for other reasons.
    ExternallySecured,
    /// An access token in the form of XOAUTH2.
    XOAuth2(OAuthAccount),
    /// An access token (RFC 7628).
    OAuthBearer(OAuthAccount),
    /// The client certificate.
    External,
}

/// An account whose secret is an access token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuthAccount {
    /// The user name; not empty.
    pub user: String,
    /// Where tokens come from.
    pub source: TokenSource,
}

/// Where access tokens come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenSource {
    /// A token that does not change.
    Static,
    /// The client credentials grant (RFC 6749 §4.4); the client has a secret.
    ClientCredentials(TokenClient),
    /// A refresh token (RFC 6749 §6).
    RefreshToken {
        /// Who asks.
        client: TokenClient,
        /// The client has a secret; a public client has none.
        has_client_secret: bool,
    },
}

/// A client of a token endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenClient {
    /// An https URL.
    pub token_endpoint: String,
    /// The client's id; not empty.
    pub client_id: String,
    /// The scope asked for; may be empty.
    pub scope: String,
}

impl Authentication {
    /// True when the connector has a [`crate::Credential`].
    #[must_use]
    pub const fn has_credential(&self) -> bool {
        !matches!(self, Self::None | Self::ExternallySecured | Self::External)
    }

    /// The user name or principal, where there is one.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        match self {
            Self::Basic { user } | Self::BasicRequireTls { user } | Self::ExchangeServer { principal: user } => {
                Some(user)
            }
            Self::XOAuth2(account) | Self::OAuthBearer(account) => Some(&account.user),
            Self::None | Self::ExternallySecured | Self::External => None,
        }
    }
}
