use super::*;
use crate::connector::catalogue::field;

const MAIN: &str = "\
compatibility_level = 3.6
mydomain = example.com
myhostname = mx1.$mydomain
mydestination = $myhostname, localhost
mynetworks = 10.0.0.0/8
relayhost = [smtp.provider.example]:587
transport_maps = hash:/etc/postfix/transport, pcre:/etc/postfix/transport.pcre
sender_dependent_relayhost_maps = lmdb:${config_directory}/senders
config_directory = /etc/postfix
smtp_sasl_auth_enable = yes
smtp_sender_dependent_authentication = yes
smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd
smtp_tls_security_level = encrypt
smtp_tls_CAfile = /etc/ssl/certs/ca-certificates.crt
message_size_limit = 20480000
smtp_bind_address = 192.0.2.9
inet_protocols = ipv4
smtp_fallback_relay = [spare.provider.example]:587
maximal_queue_lifetime = 2d
smtpd_recipient_restrictions = permit_mynetworks,
    reject
";
const TRANSPORT: &str = "\
contoso.example      smtp:[mail.contoso.example]
.contoso.example     smtp:[mail.contoso.example]
direct.example       smtp:
boss@contoso.example smtp:[other.example]
gone.example         error:5.1.2 no such domain
slow.example         slow:[smtp.provider.example]:587
";
const SENDERS: &str =
    "@sales.example.com [smtp.sales.example]:465\nnews@example.com [smtp.sales.example]:465\nx@example.com DUNNO\n";
const PASSWORDS: &str =
    "[smtp.provider.example]:587 relay:hunter2\n@sales.example.com sales:hunter3:x\nunused.example a:hunter4\n";

fn imported(main: &str) -> Imported {
    let dir = tempfile::tempdir().unwrap();
    let files = [("main.cf", main), ("transport", TRANSPORT), ("senders", SENDERS), ("sasl_passwd", PASSWORDS)];
    for (name, text) in files {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    read(dir.path()).unwrap()
}

fn texts(imported: &Imported, connector: &str, path: &str) -> Vec<String> {
    let found = imported.connectors.iter().find(|(c, _)| c.name == connector);
    field(path).unwrap().texts(&found.unwrap_or_else(|| panic!("no {connector}: {imported:#?}")).0)
}

#[test]
fn destinations_become_connectors() {
    let imported = imported(MAIN);
    let names: Vec<_> = imported.connectors.iter().map(|(c, _)| c.name.as_str()).collect();
    assert_eq!(
        names,
        ["smtp.provider.example:587", "mail.contoso.example", "Domains by MX", "Senders smtp.sales.example:465"]
    );
    let main = "smtp.provider.example:587";
    assert_eq!(texts(&imported, main, "address_spaces"), ["SMTP:*;1", "SMTP:slow.example;1"]);
    assert_eq!(
        texts(&imported, main, "smart_hosts"),
        ["smtp.provider.example:587", "spare.provider.example:587,priority=1"]
    );
    assert_eq!(texts(&imported, main, "max_message_size"), ["20000KB"]);
    assert_eq!(texts(&imported, main, "require_tls"), ["true"]);
    assert_eq!(texts(&imported, main, "source_ip"), ["192.0.2.9"]);
    assert_eq!(texts(&imported, main, "address_family"), ["IPV4_ONLY"]);
    assert_eq!(
        texts(&imported, "mail.contoso.example", "address_spaces"),
        ["SMTP:contoso.example;1", "SMTP:*.contoso.example;1"]
    );
    assert_eq!(texts(&imported, "Domains by MX", "dns_routing"), ["true"]);
    let senders = texts(&imported, "Senders smtp.sales.example:465", "sender_filter");
    assert_eq!(senders, ["sales.example.com", "news@example.com"]);
}

#[test]
fn user_names_are_carried_over_and_passwords_are_not() {
    let imported = imported(MAIN);
    let account = |at: usize| serde_yaml_ng::to_string(&imported.connectors[at].1).unwrap();
    assert!(
        account(0).contains("user: relay") && account(0).contains("env:POSTROAD_SMTP_PROVIDER_EXAMPLE_587_PASSWORD")
    );
    assert!(account(3).contains("user: sales"), "{}", account(3));
    let everything = format!("{:?} {}", imported.connectors, imported.report.lines().join("\n"));
    assert!(!everything.contains("hunter"), "{everything}");
}

#[test]
fn every_parameter_has_its_line() {
    let report = imported(MAIN).report;
    for (fate, parts) in [
        (Fate::Changed, ["relayhost", "brackets"]),
        (Fate::Carried, ["transport_maps (transport)", "contoso.example smtp:[mail.contoso.example]: address space"]),
        (Fate::Changed, ["transport_maps (transport)", "covers contoso.example itself"]),
        (Fate::Changed, ["transport_maps (transport)", "\"slow\""]),
        (Fate::Dropped, ["transport_maps (transport)", "gone.example error:5.1.2"]),
        (Fate::Dropped, ["transport_maps (transport)", "boss@contoso.example"]),
        (Fate::Dropped, ["transport_maps", "pcre"]),
        (Fate::Dropped, ["sender_dependent_relayhost_maps (senders)", "DUNNO"]),
        (Fate::Dropped, ["smtp_sasl_password_maps (sasl_passwd)", "unused.example"]),
        (Fate::Dropped, ["mydestination", "mx1.example.com, localhost: nothing is delivered locally"]),
        (Fate::Dropped, ["maximal_queue_lifetime", "no queue"]),
        (Fate::Dropped, ["smtpd_recipient_restrictions", "listeners"]),
        (Fate::Dropped, ["smtp_tls_CAfile", "trusted_roots"]),
        (Fate::Dropped, ["master.cf", "not read"]),
    ] {
        assert!(report.says(fate, &parts), "{fate:?} {parts:?}: {:#?}", report.lines());
    }
    assert!(report.lines().iter().all(|line| line.chars().count() <= 80));
}

#[test]
fn without_relayhost_mail_goes_by_mx_and_the_usual_limit_is_written_down() {
    let imported = imported("myhostname = mx1.example.com\nsmtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd\n");
    assert_eq!(texts(&imported, "Internet by MX", "dns_routing"), ["true"]);
    assert_eq!(texts(&imported, "Internet by MX", "max_message_size"), ["10000KB"]);
    assert_eq!(texts(&imported, "Internet by MX", "ignore_starttls"), ["true"]);
    assert!(imported.report.says(Fate::Changed, &["message_size_limit", "10240000"]));
    assert!(imported.report.says(Fate::Dropped, &["smtp_sasl_password_maps", "smtp_sasl_auth_enable"]));
}

#[test]
fn tls_levels_have_their_counterparts() {
    for (level, require, wanted) in
        [("may", "false", "UNSET"), ("secure", "true", "DOMAIN_VALIDATION"), ("dane", "true", "CERTIFICATE_VALIDATION")]
    {
        let imported = imported(&format!("relayhost = [h.example]\nsmtp_tls_security_level = {level}\n"));
        assert_eq!(texts(&imported, "h.example", "require_tls"), [require], "{level}");
        assert_eq!(texts(&imported, "h.example", "tls_auth_level"), [wanted], "{level}");
    }
    let wrapped =
        imported("relayhost = [h.example]:465\nsmtp_tls_wrappermode = yes\nsmtp_tls_security_level = encrypt\n");
    assert_eq!(texts(&wrapped, "h.example:465", "smart_hosts"), ["h.example:465,implicit-tls"]);
}
