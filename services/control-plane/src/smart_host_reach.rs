//! AP1: who may see a stored secret.

use std::collections::BTreeMap;

use postroad_connector_model::{Authentication, Connector, Credential, HostAddress, TokenSource};

use crate::error::ApiError;

/// Refuses a change that would show the stored secret to another host or port, or with less protection: whoever may edit
/// a smart host could collect it at a host of his own.
///
/// # Errors
/// Says that the secret is needed again, at the field where it stands.
pub(crate) fn check(before: &Connector, after: &Connector, stored: &Credential) -> Result<(), ApiError> {
    if !exposes_secret(before, after) {
        return Ok(());
    }
    let (field, what) = match stored {
        Credential::Basic(_) => ("credential.basic.password", "password"),
        Credential::Kerberos(_) => ("credential.kerberos.keytab", "keytab"),
        Credential::OAuth(secrets) if secrets.refresh_token.is_some() => {
            ("credential.oauth.refresh_token.refresh_token", "refresh token")
        }
        Credential::OAuth(secrets) if secrets.client_secret.is_some() => {
            ("credential.oauth.client_credentials.client_secret", "client secret")
        }
        Credential::OAuth(_) => ("credential.oauth.static_token.token", "token"),
    };
    let text = format!(
        "The change would use the stored {what} at another host or with less TLS, so it needs the {what} again."
    );
    Err(ApiError::secret_required(field, &text))
}

/// Whether a secret of the connector could be seen by somebody who could not see it before.
fn exposes_secret(before: &Connector, after: &Connector) -> bool {
    let known = reach(before);
    let weaker = after.tls_rank() < before.tls_rank();
    let other_name = after.tls_domain != before.tls_domain && before.tls_domain.is_some();
    let other_roots = after.trusted_roots != before.trusted_roots;
    let other_endpoint = token_endpoint(before) != token_endpoint(after) && token_endpoint(before).is_some();
    let opens = |(host, protection): (&Place, &Protection)| known.get(host).is_none_or(|least| protection < least);
    weaker || other_name || other_roots || other_endpoint || reach(after).iter().any(opens)
}

/// Host and port.
type Place = (String, u16);

/// How well a secret is protected on its way to a host: 0 in clear, 1 in clear where TLS is not offered, 2 never in clear.
type Protection = u8;

/// Where a refresh token or a client secret goes.
fn token_endpoint(connector: &Connector) -> Option<&str> {
    match &connector.authentication {
        Authentication::XOAuth2(account) | Authentication::OAuthBearer(account) => match &account.source {
            TokenSource::Static => None,
            TokenSource::ClientCredentials(client) | TokenSource::RefreshToken { client, .. } => {
                Some(&client.token_endpoint)
            }
        },
        _ => None,
    }
}

fn reach(connector: &Connector) -> BTreeMap<Place, Protection> {
    let mut reach = BTreeMap::new();
    for host in &connector.smart_hosts {
        let protection = match (host.implicit_tls || connector.tls_rank().number() >= 2, connector.ignore_starttls) {
            (true, _) => 2,
            (false, false) => 1,
            (false, true) => 0,
        };
        let name = match &host.host {
            HostAddress::Ip(address) => address.to_string(),
            HostAddress::Name(name) => name.as_str().to_owned(),
        };
        let least = reach.entry((name, connector.smart_host_port(host))).or_insert(protection);
        *least = protection.min(*least);
    }
    reach
}

#[cfg(test)]
mod tests {
    use super::*;
    use postroad_connector_model::{AddressSpaceDraft, ConnectorDraft, SmartHostDraft, TlsAuthLevel};

    fn connector(hosts: &[(&str, u32)], change: impl FnOnce(&mut ConnectorDraft)) -> Connector {
        let mut draft = ConnectorDraft {
            name: "c".into(),
            address_spaces: vec![AddressSpaceDraft { space: "*".into(), ..Default::default() }],
            smart_hosts: hosts
                .iter()
                .map(|(host, port)| SmartHostDraft { host: (*host).into(), port: *port, ..Default::default() })
                .collect(),
            ..ConnectorDraft::default()
        };
        change(&mut draft);
        Connector::from_draft(draft).unwrap().0
    }

    #[test]
    fn ap1_other_hosts_ports_and_less_tls_expose_the_password() {
        let two = connector(&[("a.example", 587), ("b.example", 587)], |_| {});
        for (after, exposes) in [
            (connector(&[("b.example", 587)], |_| {}), false),
            (connector(&[("b.example", 587), ("a.example", 587)], |d| d.require_tls = true), false),
            (connector(&[("a.example", 0)], |d| d.port = 587), false),
            (connector(&[("a.example", 25)], |_| {}), true),
            (connector(&[("evil.example", 587)], |_| {}), true),
            (connector(&[("a.example", 587)], |d| d.ignore_starttls = true), true),
        ] {
            assert_eq!(exposes_secret(&two, &after), exposes, "{after:?}");
        }
        let strict = connector(&[("a.example", 587)], |d| d.require_tls = true);
        assert!(exposes_secret(&strict, &two));
        assert!(!exposes_secret(&two, &connector(&[("a.example", 587)], |d| d.smart_hosts[0].implicit_tls = true)));
    }

    #[test]
    fn ap1_a_lower_tls_rank_or_another_proof_exposes_the_password() {
        let at = |change: fn(&mut ConnectorDraft)| connector(&[("a.example", 587)], change);
        let validated = at(|d| {
            d.require_tls = true;
            d.tls_auth_level = Some(TlsAuthLevel::CertificateValidation);
        });
        let named = at(|d| {
            d.require_tls = true;
            d.tls_auth_level = Some(TlsAuthLevel::DomainValidation);
            d.tls_domain = "a.example".into();
        });
        let renamed = at(|d| {
            d.require_tls = true;
            d.tls_auth_level = Some(TlsAuthLevel::DomainValidation);
            d.tls_domain = "evil.example".into();
        });
        let required = at(|d| d.require_tls = true);
        let roots = at(|d| {
            d.require_tls = true;
            d.tls_auth_level = Some(TlsAuthLevel::CertificateValidation);
            d.trusted_roots = "evil".into();
        });
        assert!(exposes_secret(&validated, &required) && exposes_secret(&named, &validated));
        assert!(exposes_secret(&named, &renamed) && exposes_secret(&validated, &roots));
        assert!(!exposes_secret(&required, &validated) && !exposes_secret(&validated, &named));
    }
}
