//! A connector that differs from the defaults in every field, for tests.

use postroad_api::connector::v1::Connector;

use super::catalogue;

/// Every field with a value that is not its default. No rule of connectors is kept.
pub(crate) fn sample() -> Connector {
    let mut connector = Connector::default();
    for (path, texts) in [
        ("name", &["Smart host to Internet"][..]),
        ("comment", &["said: \"yes\" # no"]),
        ("enabled", &["false"]),
        ("usage", &["PARTNER"]),
        ("address_spaces", &["SMTP:*.x.example;5", "SMTP:y.example;1"]),
        ("linked_listener", &["submission"]),
        ("sender_filter", &["a@contoso.com", "*.contoso.com", "<>"]),
        ("scoped", &["true"]),
        ("dns_routing", &["true"]),
        ("smart_hosts", &["[2001:db8::1]:465,implicit-tls,priority=3,weight=0", "h.example"]),
        ("port", &["587"]),
        ("auth_mechanism", &["BASIC_REQUIRE_TLS"]),
        ("require_tls", &["true"]),
        ("ignore_starttls", &["true"]),
        ("tls_auth_level", &["DOMAIN_VALIDATION"]),
        ("tls_domain", &["*.contoso.com"]),
        ("client_certificate", &["edge"]),
        ("trusted_roots", &["partner-roots"]),
        ("source_relays", &["edge-1", "group:tier=edge"]),
        ("helo_name", &["out.example"]),
        ("force_helo", &["true"]),
        ("source_ip", &["192.0.2.9"]),
        ("address_family", &["IPV4_ONLY"]),
        ("mandatory", &["true"]),
        ("max_message_size", &["10MB"]),
        ("connection_inactivity_timeout", &["90s"]),
        ("final_reply_timeout", &["2m"]),
        ("max_messages_per_connection", &["7"]),
        ("max_connections", &["8"]),
        ("max_messages_per_minute", &["900"]),
        ("error_policies", &["DOWNGRADE_DNS_FAILURES", "UPGRADE_CUSTOM_FAILURES"]),
        ("custom_failures", &["450", "550 5.7.1"]),
        ("protocol_logging_level", &["VERBOSE"]),
        ("xclient", &["true"]),
        ("inject_trace_context", &["true"]),
        ("labels", &["team=ops", "tier=gold"]),
    ] {
        let texts: Vec<_> = texts.iter().map(|text| (*text).to_owned()).collect();
        catalogue::field(path).unwrap().put_texts(&mut connector, &texts).unwrap();
    }
    connector
}
