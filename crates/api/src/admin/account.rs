//! Accounts of the admin API and of the model.

use postroad_connector_model::{
    AuthMechanism, BasicDraft, CredentialDraft, KerberosDraft, OAuthDraft, TokenClient, TokenSourceDraft, Violations,
};

use super::UNKNOWN_VALUE;
use super::choices;
use crate::connector::v1 as wire;
use crate::connector::v1::credential::Kind;
use crate::connector::v1::o_auth_credential::Source;

/// The mechanism. For one that is not known whichever fits the account: the model shall not complain about a mechanism
/// that nobody chose.
pub(super) fn read_mechanism(
    number: i32,
    account: Option<&CredentialDraft>,
    violations: &mut Violations,
) -> AuthMechanism {
    choices::read_mechanism(number).unwrap_or_else(|| {
        violations.add("auth_mechanism", UNKNOWN_VALUE);
        match account {
            None => AuthMechanism::None,
            Some(CredentialDraft::Basic(_)) => AuthMechanism::Basic,
            Some(CredentialDraft::OAuth(_)) => AuthMechanism::OAuthBearer,
            Some(CredentialDraft::Kerberos(_)) => AuthMechanism::ExchangeServer,
        }
    })
}

/// The account without its secrets. A secret counts as there when it is given or marked as stored.
pub(super) fn read(credential: Option<&wire::Credential>) -> Option<CredentialDraft> {
    let has = |stored: bool, given: &[u8]| stored || !given.is_empty();
    Some(match credential?.kind.as_ref()? {
        Kind::Basic(basic) => CredentialDraft::Basic(BasicDraft {
            user: basic.user.clone(),
            has_password: has(basic.password_set, basic.password.as_bytes()),
        }),
        Kind::Kerberos(kerberos) => CredentialDraft::Kerberos(KerberosDraft {
            principal: kerberos.principal.clone(),
            has_keytab: has(kerberos.keytab_set, &kerberos.keytab),
        }),
        Kind::Oauth(oauth) => {
            let source = oauth.source.as_ref().map(|source| match source {
                Source::StaticToken(it) => {
                    TokenSourceDraft::Static { has_token: has(it.token_set, it.token.as_bytes()) }
                }
                Source::ClientCredentials(it) => TokenSourceDraft::ClientCredentials {
                    client: client(&it.token_endpoint, &it.client_id, &it.scope),
                    has_client_secret: has(it.client_secret_set, it.client_secret.as_bytes()),
                },
                Source::RefreshToken(it) => TokenSourceDraft::RefreshToken {
                    client: client(&it.token_endpoint, &it.client_id, &it.scope),
                    has_client_secret: has(it.client_secret_set, it.client_secret.as_bytes()),
                    has_refresh_token: has(it.refresh_token_set, it.refresh_token.as_bytes()),
                },
            });
            CredentialDraft::OAuth(OAuthDraft { user: oauth.user.clone(), source })
        }
    })
}

fn client(token_endpoint: &str, client_id: &str, scope: &str) -> TokenClient {
    TokenClient { token_endpoint: token_endpoint.into(), client_id: client_id.into(), scope: scope.into() }
}

/// The account as a reader sees it: of a secret only that there is one.
pub(super) fn write(draft: CredentialDraft) -> wire::Credential {
    let kind = match draft {
        CredentialDraft::Basic(BasicDraft { user, has_password }) => {
            Kind::Basic(wire::BasicCredential { user, password: String::new(), password_set: has_password })
        }
        CredentialDraft::Kerberos(KerberosDraft { principal, has_keytab }) => {
            Kind::Kerberos(wire::KerberosCredential { principal, keytab: Vec::new(), keytab_set: has_keytab })
        }
        CredentialDraft::OAuth(OAuthDraft { user, source }) => {
            Kind::Oauth(wire::OAuthCredential { user, source: source.map(write_source) })
        }
    };
    wire::Credential { kind: Some(kind) }
}

fn write_source(source: TokenSourceDraft) -> Source {
    match source {
        TokenSourceDraft::Static { has_token } => {
            Source::StaticToken(wire::StaticToken { token: String::new(), token_set: has_token })
        }
        TokenSourceDraft::ClientCredentials { client, has_client_secret } => {
            Source::ClientCredentials(wire::ClientCredentialsGrant {
                token_endpoint: client.token_endpoint,
                client_id: client.client_id,
                client_secret: String::new(),
                client_secret_set: has_client_secret,
                scope: client.scope,
            })
        }
        TokenSourceDraft::RefreshToken { client, has_client_secret, has_refresh_token } => {
            Source::RefreshToken(wire::RefreshTokenGrant {
                token_endpoint: client.token_endpoint,
                client_id: client.client_id,
                client_secret: String::new(),
                client_secret_set: has_client_secret,
                refresh_token: String::new(),
                refresh_token_set: has_refresh_token,
                scope: client.scope,
            })
        }
    }
}
