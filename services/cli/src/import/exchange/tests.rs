use super::*;
use crate::address_space;
use crate::smart_host;

const CONNECTORS: &str = r#"[
  {
    "DNSRoutingEnabled": false,
    "TlsDomain": null,
    "TlsAuthLevel": null,
    "ErrorPolicies": "Default",
    "SmartHosts": ["[192.168.3.2]", "relay.fabrikam.example"],
    "SmartHostsString": "[192.168.3.2],relay.fabrikam.example",
    "Port": 587,
    "ConnectionInactivityTimeOut": "00:15:00",
    "ForceHELO": false,
    "FrontendProxyEnabled": true,
    "IgnoreSTARTTLS": false,
    "CloudServicesMailEnabled": false,
    "Fqdn": "out.fabrikam.example",
    "TlsCertificateName": "<I>CN=Inner CA<S>CN=out.fabrikam.example",
    "RequireTLS": true,
    "RequireOorg": false,
    "Enabled": true,
    "ProtocolLoggingLevel": "Verbose",
    "SmartHostAuthMechanism": "BasicAuthRequireTLS",
    "AuthenticationCredential": {"UserName": "app", "Password": {"Length": 9}},
    "UseExternalDNSServersEnabled": false,
    "DomainSecureEnabled": false,
    "SourceIPAddress": "0.0.0.0",
    "SmtpMaxMessagesPerConnection": 40,
    "AddressSpaces": ["SMTP:*;1", "smtp:*.contoso.example;5"],
    "IsScopedConnector": false,
    "Comment": "to the world",
    "SourceTransportServers": ["MBX01", "MBX02"],
    "MaxMessageSize": "25 MB (26,214,400 bytes)",
    "Name": "To the Internet",
    "Guid": "b34f7a3e-0000-4000-8000-000000000001",
    "WhenChanged": "/Date(1700000000000)/"
  },
  {
    "Name": "Partner",
    "DNSRoutingEnabled": true,
    "AddressSpaces": {"Type": "SMTP", "Address": "contoso.example", "Cost": 7, "IsLocal": true},
    "SmartHosts": [],
    "MaxMessageSize": {"IsUnlimited": true},
    "ConnectionInactivityTimeOut": {"Ticks": 6000000000},
    "ProtocolLoggingLevel": 1,
    "SmartHostAuthMechanism": 0,
    "RequireTLS": true,
    "TlsAuthLevel": "DomainValidation",
    "TlsDomain": {"Domain": "contoso.example", "IncludeSubDomains": true},
    "SourceTransportServers": "MBX01 MBX02",
    "SourceIPAddress": {"Address": 33554442, "IPAddressToString": "10.0.0.2"},
    "ErrorPolicies": "DowngradeDnsFailures, UpgradeCustomFailures",
    "Something": "new"
  }
]"#;

#[test]
fn connectors_are_carried_over() {
    let imported = read(CONNECTORS).unwrap();
    let (first, account) = &imported.connectors[0];
    let spaces: Vec<_> = first.address_spaces.iter().map(address_space::show).collect();
    assert_eq!(spaces, ["SMTP:*;1", "SMTP:*.contoso.example;5"]);
    let hosts: Vec<_> = first.smart_hosts.iter().map(smart_host::show).collect();
    assert_eq!(hosts, ["192.168.3.2", "relay.fabrikam.example"]);
    assert_eq!((first.port, first.max_message_size, first.max_messages_per_connection), (587, Some(26_214_400), 40));
    assert_eq!(first.connection_inactivity_timeout.unwrap().seconds, 900);
    assert_eq!(MECHANISMS.name(first.auth_mechanism), "BASIC_REQUIRE_TLS");
    assert_eq!((first.source_ip.as_str(), first.helo_name.as_str()), ("", "out.fabrikam.example"));
    let yaml = serde_yaml_ng::to_string(account.as_ref().unwrap()).unwrap();
    assert!(yaml.contains("user: app") && yaml.contains("env:POSTROAD_TO_THE_INTERNET_PASSWORD"), "{yaml}");
    let (second, account) = &imported.connectors[1];
    assert!(account.is_none());
    assert_eq!(address_space::show(&second.address_spaces[0]), "SMTP:contoso.example;7");
    assert_eq!((second.scoped, second.source_relays.as_slice()), (true, &["MBX01".to_owned(), "MBX02".to_owned()][..]));
    assert_eq!((second.tls_domain.as_str(), second.source_ip.as_str()), ("*.contoso.example", "10.0.0.2"));
    assert_eq!((second.max_message_size, second.protocol_logging_level, second.error_policies.len()), (Some(0), 2, 2));
}

#[test]
fn every_property_has_its_line() {
    let report = read(CONNECTORS).unwrap().report;
    for (fate, parts) in [
        (Fate::Carried, ["To the Internet", "SmartHosts -> smart_hosts: 192.168.3.2, relay.fabrikam.example"]),
        (Fate::Carried, ["To the Internet", "MaxMessageSize -> max_message_size: 25MB"]),
        (Fate::Dropped, ["To the Internet", "FrontendProxyEnabled true"]),
        (Fate::Dropped, ["To the Internet", "postroad certificate create"]),
        (Fate::Dropped, ["To the Internet", "Guid, SmartHostsString, WhenChanged"]),
        (Fate::Changed, ["To the Internet", "SourceTransportServers MBX01, MBX02: every relay"]),
        (Fate::Changed, ["To the Internet", "a password cannot be exported"]),
        (Fate::Changed, ["Partner", "Local:SMTP:contoso.example;7 -> scoped"]),
        (Fate::Changed, ["Partner", "custom_failures"]),
        (Fate::Dropped, ["Partner", "Something new: not known"]),
    ] {
        assert!(report.says(fate, &parts), "{fate:?} {parts:?}: {:#?}", report.lines());
    }
    assert!(report.lines().iter().all(|line| line.chars().count() <= 80));
}

#[test]
fn a_number_that_does_not_say_which_is_not_guessed() {
    let imported =
        read(r#"{"Name": "a", "SmartHostAuthMechanism": 4, "AddressSpaces": "SMTP:*;1 SMTP:x.example;2"}"#).unwrap();
    assert_eq!(imported.connectors[0].0.auth_mechanism, 0);
    assert_eq!(imported.connectors[0].0.address_spaces.len(), 2, "flattened by a shallow depth");
    assert!(imported.report.says(Fate::Dropped, &["SmartHostAuthMechanism 4", "EnumsAsStrings"]));
}

#[test]
fn what_is_no_connector_is_refused() {
    for text in ["", "[1]", "{}", "[{\"Name\": null}]", "{\"Name\": {}}"] {
        assert!(read(text).is_err(), "{text}");
    }
    assert!(read("\u{feff}{\"Name\": \"a\"}").is_ok(), "Windows marks UTF-8 files");
}
