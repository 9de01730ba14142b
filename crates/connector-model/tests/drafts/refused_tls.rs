//! TLS settings, and what they rule out.

use postroad_connector_model::{AuthMechanism, ConnectorDraft, TlsAuthLevel};

use super::sound::{Row, basic, by_mx, check, host, kerberos, named, oauth, refuses, static_token};

const LEVEL: (&str, &str) = ("tls_auth_level", "A TLS level needs require_tls, and STARTTLS must not be ignored.");
const AGAINST: (&str, &str) = ("ignore_starttls", "TLS is required, so STARTTLS cannot be ignored.");
const LOGIN: (&str, &str) = ("ignore_starttls", "The authentication needs TLS, so STARTTLS cannot be ignored.");

fn validates(draft: &mut ConnectorDraft, domain: &str) {
    draft.require_tls = true;
    draft.tls_auth_level = Some(TlsAuthLevel::DomainValidation);
    draft.tls_domain = domain.to_owned();
}

#[test]
fn starttls_required_and_ignored() {
    let rows: &[Row] = &[
        (
            |d| {
                d.require_tls = true;
                d.ignore_starttls = true;
            },
            &[AGAINST],
        ),
        (
            |d| {
                d.ignore_starttls = true;
                d.smart_hosts = vec![host("a.example"), host("b.example")];
                d.smart_hosts[1].implicit_tls = true;
            },
            &[("smart_hosts[1].implicit_tls", "implicit_tls means TLS; ignore_starttls means none.")],
        ),
        (|d| d.tls_auth_level = Some(TlsAuthLevel::EncryptionOnly), &[LEVEL]),
        (|d| d.tls_auth_level = Some(TlsAuthLevel::CertificateValidation), &[LEVEL]),
        (
            |d| {
                validates(d, "mail.contoso.com");
                d.require_tls = false;
            },
            &[LEVEL],
        ),
        (
            |d| {
                validates(d, "mail.contoso.com");
                d.ignore_starttls = true;
            },
            &[AGAINST, LEVEL],
        ),
    ];
    refuses(rows);
}

#[test]
fn starttls_ignored_by_logins_that_need_it() {
    let rows: &[Row] = &[
        (
            |d| {
                named(d);
                d.auth_mechanism = AuthMechanism::BasicRequireTls;
                d.credential = basic("u", true);
                d.ignore_starttls = true;
            },
            &[LOGIN],
        ),
        (
            |d| {
                d.auth_mechanism = AuthMechanism::ExchangeServer;
                d.credential = kerberos("u", true);
                d.ignore_starttls = true;
            },
            &[LOGIN],
        ),
        (
            |d| {
                named(d);
                d.auth_mechanism = AuthMechanism::XOAuth2;
                d.credential = oauth("u", static_token(true));
                d.ignore_starttls = true;
            },
            &[LOGIN],
        ),
        (
            |d| {
                named(d);
                d.auth_mechanism = AuthMechanism::OAuthBearer;
                d.credential = oauth("u", static_token(true));
                d.ignore_starttls = true;
            },
            &[LOGIN],
        ),
        (
            |d| {
                d.auth_mechanism = AuthMechanism::External;
                d.client_certificate = "relays".to_owned();
                d.ignore_starttls = true;
            },
            &[LOGIN, ("client_certificate", "Without TLS a client certificate is never sent.")],
        ),
    ];
    refuses(rows);
    for mechanism in [AuthMechanism::None, AuthMechanism::Basic, AuthMechanism::ExternallySecured] {
        let accepted = check(|d| {
            d.auth_mechanism = mechanism;
            d.credential = basic("u", true).filter(|_| mechanism == AuthMechanism::Basic);
            d.ignore_starttls = true;
        });
        assert!(accepted.is_ok(), "{mechanism:?}: {accepted:?}");
    }
}

#[test]
fn domains_of_certificates() {
    const SYNTAX: &str = "Write a domain, for example mail.contoso.com or *.contoso.com.";
    let rows: &[Row] = &[
        (
            |d| d.tls_domain = "mail.contoso.com".to_owned(),
            &[("tls_domain", "tls_domain is used only with DOMAIN_VALIDATION.")],
        ),
        (
            |d| {
                validates(d, "mail.contoso.com");
                d.tls_auth_level = Some(TlsAuthLevel::CertificateValidation);
            },
            &[("tls_domain", "tls_domain is used only with DOMAIN_VALIDATION.")],
        ),
        (|d| validates(d, ""), &[("tls_domain", "Name the domain that the smart host's certificate must show.")]),
        (|d| validates(d, "*"), &[("tls_domain", SYNTAX)]),
        (|d| validates(d, "*."), &[("tls_domain", SYNTAX)]),
        (|d| validates(d, "mail.*.contoso.com"), &[("tls_domain", SYNTAX)]),
        (|d| validates(d, "con_toso.com"), &[("tls_domain", SYNTAX)]),
        (|d| validates(d, "192.168.3.2"), &[("tls_domain", SYNTAX)]),
    ];
    refuses(rows);
    // With MX routing no domain means the recipient's.
    for domain in ["", "mail.contoso.com", "*.contoso.com", "bücher.example"] {
        let accepted = check(|d| {
            by_mx(d);
            validates(d, domain);
        });
        assert!(accepted.is_ok(), "{domain:?}: {accepted:?}");
    }
}

#[test]
fn certificates() {
    const KEY: &str = "No stored certificate with a private key has this name.";
    let rows: &[Row] = &[
        (
            |d| d.auth_mechanism = AuthMechanism::External,
            &[("client_certificate", "EXTERNAL needs a client certificate.")],
        ),
        // No certificate can have such a name, whatever is stored.
        (|d| d.client_certificate = "a certificate".to_owned(), &[("client_certificate", KEY)]),
        (|d| d.trusted_roots = "a/b".to_owned(), &[("trusted_roots", "No stored certificate set has this name.")]),
        (
            |d| {
                d.client_certificate = "relays".to_owned();
                d.ignore_starttls = true;
            },
            &[("client_certificate", "Without TLS a client certificate is never sent.")],
        ),
        (
            |d| {
                d.trusted_roots = "partner".to_owned();
                d.ignore_starttls = true;
            },
            &[("trusted_roots", "Without TLS no certificate is checked.")],
        ),
    ];
    refuses(rows);
}
