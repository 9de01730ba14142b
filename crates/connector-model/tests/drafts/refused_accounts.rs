//! Mechanisms and their accounts.

use postroad_connector_model::AuthMechanism::{
    self, Basic, BasicRequireTls, ExchangeServer, External, ExternallySecured, OAuthBearer, XOAuth2,
};
use postroad_connector_model::{ConnectorDraft, TlsAuthLevel, TokenClient, TokenSourceDraft};

use super::sound::{basic, by_mx, check, client, host, kerberos, named, oauth, static_token};

const PASSWORD: (&str, &str) = ("credential", "This mechanism needs a user name and a password.");
const TOKEN: (&str, &str) = ("credential", "This mechanism needs a user and a token source.");
const KEYTAB: (&str, &str) = ("credential", "This mechanism needs a Kerberos principal and its keytab.");
const NONE: (&str, &str) = ("credential", "The chosen mechanism uses no credential.");
const MX: (&str, &str) = ("auth_mechanism", "Authentication works only with smart hosts.");

const fn of_host(at: &'static str) -> (&'static str, &'static str) {
    (at, "The certificate must name the host, so write a host name, not an IP address.")
}

/// A mechanism with an account of its kind.
fn logs_in(draft: &mut ConnectorDraft, mechanism: AuthMechanism) {
    named(draft);
    draft.auth_mechanism = mechanism;
    draft.credential = match mechanism {
        Basic | BasicRequireTls => basic("u", true),
        ExchangeServer => kerberos("u@CONTOSO.COM", true),
        XOAuth2 | OAuthBearer => oauth("u", static_token(true)),
        AuthMechanism::None | ExternallySecured | External => None,
    };
    if mechanism == External {
        draft.client_certificate = "relays".to_owned();
    }
}

/// The same row for several mechanisms.
fn each(mechanisms: &[AuthMechanism], change: fn(&mut ConnectorDraft), expected: &[(&str, &str)]) {
    for &mechanism in mechanisms {
        let found = check(|d| {
            logs_in(d, mechanism);
            change(d);
        });
        let found = found.expect_err(&format!("{mechanism:?} with {expected:?} was accepted"));
        let found: Vec<_> = found.iter().map(|(field, text)| (field.as_str(), text.as_str())).collect();
        assert_eq!(found, expected, "{mechanism:?}");
    }
}

#[test]
fn every_mechanism_is_accepted_with_its_account() {
    for mechanism in [Basic, BasicRequireTls, ExchangeServer, External, ExternallySecured, OAuthBearer, XOAuth2] {
        let connector = check(|d| logs_in(d, mechanism)).unwrap();
        assert_eq!(connector.to_draft().auth_mechanism, mechanism);
    }
}

#[test]
fn mechanisms_and_mx_routing() {
    each(&[Basic, BasicRequireTls, ExchangeServer, External, ExternallySecured, OAuthBearer, XOAuth2], by_mx, &[MX]);
}

#[test]
fn mechanisms_without_their_account() {
    each(&[Basic, BasicRequireTls], |d| d.credential = None, &[PASSWORD]);
    each(&[Basic, BasicRequireTls], |d| d.credential = basic("", true), &[PASSWORD]);
    each(&[Basic, BasicRequireTls], |d| d.credential = basic("u", false), &[PASSWORD]);
    each(&[Basic, BasicRequireTls], |d| d.credential = kerberos("u", true), &[PASSWORD]);
    each(&[XOAuth2, OAuthBearer], |d| d.credential = None, &[TOKEN]);
    each(&[XOAuth2, OAuthBearer], |d| d.credential = basic("u", true), &[TOKEN]);
    each(&[XOAuth2, OAuthBearer], |d| d.credential = oauth("", static_token(true)), &[TOKEN]);
    each(&[XOAuth2, OAuthBearer], |d| d.credential = oauth("u", None), &[TOKEN]);
    each(&[XOAuth2, OAuthBearer], |d| d.credential = oauth("u", static_token(false)), &[TOKEN]);
    let by_client: fn(&mut ConnectorDraft) = |d| {
        let source = TokenSourceDraft::ClientCredentials { client: client(), has_client_secret: false };
        d.credential = oauth("u", Some(source));
    };
    each(&[XOAuth2, OAuthBearer], by_client, &[TOKEN]);
    let by_refresh: fn(&mut ConnectorDraft) = |d| {
        let source =
            TokenSourceDraft::RefreshToken { client: client(), has_client_secret: true, has_refresh_token: false };
        d.credential = oauth("u", Some(source));
    };
    each(&[XOAuth2, OAuthBearer], by_refresh, &[TOKEN]);
    each(&[ExchangeServer], |d| d.credential = None, &[KEYTAB]);
    each(&[ExchangeServer], |d| d.credential = kerberos("", true), &[KEYTAB]);
    each(&[ExchangeServer], |d| d.credential = kerberos("u", false), &[KEYTAB]);
    each(&[ExchangeServer], |d| d.credential = basic("u", true), &[KEYTAB]);
}

#[test]
fn accounts_that_no_mechanism_uses() {
    let without = &[AuthMechanism::None, ExternallySecured, External];
    each(without, |d| d.credential = basic("u", true), &[NONE]);
    each(without, |d| d.credential = kerberos("u", true), &[NONE]);
    each(without, |d| d.credential = oauth("u", static_token(true)), &[NONE]);
}

#[test]
fn logins_that_prove_the_host_want_its_name() {
    each(&[BasicRequireTls], |d| d.smart_hosts.push(host("192.168.3.2")), &[of_host("smart_hosts[1].host")]);
    each(&[XOAuth2, OAuthBearer], |d| d.smart_hosts = vec![host("[2001:db8::1]")], &[of_host("smart_hosts[0].host")]);
    // With a domain to check the certificate against, an address will do; but not for a password.
    let with_domain: fn(&mut ConnectorDraft) = |d| {
        d.smart_hosts = vec![host("192.168.3.2")];
        d.require_tls = true;
        d.tls_auth_level = Some(TlsAuthLevel::DomainValidation);
        d.tls_domain = "mail.contoso.com".to_owned();
    };
    each(&[BasicRequireTls], with_domain, &[of_host("smart_hosts[0].host")]);
    for mechanism in [XOAuth2, OAuthBearer, Basic, ExchangeServer, ExternallySecured, External] {
        let accepted = check(|d| {
            logs_in(d, mechanism);
            with_domain(d);
        });
        assert!(accepted.is_ok(), "{mechanism:?}: {accepted:?}");
    }
}

#[test]
fn texts_of_accounts() {
    const USER: &str = "A user name holds no control characters.";
    const URL: &str = "Write an https URL, for example https://login.example.com/token.";
    const ID: &str = "Write the client's id, at most 1024 octets, without control characters.";
    each(&[Basic, BasicRequireTls], |d| d.credential = basic("u\0v", true), &[("credential.basic.user", USER)]);
    each(&[Basic], |d| d.credential = basic(&"u".repeat(1025), true), &[("credential.basic.user", "Too long.")]);
    each(&[ExchangeServer], |d| d.credential = kerberos("u\n", true), &[("credential.kerberos.principal", USER)]);
    each(&[XOAuth2], |d| d.credential = oauth("u\u{1}", static_token(true)), &[("credential.oauth.user", USER)]);
    let odd = |token_endpoint: &str| TokenClient {
        token_endpoint: token_endpoint.to_owned(),
        client_id: String::new(),
        scope: "a\nb".to_owned(),
    };
    for url in ["", "http://login.example.com", "https://", "https:///token", "https://a b", "login.example.com"] {
        let found = check(|d| {
            logs_in(d, OAuthBearer);
            let source = TokenSourceDraft::ClientCredentials { client: odd(url), has_client_secret: true };
            d.credential = oauth("u", Some(source));
        });
        let at = |field: &str, text: &str| (format!("credential.oauth.client_credentials.{field}"), text.to_owned());
        let scope = at("scope", "Too long, or it holds control characters.");
        assert_eq!(found, Err(vec![at("token_endpoint", URL), at("client_id", ID), scope]), "{url:?}");
    }
}
