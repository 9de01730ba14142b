//! `config export`, `diff` and `apply`, and what `import` makes for them, against a control plane that is played by a
//! small service in this process.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod operator {
    #[allow(dead_code, reason = "shared with tests that use more of it")]
    pub(crate) mod fake_service;
    #[allow(dead_code, reason = "shared with tests that use more of it")]
    pub(crate) mod shell;
}

use std::path::PathBuf;

use operator::fake_service::FakeService;
use operator::shell::Shell;
use postroad_api::connector::v1::connector_change::Change;

/// Exit code of "something differs".
const DIFFERS: u8 = 6;

struct Desk {
    service: FakeService,
    dir: tempfile::TempDir,
}

impl Desk {
    async fn new() -> Self {
        Self { service: FakeService::start().await, dir: tempfile::tempdir().unwrap() }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Runs a command; exit code, output and remarks.
    async fn run(&self, line: &[&str]) -> (u8, String, String) {
        let mut shell = Shell::new(&self.service.url());
        let end = shell.run(line).await;
        (end, shell.out(), shell.err())
    }

    async fn config(&self, command: &str, path: &std::path::Path, more: &[&str]) -> (u8, String, String) {
        self.run(&[&["config", command, path.to_str().unwrap()], more].concat()).await
    }
}

fn whole(password: &std::path::Path) -> String {
    format!(
        "version: 1
sites:
- name: prague
- {{name: brno, comment: second}}
site_links:
- {{from_site: brno, to_site: prague, cost: 50}}
relays:
- {{name: edge-1, site: prague, labels: {{tier: edge}}}}
certificates:
- name: edge
  certificates_pem: |
    -----BEGIN CERTIFICATE-----
    -----END CERTIFICATE-----
  private_key: file:{key}
connectors:
- name: to Internet
  address_spaces: ['*', BÜCHER.example;5]
  smart_hosts: ['h.example:587']
  auth_mechanism: basic
  credential:
    basic: {{user: app, password: 'file:{key}'}}
  require_tls: true
- name: direct
  address_spaces: [direct.example]
",
        key = password.display()
    )
}

#[tokio::test]
async fn apply_makes_it_once_and_nothing_the_second_time() {
    let desk = Desk::new().await;
    let secret = desk.file("password", "hunter2\n");
    let file = desk.file("postroad.yaml", &whole(&secret));
    let (end, plan, err) = desk.config("diff", &file, &[]).await;
    assert_eq!(end, DIFFERS, "{err}");
    assert!(plan.contains("+ connector \"to Internet\" created") && plan.contains("7 to create"), "{plan}");
    assert!(!plan.contains("hunter2") && desk.service.calls().is_empty());

    let (end, _, err) = desk.config("apply", &file, &[]).await;
    assert_eq!(end, 2, "nobody is there to ask: {err}");
    let (end, out, err) = desk.config("apply", &file, &["--yes"]).await;
    assert_eq!(end, 0, "{err}");
    assert!(out.ends_with("applied; newest revision 6\n"), "{out}");
    assert_eq!(
        desk.service.calls(),
        [
            "create_site prague",
            "create_site brno",
            "create_site_link brno prague 50",
            "update_relay edge-1 site,labels",
            "create_certificate edge 7",
            "batch_apply",
        ]
    );
    let sent = &desk.service.batches()[0].changes;
    let Some(Change::Create(connector)) = &sent[0].change else { panic!("{sent:?}") };
    let kind = connector.credential.as_ref().unwrap().kind.as_ref().unwrap();
    let postroad_api::connector::v1::credential::Kind::Basic(basic) = kind else { panic!("{kind:?}") };
    assert_eq!(basic.password, "hunter2");

    std::fs::remove_file(&secret).unwrap();
    let (end, out, err) = desk.config("diff", &file, &[]).await;
    assert_eq!((end, out.as_str()), (0, "nothing differs\n"), "a stored secret is not needed again: {err}");
    let (end, out, _) = desk.config("apply", &file, &["--yes"]).await;
    assert_eq!((end, out.as_str()), (0, "nothing differs; nothing was changed\n"));
    assert_eq!(desk.service.calls().len(), 6);
}

#[tokio::test]
async fn what_differs_is_changed_in_one_revision_and_nothing_else() {
    let desk = Desk::new().await;
    let secret = desk.file("password", "hunter2\n");
    let file = desk.file("postroad.yaml", &whole(&secret));
    assert_eq!(desk.config("apply", &file, &["--yes"]).await.0, 0);
    let changed = desk.file(
        "changed.yaml",
        "connectors:\n- name: TO INTERNET\n  address_spaces: ['*', xn--bcher-kva.example;5]\n  smart_hosts: ['h.example:25']\n\
         \x20 auth_mechanism: basic\n  credential: {basic: {user: app}}\n  require_tls: true\n",
    );
    let (end, plan, kept) = desk.config("apply", &changed, &["--yes"]).await;
    assert_eq!(end, 0, "{kept}");
    assert!(kept.contains("kept: connector \"direct\"") && !kept.contains("prague"), "{kept}");
    assert!(plan.contains("smart_hosts: [\"h.example:587\"] -> [\"h.example:25\"]"), "{plan}");
    let batch = desk.service.batches().pop().unwrap();
    assert_eq!(batch.changes.len(), 1);
    let Some(Change::Update(update)) = &batch.changes[0].change else { panic!("{batch:?}") };
    assert_eq!(update.update_mask, ["name", "smart_hosts"]);
    let marks: Vec<_> = desk.service.connectors().into_iter().filter_map(|c| c.credential).collect();
    assert!(format!("{marks:?}").contains("password_set: true"), "the stored password stays");

    let (_, plan, _) = desk.config("diff", &changed, &["--prune"]).await;
    assert!(plan.contains("- connector \"direct\" deleted") && !plan.contains("site"), "{plan}");
    assert_eq!(desk.config("apply", &changed, &["--prune", "--yes"]).await.0, 0);
    assert_eq!(desk.service.connectors().len(), 1);
}

#[tokio::test]
async fn secrets_are_set_again_only_when_told() {
    let desk = Desk::new().await;
    let secret = desk.file("password", "hunter2\n");
    let text = format!(
        "connectors:\n- name: a\n  address_spaces: ['*']\n  smart_hosts: [h.example]\n  auth_mechanism: basic\n  \
         credential: {{basic: {{user: u, password: 'file:{}'}}}}\n",
        secret.display()
    );
    let file = desk.file("a.yaml", &text);
    assert_eq!(desk.config("apply", &file, &["--yes"]).await.0, 0);
    std::fs::write(&secret, "hunter3\n").unwrap();
    let (end, plan, _) = desk.config("diff", &file, &["--rotate-secrets"]).await;
    assert_eq!(end, DIFFERS);
    assert!(plan.contains("credential.basic.password: (secret) changed"), "{plan}");
    assert_eq!(desk.config("apply", &file, &["--rotate-secrets", "--yes"]).await.0, 0);
    let Some(Change::Update(update)) = &desk.service.batches()[1].changes[0].change else { panic!("no update") };
    assert_eq!(update.update_mask, ["credential.basic.password"]);
    let other = desk.file("b.yaml", &text.replace("user: u", "user: v"));
    let (_, plan, _) = desk.config("diff", &other, &[]).await;
    assert!(plan.contains("(secret) changed"), "another account has its own password: {plan}");
}

#[tokio::test]
async fn a_dry_run_has_connectors_checked_and_changes_nothing() {
    let desk = Desk::new().await;
    let file = desk.file("a.yaml", "connectors: [{name: a, address_spaces: ['*']}]\n");
    let (end, out, err) = desk.config("apply", &file, &["--dry-run"]).await;
    assert_eq!(end, 0, "{err}");
    assert!(out.ends_with("nothing was changed\n"), "{out}");
    assert_eq!(desk.service.calls(), ["check batch_apply"]);
    assert!(desk.service.connectors().is_empty());
}

#[tokio::test]
async fn everything_that_breaks_a_rule_is_told_before_anything_is_sent() {
    let desk = Desk::new().await;
    let file = desk.file(
        "a.yaml",
        "sites: [{name: prague}]\nconnectors:\n- {name: a, address_spaces: ['*'], ignore_starttls: true, require_tls: true}\n\
         - {name: b, smart_hosts: [h.example]}\n- {name: c, address_spaces: ['*'], smart_hosts: [h.example], auth_mechanism: basic}\n",
    );
    let (end, _, err) = desk.config("apply", &file, &["--yes"]).await;
    assert_eq!(end, 2);
    for part in ["connector \"a\", ignore_starttls", "connector \"b\", address_spaces", "connector \"c\", credential"] {
        assert!(err.contains(part), "{err}");
    }
    assert!(desk.service.calls().is_empty());
}

#[tokio::test]
async fn what_is_exported_differs_in_nothing() {
    let desk = Desk::new().await;
    let secret = desk.file("password", "hunter2\n");
    assert_eq!(desk.config("apply", &desk.file("postroad.yaml", &whole(&secret)), &["--yes"]).await.0, 0);
    let (end, text, err) = desk.run(&["config", "export"]).await;
    assert_eq!(end, 0, "{err}");
    for part in [
        "version: 1",
        "password: env:POSTROAD_TO_INTERNET_PASSWORD",
        "private_key: env:POSTROAD_EDGE_KEY",
        "SMTP:xn--bcher-kva.example;5",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    for part in ["etag", "revision", "id:", "hunter2", "connection_inactivity_timeout"] {
        assert!(!text.contains(part), "{part}: {text}");
    }
    let exported = desk.file("exported.yaml", &text);
    let (end, out, err) = desk.config("diff", &exported, &["--prune"]).await;
    assert_eq!((end, out.as_str()), (0, "nothing differs\n"), "{err}");
    let path = desk.dir.path().join("again.yaml");
    let (end, out, _) = desk.run(&["config", "export", "--output-file", path.to_str().unwrap()]).await;
    assert_eq!(end, 0, "{out}");
    assert_eq!(std::fs::read_to_string(path).unwrap(), text, "the order is stable");
}

#[tokio::test]
async fn an_imported_configuration_can_be_applied() {
    let desk = Desk::new().await;
    desk.file(
        "main.cf",
        "relayhost = [smtp.provider.example]:587\nsmtp_sasl_auth_enable = yes\nsmtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd\n\
         smtp_tls_security_level = encrypt\n",
    );
    desk.file("sasl_passwd", "[smtp.provider.example]:587 relay:hunter2\n");
    let (end, yaml, report) = desk.run(&["import", "postfix", desk.dir.path().to_str().unwrap()]).await;
    assert_eq!(end, 0, "{report}");
    assert!(report.contains("carried over") && report.contains("without counterpart"), "{report}");
    assert!(!yaml.contains("hunter2") && !report.contains("hunter2"), "{yaml}{report}");
    let secret = desk.file("password", "hunter2\n");
    let yaml = yaml.replace("env:POSTROAD_SMTP_PROVIDER_EXAMPLE_587_PASSWORD", &format!("file:{}", secret.display()));
    let (end, _, err) = desk.config("apply", &desk.file("imported.yaml", &yaml), &["--yes"]).await;
    assert_eq!(end, 0, "{err}");
    assert_eq!(desk.service.connectors()[0].name, "smtp.provider.example:587");

    let json = desk.file("connectors.json", r#"{"Name": "a", "AddressSpaces": ["SMTP:*;1"], "DNSRoutingEnabled": true, "TlsAuthLevel": "DomainValidation"}"#);
    let (end, yaml, report) = desk.run(&["import", "exchange", json.to_str().unwrap()]).await;
    assert_eq!(end, 0, "{report}");
    assert!(yaml.contains("name: a") && report.contains("to be decided before it can be applied"), "{yaml}{report}");
    let (end, _, err) = desk.run(&["import", "exchange", desk.file("no.json", "{").to_str().unwrap()]).await;
    assert_eq!(end, 2, "{err}");
}
