//! The mechanism and the account of a draft.

use super::super::{Authentication, OAuthAccount, TokenClient, TokenSource};
use crate::{
    AuthMechanism, BasicDraft, ConnectorDraft, CredentialDraft, KerberosDraft, OAuthDraft, TokenSourceDraft,
    Violations, limits,
};

const NO_CREDENTIAL: &str = "The chosen mechanism uses no credential.";
const NO_PASSWORD: &str = "This mechanism needs a user name and a password.";
const NO_TOKEN: &str = "This mechanism needs a user and a token source.";
const NO_KEYTAB: &str = "This mechanism needs a Kerberos principal and its keytab.";

/// `None` only where a violation was added.
pub(super) fn read_authentication(
    draft: &ConnectorDraft,
    dns_routing: bool,
    v: &mut Violations,
) -> Option<Authentication> {
    if dns_routing && draft.auth_mechanism != AuthMechanism::None {
        v.add("auth_mechanism", "Authentication works only with smart hosts.");
    }
    let credential = draft.credential.as_ref();
    match draft.auth_mechanism {
        AuthMechanism::None => without(credential, Authentication::None, v),
        AuthMechanism::ExternallySecured => without(credential, Authentication::ExternallySecured, v),
        AuthMechanism::External => without(credential, Authentication::External, v),
        AuthMechanism::Basic => Some(Authentication::Basic { user: read_basic(credential, v)? }),
        AuthMechanism::BasicRequireTls => Some(Authentication::BasicRequireTls { user: read_basic(credential, v)? }),
        AuthMechanism::ExchangeServer => {
            Some(Authentication::ExchangeServer { principal: read_kerberos(credential, v)? })
        }
        AuthMechanism::XOAuth2 => Some(Authentication::XOAuth2(read_oauth(credential, v)?)),
        AuthMechanism::OAuthBearer => Some(Authentication::OAuthBearer(read_oauth(credential, v)?)),
    }
}

fn without(
    credential: Option<&CredentialDraft>,
    mechanism: Authentication,
    v: &mut Violations,
) -> Option<Authentication> {
    if credential.is_some() {
        v.add("credential", NO_CREDENTIAL);
        return None;
    }
    Some(mechanism)
}

fn read_basic(credential: Option<&CredentialDraft>, v: &mut Violations) -> Option<String> {
    match credential {
        Some(CredentialDraft::Basic(BasicDraft { user, has_password: true })) if !user.is_empty() => {
            read_user(user, "credential.basic.user", v)
        }
        _ => {
            v.add("credential", NO_PASSWORD);
            None
        }
    }
}

fn read_kerberos(credential: Option<&CredentialDraft>, v: &mut Violations) -> Option<String> {
    match credential {
        Some(CredentialDraft::Kerberos(KerberosDraft { principal, has_keytab: true })) if !principal.is_empty() => {
            read_user(principal, "credential.kerberos.principal", v)
        }
        _ => {
            v.add("credential", NO_KEYTAB);
            None
        }
    }
}

fn read_oauth(credential: Option<&CredentialDraft>, v: &mut Violations) -> Option<OAuthAccount> {
    let Some(CredentialDraft::OAuth(OAuthDraft { user, source: Some(source) })) = credential else {
        v.add("credential", NO_TOKEN);
        return None;
    };
    if user.is_empty() {
        v.add("credential", NO_TOKEN);
        return None;
    }
    let user = read_user(user, "credential.oauth.user", v);
    let source = read_source(source, v);
    Some(OAuthAccount { user: user?, source: source? })
}

fn read_source(source: &TokenSourceDraft, v: &mut Violations) -> Option<TokenSource> {
    match source {
        TokenSourceDraft::Static { has_token: true } => Some(TokenSource::Static),
        TokenSourceDraft::ClientCredentials { client, has_client_secret: true } => {
            check_client(client, "credential.oauth.client_credentials", v);
            Some(TokenSource::ClientCredentials(client.clone()))
        }
        TokenSourceDraft::RefreshToken { client, has_client_secret, has_refresh_token: true } => {
            check_client(client, "credential.oauth.refresh_token", v);
            Some(TokenSource::RefreshToken { client: client.clone(), has_client_secret: *has_client_secret })
        }
        TokenSourceDraft::Static { .. }
        | TokenSourceDraft::ClientCredentials { .. }
        | TokenSourceDraft::RefreshToken { .. } => {
            v.add("credential", NO_TOKEN);
            None
        }
    }
}

fn check_client(client: &TokenClient, at: &str, v: &mut Violations) {
    let url = client.token_endpoint.strip_prefix("https://").unwrap_or_default();
    let odd = |text: &str| text.len() > limits::ACCOUNT_OCTETS || text.contains(char::is_control);
    if url.is_empty() || url.starts_with('/') || url.contains(char::is_whitespace) || odd(url) {
        v.add(format!("{at}.token_endpoint"), "Write an https URL, for example https://login.example.com/token.");
    }
    if client.client_id.is_empty() || odd(&client.client_id) {
        v.add(format!("{at}.client_id"), "Write the client's id, at most 1024 octets, without control characters.");
    }
    if odd(&client.scope) {
        v.add(format!("{at}.scope"), "Too long, or it holds control characters.");
    }
}

/// A NUL would end the user name inside a PLAIN response (RFC 4616 §2), and a control character inside a token's form.
fn read_user(user: &str, field: &str, v: &mut Violations) -> Option<String> {
    if user.contains(char::is_control) {
        v.add(field, "A user name holds no control characters.");
        return None;
    }
    if user.len() > limits::ACCOUNT_OCTETS {
        v.add(field, "Too long.");
        return None;
    }
    Some(user.to_owned())
}
