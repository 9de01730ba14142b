//! Accounts in records, without their secrets.

use postroad_connector_model::{
    AuthMechanism, BasicDraft, CredentialDraft, KerberosDraft, OAuthDraft, TokenClient, TokenSourceDraft,
};

use crate::config::v1 as wire;

/// The account of a draft.
pub(super) fn write(draft: &CredentialDraft) -> wire::AccountRecord {
    let named = |user: &str| wire::AccountRecord { user: user.to_owned(), ..wire::AccountRecord::default() };
    match draft {
        CredentialDraft::Basic(basic) => named(&basic.user),
        CredentialDraft::Kerberos(kerberos) => named(&kerberos.principal),
        CredentialDraft::OAuth(OAuthDraft { user, source }) => {
            let with = |kind: wire::TokenSourceKind, client: &TokenClient, has_client_secret| wire::AccountRecord {
                user: user.clone(),
                token_source: kind.into(),
                token_endpoint: client.token_endpoint.clone(),
                client_id: client.client_id.clone(),
                scope: client.scope.clone(),
                has_client_secret,
            };
            match source {
                None => named(user),
                Some(TokenSourceDraft::Static { .. }) => {
                    with(wire::TokenSourceKind::Static, &TokenClient::default(), false)
                }
                Some(TokenSourceDraft::ClientCredentials { client, .. }) => {
                    with(wire::TokenSourceKind::ClientCredentials, client, true)
                }
                Some(TokenSourceDraft::RefreshToken { client, has_client_secret, .. }) => {
                    with(wire::TokenSourceKind::RefreshToken, client, *has_client_secret)
                }
            }
        }
    }
}

/// The account of a record; its secrets are taken to be in the record that belongs to it.
pub(super) fn read(record: &wire::AccountRecord, mechanism: AuthMechanism) -> CredentialDraft {
    let user = record.user.clone();
    match mechanism {
        AuthMechanism::ExchangeServer => CredentialDraft::Kerberos(KerberosDraft { principal: user, has_keytab: true }),
        AuthMechanism::XOAuth2 | AuthMechanism::OAuthBearer => {
            CredentialDraft::OAuth(OAuthDraft { user, source: read_source(record) })
        }
        _ => CredentialDraft::Basic(BasicDraft { user, has_password: true }),
    }
}

fn read_source(record: &wire::AccountRecord) -> Option<TokenSourceDraft> {
    let client = || TokenClient {
        token_endpoint: record.token_endpoint.clone(),
        client_id: record.client_id.clone(),
        scope: record.scope.clone(),
    };
    match record.token_source() {
        wire::TokenSourceKind::Unspecified => None,
        wire::TokenSourceKind::Static => Some(TokenSourceDraft::Static { has_token: true }),
        wire::TokenSourceKind::ClientCredentials => {
            Some(TokenSourceDraft::ClientCredentials { client: client(), has_client_secret: true })
        }
        wire::TokenSourceKind::RefreshToken => Some(TokenSourceDraft::RefreshToken {
            client: client(),
            has_client_secret: record.has_client_secret,
            has_refresh_token: true,
        }),
    }
}
