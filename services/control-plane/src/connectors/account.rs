//! The account of a connector as a write leaves it.

use std::sync::Arc;

use postroad_api::Secrets;
use postroad_connector_model::{
    Authentication, BasicCredential, Connector, Credential, KerberosCredential, OAuthSecrets, TokenSource,
};

use crate::write::SecretEdit;

/// What becomes of the secrets: those that are given, the stored ones under the account as it is now, or none.
pub(super) fn secret_edit(
    connector: &Connector,
    given: &Secrets,
    stored: Option<&Arc<Credential>>,
) -> SecretEdit<Credential> {
    let after = match &connector.authentication {
        Authentication::None | Authentication::ExternallySecured | Authentication::External => {
            return if stored.is_some() { SecretEdit::Remove } else { SecretEdit::Keep };
        }
        Authentication::Basic { user } | Authentication::BasicRequireTls { user } => basic(user, given, stored),
        Authentication::ExchangeServer { principal } => kerberos(principal, given, stored),
        Authentication::XOAuth2(account) | Authentication::OAuthBearer(account) => {
            Some(Credential::OAuth(oauth(&account.source, given, stored)))
        }
    };
    match after {
        Some(after) if stored.is_some_and(|stored| **stored == after) => SecretEdit::Keep,
        Some(after) => SecretEdit::Set(Arc::new(after)),
        // The check of the connector has refused this already.
        None => SecretEdit::Keep,
    }
}

/// Whether a connector needs a secret that is not stored.
pub(super) fn lacks_secret(connector: &Connector, stored: Option<&Arc<Credential>>) -> bool {
    let account = match &connector.authentication {
        Authentication::None | Authentication::ExternallySecured | Authentication::External => return false,
        Authentication::Basic { .. } | Authentication::BasicRequireTls { .. } => {
            return !matches!(stored.map(Arc::as_ref), Some(Credential::Basic(_)));
        }
        Authentication::ExchangeServer { .. } => {
            return !matches!(stored.map(Arc::as_ref), Some(Credential::Kerberos(_)));
        }
        Authentication::XOAuth2(account) | Authentication::OAuthBearer(account) => account,
    };
    let after = oauth(&account.source, &Secrets::default(), stored);
    match &account.source {
        TokenSource::Static => after.token.is_none(),
        TokenSource::ClientCredentials(_) => after.client_secret.is_none(),
        TokenSource::RefreshToken { has_client_secret, .. } => {
            after.refresh_token.is_none() || (*has_client_secret && after.client_secret.is_none())
        }
    }
}

fn basic(user: &str, given: &Secrets, stored: Option<&Arc<Credential>>) -> Option<Credential> {
    let kept = || match stored.map(Arc::as_ref) {
        Some(Credential::Basic(kept)) => Some(kept.password.clone()),
        _ => None,
    };
    let password = given.password.clone().or_else(kept)?;
    Some(Credential::Basic(BasicCredential { user: user.to_owned(), password }))
}

fn kerberos(principal: &str, given: &Secrets, stored: Option<&Arc<Credential>>) -> Option<Credential> {
    let kept = || match stored.map(Arc::as_ref) {
        Some(Credential::Kerberos(kept)) => Some(kept.keytab.clone()),
        _ => None,
    };
    let keytab = given.keytab.clone().or_else(kept)?;
    Some(Credential::Kerberos(KerberosCredential { principal: principal.to_owned(), keytab }))
}

fn oauth(source: &TokenSource, given: &Secrets, stored: Option<&Arc<Credential>>) -> OAuthSecrets {
    let nothing = OAuthSecrets::default();
    let kept = match stored.map(Arc::as_ref) {
        Some(Credential::OAuth(kept)) => kept,
        _ => &nothing,
    };
    let client_secret = || given.client_secret.clone().or_else(|| kept.client_secret.clone());
    match source {
        TokenSource::Static => {
            OAuthSecrets { token: given.token.clone().or_else(|| kept.token.clone()), ..nothing.clone() }
        }
        TokenSource::ClientCredentials(_) => OAuthSecrets { client_secret: client_secret(), ..nothing.clone() },
        TokenSource::RefreshToken { has_client_secret, .. } => OAuthSecrets {
            token: None,
            client_secret: if *has_client_secret { client_secret() } else { None },
            refresh_token: given.refresh_token.clone().or_else(|| kept.refresh_token.clone()),
        },
    }
}
