//! Connectors that between them say everything a connector can say.

use postroad_api::connector::v1::credential::Kind;
use postroad_api::connector::v1::o_auth_credential::Source;
use postroad_api::connector::v1::{
    AddressFamily, AddressSpace, AuthMechanism, BasicCredential, ClientCredentialsGrant, Connector, Credential,
    ErrorPolicy, KerberosCredential, OAuthCredential, ProtocolLoggingLevel, RefreshTokenGrant, SmartHost, StaticToken,
    TlsAuthLevel, Usage,
};
use postroad_api::{ServerFields, admin_connector, checked_connector};
use postroad_connector_model::ConnectorId;

pub(crate) const ID: &str = "7d9a3f4e-0000-4000-8000-000000000001";

/// As an operator writes them, but in stored form, so that they are read back as they are; with their secrets.
pub(crate) fn written() -> Vec<Connector> {
    vec![whole(), by_mx(), linked(), external(), secured(), by_password(), kerberos(), by_client(), by_refresh()]
}

/// As they are read back.
pub(crate) fn stored(written: &Connector) -> Connector {
    let (connector, _) = checked_connector(written, &ConnectorId::new(ID)).unwrap();
    admin_connector(&connector, ServerFields::default())
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

fn span(seconds: i64) -> Option<prost_types::Duration> {
    Some(prost_types::Duration { seconds, nanos: 500_000_000 })
}

fn account(kind: Kind) -> Option<Credential> {
    Some(Credential { kind: Some(kind) })
}

fn oauth(source: Source) -> Option<Credential> {
    account(Kind::Oauth(OAuthCredential { user: "oauth-user".into(), source: Some(source) }))
}

/// What is stored where nothing is written.
fn plain() -> Connector {
    Connector {
        id: ID.into(),
        name: "Plain".into(),
        enabled: Some(true),
        address_spaces: vec![AddressSpace { r#type: "SMTP".into(), space: "*".into(), cost: Some(1) }],
        dns_routing: Some(false),
        smart_hosts: vec![SmartHost { host: "mail.contoso.com".into(), weight: Some(1), ..SmartHost::default() }],
        port: 25,
        auth_mechanism: AuthMechanism::None.into(),
        max_message_size: Some(36_700_160),
        connection_inactivity_timeout: Some(prost_types::Duration { seconds: 600, nanos: 0 }),
        max_messages_per_connection: 20,
        protocol_logging_level: ProtocolLoggingLevel::None.into(),
        usage: Usage::Custom.into(),
        address_family: AddressFamily::Any.into(),
        ..Connector::default()
    }
}

fn whole() -> Connector {
    let host =
        SmartHost { host: "mail.contoso.com".into(), port: 587, implicit_tls: true, priority: 7, weight: Some(3) };
    Connector {
        name: "Whole".into(),
        comment: "everything".into(),
        enabled: Some(false),
        address_spaces: vec![
            AddressSpace { r#type: "SMTP".into(), space: "*.contoso.com".into(), cost: Some(20) },
            AddressSpace { r#type: "FAX".into(), space: "+420 5550100".into(), cost: Some(2) },
        ],
        smart_hosts: vec![host],
        port: 2525,
        auth_mechanism: AuthMechanism::BasicRequireTls.into(),
        credential: account(Kind::Basic(BasicCredential {
            user: "basic-user".into(),
            password: "basic-secret".into(),
            password_set: false,
        })),
        require_tls: true,
        tls_auth_level: TlsAuthLevel::DomainValidation.into(),
        tls_domain: "*.contoso.com".into(),
        helo_name: "relay.contoso.com".into(),
        source_ip: "10.0.0.1".into(),
        max_message_size: Some(2048),
        connection_inactivity_timeout: span(90),
        max_messages_per_connection: 5,
        error_policies: vec![
            ErrorPolicy::DowngradeDnsFailures.into(),
            ErrorPolicy::DowngradeCustomFailures.into(),
            ErrorPolicy::UpgradeCustomFailures.into(),
        ],
        final_reply_timeout: span(30),
        custom_failures: texts(&["550 5.7.1", "451"]),
        labels: [("team".to_owned(), "mail".to_owned())].into(),
        protocol_logging_level: ProtocolLoggingLevel::Verbose.into(),
        scoped: true,
        source_relays: texts(&["Relay-1", "group:tier=edge"]),
        usage: Usage::Partner.into(),
        sender_filter: texts(&["app@contoso.com", "<>"]),
        max_connections: 8,
        max_messages_per_minute: 100,
        trusted_roots: "partner-roots".into(),
        xclient: true,
        inject_trace_context: true,
        mandatory: true,
        client_certificate: "relays".into(),
        address_family: AddressFamily::Ipv4Only.into(),
        ..plain()
    }
}

fn by_mx() -> Connector {
    Connector {
        name: "MX".into(),
        dns_routing: Some(true),
        smart_hosts: Vec::new(),
        ignore_starttls: true,
        force_helo: true,
        usage: Usage::Internet.into(),
        ..plain()
    }
}

fn linked() -> Connector {
    Connector {
        name: "Linked".into(),
        address_spaces: Vec::new(),
        linked_listener: "appliances".into(),
        max_message_size: Some(0),
        address_family: AddressFamily::Ipv6Only.into(),
        auth_mechanism: AuthMechanism::Xoauth2.into(),
        credential: oauth(Source::StaticToken(StaticToken { token: "static-secret".into(), token_set: false })),
        ..plain()
    }
}

fn external() -> Connector {
    Connector {
        name: "External".into(),
        auth_mechanism: AuthMechanism::External.into(),
        client_certificate: "relays".into(),
        require_tls: true,
        tls_auth_level: TlsAuthLevel::CertificateValidation.into(),
        ..plain()
    }
}

fn secured() -> Connector {
    Connector {
        name: "Secured".into(),
        auth_mechanism: AuthMechanism::ExternallySecured.into(),
        require_tls: true,
        tls_auth_level: TlsAuthLevel::EncryptionOnly.into(),
        usage: Usage::Internal.into(),
        max_message_size: Some(0),
        ..plain()
    }
}

fn by_password() -> Connector {
    Connector { name: "Password".into(), auth_mechanism: AuthMechanism::Basic.into(), ..whole() }
}

fn kerberos() -> Connector {
    Connector {
        name: "Kerberos".into(),
        auth_mechanism: AuthMechanism::ExchangeServer.into(),
        credential: account(Kind::Kerberos(KerberosCredential {
            principal: "relay@CONTOSO.COM".into(),
            keytab: b"\x05\x02keytab-secret\xff".to_vec(),
            keytab_set: false,
        })),
        ..plain()
    }
}

fn by_client() -> Connector {
    Connector {
        name: "Client".into(),
        auth_mechanism: AuthMechanism::Oauthbearer.into(),
        credential: oauth(Source::ClientCredentials(ClientCredentialsGrant {
            token_endpoint: "https://login.example.com/client".into(),
            client_id: "client".into(),
            client_secret: "client-secret".into(),
            client_secret_set: false,
            scope: "client-scope".into(),
        })),
        ..plain()
    }
}

fn by_refresh() -> Connector {
    Connector {
        name: "Refresh".into(),
        auth_mechanism: AuthMechanism::Oauthbearer.into(),
        credential: oauth(Source::RefreshToken(RefreshTokenGrant {
            token_endpoint: "https://login.example.com/refresh".into(),
            client_id: "refresh".into(),
            client_secret: "public-secret".into(),
            client_secret_set: false,
            refresh_token: "refresh-secret".into(),
            refresh_token_set: false,
            scope: "refresh-scope".into(),
        })),
        ..plain()
    }
}
