//! The secret fields of a connector.

use postroad_api::connector::v1::Connector;
use postroad_api::connector::v1::credential::Kind;
use postroad_api::connector::v1::o_auth_credential::Source as Tokens;

use super::account::kind_of;
use crate::secret::Source;
use crate::{Console, Failure};

/// A secret field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    Password,
    Keytab,
    Token,
    ClientSecret,
    RefreshClientSecret,
    RefreshToken,
}

/// All of them.
pub(crate) const SLOTS: [Slot; 6] =
    [Slot::Password, Slot::Keytab, Slot::Token, Slot::ClientSecret, Slot::RefreshClientSecret, Slot::RefreshToken];

impl Slot {
    /// Its path in the API.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Password => "credential.basic.password",
            Self::Keytab => "credential.kerberos.keytab",
            Self::Token => "credential.oauth.static_token.token",
            Self::ClientSecret => "credential.oauth.client_credentials.client_secret",
            Self::RefreshClientSecret => "credential.oauth.refresh_token.client_secret",
            Self::RefreshToken => "credential.oauth.refresh_token.refresh_token",
        }
    }

    /// What people call it.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Password => "Password",
            Self::Keytab => "Keytab",
            Self::Token => "Access token",
            Self::ClientSecret | Self::RefreshClientSecret => "Client secret",
            Self::RefreshToken => "Refresh token",
        }
    }

    /// The mark that says that one is stored; `None` when the account has no such field.
    pub(crate) fn mark(self, c: &mut Connector) -> Option<&mut bool> {
        match (self, kind_of(c)?) {
            (Self::Password, Kind::Basic(it)) => Some(&mut it.password_set),
            (Self::Keytab, Kind::Kerberos(it)) => Some(&mut it.keytab_set),
            (slot, Kind::Oauth(it)) => match (slot, it.source.as_mut()?) {
                (Self::Token, Tokens::StaticToken(it)) => Some(&mut it.token_set),
                (Self::ClientSecret, Tokens::ClientCredentials(it)) => Some(&mut it.client_secret_set),
                (Self::RefreshClientSecret, Tokens::RefreshToken(it)) => Some(&mut it.client_secret_set),
                (Self::RefreshToken, Tokens::RefreshToken(it)) => Some(&mut it.refresh_token_set),
                _ => None,
            },
            _ => None,
        }
    }

    /// Fetches the secret and puts it in its place.
    ///
    /// # Errors
    /// When there is none where it was said to be.
    pub(crate) fn fetch(self, source: &Source, c: &mut Connector, console: &mut Console) -> Result<(), Failure> {
        if self == Self::Keytab {
            let octets = source.read_octets(self.title(), console)?;
            if let Some(Kind::Kerberos(it)) = kind_of(c) {
                it.keytab = octets.expose().to_vec();
            }
            return Ok(());
        }
        let secret = source.read(self.title(), console)?;
        if let Some(field) = self.text(c) {
            *field = secret.expose().to_owned();
        }
        Ok(())
    }

    /// Puts something in its place that only says that there will be one.
    pub(crate) fn stand_in(self, c: &mut Connector) {
        if let Some(Kind::Kerberos(it)) = kind_of(c) {
            it.keytab = b"-".to_vec();
        } else if let Some(field) = self.text(c) {
            "-".clone_into(field);
        }
    }

    fn text(self, c: &mut Connector) -> Option<&mut String> {
        match (self, kind_of(c)?) {
            (Self::Password, Kind::Basic(it)) => Some(&mut it.password),
            (slot, Kind::Oauth(it)) => match (slot, it.source.as_mut()?) {
                (Self::Token, Tokens::StaticToken(it)) => Some(&mut it.token),
                (Self::ClientSecret, Tokens::ClientCredentials(it)) => Some(&mut it.client_secret),
                (Self::RefreshClientSecret, Tokens::RefreshToken(it)) => Some(&mut it.client_secret),
                (Self::RefreshToken, Tokens::RefreshToken(it)) => Some(&mut it.refresh_token),
                _ => None,
            },
            _ => None,
        }
    }
}
