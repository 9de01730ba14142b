//! The account of a connector as files have it: texts, and references to secrets.

use postroad_api::connector::v1::credential::Kind;
use postroad_api::connector::v1::o_auth_credential::Source as Tokens;
use postroad_api::connector::v1::{
    BasicCredential, ClientCredentialsGrant, Connector, Credential, KerberosCredential, OAuthCredential,
    RefreshTokenGrant, StaticToken,
};
use serde::{Deserialize, Serialize};

use super::change::Change;
use super::secret_slot::Slot;
use crate::secret::Reference;

/// An account; of the three kinds one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Account {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) basic: Option<Basic>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) oauth: Option<OAuth>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kerberos: Option<Kerberos>,
}

/// User name and password.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Basic {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) password: Option<Reference>,
}

/// User name and one source of access tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OAuth {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) static_token: Option<Token>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) client_credentials: Option<Grant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) refresh_token: Option<Grant>,
}

/// A token that does not change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Token {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) token: Option<Reference>,
}

/// A client of a token endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Grant {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) token_endpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) client_secret: Option<Reference>,
    /// Only of the refresh token grant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) refresh_token: Option<Reference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) scope: Option<String>,
}

/// Kerberos principal and its keytab.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kerberos {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) principal: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) keytab: Option<Reference>,
}

impl Account {
    /// Whether there is at most one kind of account, and at most one source of tokens.
    ///
    /// # Errors
    /// A sentence for people.
    pub(crate) fn check(&self) -> Result<(), String> {
        let kinds = [self.basic.is_some(), self.oauth.is_some(), self.kerberos.is_some()];
        if kinds.iter().filter(|kind| **kind).count() > 1 {
            return Err("A connector has one account: basic, oauth or kerberos.".to_owned());
        }
        let Some(oauth) = &self.oauth else { return Ok(()) };
        let sources = [oauth.static_token.is_some(), oauth.client_credentials.is_some(), oauth.refresh_token.is_some()];
        if sources.iter().filter(|source| **source).count() > 1 {
            return Err("Tokens have one source: static_token, client_credentials or refresh_token.".to_owned());
        }
        if oauth.client_credentials.as_ref().is_some_and(|grant| grant.refresh_token.is_some()) {
            return Err("A refresh token belongs to the grant refresh_token, not to client_credentials.".to_owned());
        }
        Ok(())
    }

    /// Puts what is said into a change: texts with their paths, secrets as places to read from.
    pub(crate) fn apply(self, change: &mut Change) {
        let mut put = |kind: Kind| {
            change.connector.credential = Some(Credential { kind: Some(kind) });
        };
        if let Some(basic) = self.basic {
            put(Kind::Basic(BasicCredential::default()));
            change.say("credential.basic.user", basic.user, |c, user| basic_of(c).user = user);
            change.secret(Slot::Password, basic.password);
        } else if let Some(kerberos) = self.kerberos {
            put(Kind::Kerberos(KerberosCredential::default()));
            change.say("credential.kerberos.principal", kerberos.principal, |c, principal| {
                if let Some(Kind::Kerberos(it)) = kind_of(c) {
                    it.principal = principal;
                }
            });
            change.secret(Slot::Keytab, kerberos.keytab);
        } else if let Some(oauth) = self.oauth {
            put(Kind::Oauth(OAuthCredential::default()));
            oauth.apply(change);
        }
    }
}

impl OAuth {
    fn apply(self, change: &mut Change) {
        change.say("credential.oauth.user", self.user, |c, user| oauth_of(c).user = user);
        if let Some(token) = self.static_token {
            oauth_of(&mut change.connector).source = Some(Tokens::StaticToken(StaticToken::default()));
            change.secret(Slot::Token, token.token);
        }
        if let Some(grant) = self.client_credentials {
            oauth_of(&mut change.connector).source = Some(Tokens::ClientCredentials(ClientCredentialsGrant::default()));
            let it = |c: &mut Connector, put: &dyn Fn(&mut ClientCredentialsGrant)| {
                if let Some(Tokens::ClientCredentials(it)) = &mut oauth_of(c).source {
                    put(it);
                }
            };
            let path = |name: &str| format!("credential.oauth.client_credentials.{name}");
            change.say(&path("token_endpoint"), grant.token_endpoint, |c, text| {
                it(c, &|it| it.token_endpoint.clone_from(&text));
            });
            change.say(&path("client_id"), grant.client_id, |c, text| it(c, &|it| it.client_id.clone_from(&text)));
            change.say(&path("scope"), grant.scope, |c, text| it(c, &|it| it.scope.clone_from(&text)));
            change.secret(Slot::ClientSecret, grant.client_secret);
        }
        if let Some(grant) = self.refresh_token {
            oauth_of(&mut change.connector).source = Some(Tokens::RefreshToken(RefreshTokenGrant::default()));
            let it = |c: &mut Connector, put: &dyn Fn(&mut RefreshTokenGrant)| {
                if let Some(Tokens::RefreshToken(it)) = &mut oauth_of(c).source {
                    put(it);
                }
            };
            let path = |name: &str| format!("credential.oauth.refresh_token.{name}");
            change.say(&path("token_endpoint"), grant.token_endpoint, |c, text| {
                it(c, &|it| it.token_endpoint.clone_from(&text));
            });
            change.say(&path("client_id"), grant.client_id, |c, text| it(c, &|it| it.client_id.clone_from(&text)));
            change.say(&path("scope"), grant.scope, |c, text| it(c, &|it| it.scope.clone_from(&text)));
            change.secret(Slot::RefreshClientSecret, grant.client_secret);
            change.secret(Slot::RefreshToken, grant.refresh_token);
        }
    }
}

/// The kind of account, if there is one.
pub(crate) fn kind_of(c: &mut Connector) -> Option<&mut Kind> {
    c.credential.as_mut()?.kind.as_mut()
}

fn basic_of(c: &mut Connector) -> &mut BasicCredential {
    let kind = &mut c.credential.get_or_insert_default().kind;
    if !matches!(kind, Some(Kind::Basic(_))) {
        *kind = Some(Kind::Basic(BasicCredential::default()));
    }
    match kind {
        Some(Kind::Basic(basic)) => basic,
        _ => unreachable!("made above"),
    }
}

fn oauth_of(c: &mut Connector) -> &mut OAuthCredential {
    let kind = &mut c.credential.get_or_insert_default().kind;
    if !matches!(kind, Some(Kind::Oauth(_))) {
        *kind = Some(Kind::Oauth(OAuthCredential::default()));
    }
    match kind {
        Some(Kind::Oauth(oauth)) => oauth,
        _ => unreachable!("made above"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(yaml: &str) -> Change {
        let account: Account = serde_yaml_ng::from_str(yaml).unwrap();
        account.check().unwrap();
        let mut change = Change::default();
        account.apply(&mut change);
        change
    }

    #[test]
    fn every_kind_names_what_it_says() {
        let basic = change("basic: {user: u, password: 'env:P'}");
        assert_eq!(basic.mask, ["credential.basic.user", "credential.basic.password"]);
        let client = change(
            "oauth: {user: u, client_credentials: {token_endpoint: 'https://t', client_id: i, client_secret: 'env:S'}}",
        );
        assert_eq!(client.mask.last().unwrap(), "credential.oauth.client_credentials.client_secret");
        let refresh = change("oauth: {refresh_token: {client_id: i, refresh_token: 'file:/r', scope: s}}");
        assert_eq!(
            refresh.mask,
            [
                "credential.oauth.refresh_token.client_id",
                "credential.oauth.refresh_token.scope",
                "credential.oauth.refresh_token.refresh_token"
            ]
        );
        assert_eq!(change("oauth: {static_token: {token: 'env:T'}}").mask, ["credential.oauth.static_token.token"]);
        assert_eq!(change("kerberos: {principal: p, keytab: 'file:/k'}").mask.len(), 2);
    }

    #[test]
    fn two_accounts_are_refused() {
        for yaml in [
            "{basic: {user: u}, kerberos: {principal: p}}",
            "oauth: {static_token: {token: 'env:T'}, refresh_token: {client_id: i}}",
            "oauth: {client_credentials: {refresh_token: 'env:T'}}",
        ] {
            assert!(serde_yaml_ng::from_str::<Account>(yaml).unwrap().check().is_err(), "{yaml}");
        }
    }
}
