//! The commands against a real control plane with a store on disk.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod operator {
    #[allow(dead_code, reason = "shared with tests that use more of it")]
    pub(crate) mod shell;
}

use std::path::PathBuf;

use clap::builder::Resettable;
use clap::{Args as _, FromArgMatches as _};
use operator::shell::Shell;
use postroad_control_plane::{App, Settings};
use postroad_lifecycle::{Shutdown, Tasks};

struct Desk {
    url: String,
    dir: tempfile::TempDir,
    shutdown: Shutdown,
    /// Owns the running control plane.
    _tasks: Tasks,
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.shutdown.begin();
    }
}

impl Desk {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let command = Settings::augment_args(clap::Command::new("test")).mut_args(|arg| arg.env(Resettable::Reset));
        let settings = Settings::from_arg_matches(&command.try_get_matches_from(["test"]).unwrap()).unwrap();
        let free = "127.0.0.1:0".parse().unwrap();
        let data_dir = dir.path().join("data");
        let app = App::build(Settings { grpc_listen: free, admin_listen: free, data_dir, ..settings }).await.unwrap();
        let url = format!("http://{}", app.grpc_address());
        let (shutdown, tasks) = (Shutdown::new(), Tasks::new());
        let end = shutdown.clone();
        tasks.spawn("control plane", async move {
            app.run(end).await.unwrap();
        });
        Self { url, dir, shutdown, _tasks: tasks }
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path: PathBuf = self.dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    async fn run(&self, line: &[&str]) -> (u8, String, String) {
        let mut shell = Shell::new(&self.url);
        let end = shell.run(line).await;
        (end, shell.out(), shell.err())
    }

    /// Runs a command that must succeed.
    async fn done(&self, line: &[&str]) -> String {
        let (end, out, err) = self.run(line).await;
        assert_eq!(end, 0, "{line:?}: {err}\n{out}");
        out
    }
}

fn whole(secret: &str) -> String {
    let root = include_str!("fixtures/root.pem").replace('\n', "\n    ");
    format!(
        "version: 1
sites: [{{name: prague}}, {{name: brno, comment: second}}]
site_links: [{{from_site: prague, to_site: brno, cost: 50}}]
relays: [{{name: edge-1, site: prague, labels: {{tier: edge}}}}]
certificates:
- name: partner-roots
  certificates_pem: |
    {root}
connectors:
- name: to Internet
  address_spaces: ['*', BÜCHER.example;5]
  smart_hosts: ['h.example:587', '[2001:db8::1]:25,priority=2,weight=0']
  auth_mechanism: basic
  credential:
    basic: {{user: app, password: 'file:{secret}'}}
  require_tls: true
  max_message_size: 10000000
- name: partner
  usage: partner
  address_spaces: [partner.example]
  smart_hosts: [mail.partner.example]
  require_tls: true
  tls_auth_level: domain-validation
  tls_domain: '*.partner.example'
  trusted_roots: partner-roots
  source_relays: [edge-1, 'group:tier=edge']
  scoped: true
  labels: {{team: ops}}
- name: own servers
  usage: internal
  address_spaces: [corp.example]
  smart_hosts: [10.0.0.2]
  auth_mechanism: xoauth2
  tls_domain: ''
  enabled: false
  credential:
    oauth:
      user: app
      client_credentials: {{token_endpoint: 'https://login.example/token', client_id: c, client_secret: 'file:{secret}'}}
"
    )
    .replace("  smart_hosts: [10.0.0.2]", "  smart_hosts: [corp-mail.corp.example]")
}

#[tokio::test]
async fn what_is_applied_differs_in_nothing_and_neither_does_what_is_exported() {
    let desk = Desk::new().await;
    let secret = desk.file("password", "hunter2\n");
    let file = desk.file("postroad.yaml", &whole(&secret));
    let plan = desk.done(&["config", "apply", &file, "--yes"]).await;
    assert!(plan.contains("8 to create"), "{plan}");
    assert_eq!(desk.done(&["config", "diff", &file, "--prune"]).await, "nothing differs\n");
    let revisions = desk.done(&["revision", "list", "--output=json"]).await;
    assert!(desk.done(&["config", "apply", &file, "--prune", "--yes"]).await.contains("nothing was changed"));
    assert_eq!(desk.done(&["revision", "list", "--output=json"]).await, revisions, "nothing changed, no revision");

    let exported = desk.file("exported.yaml", &desk.done(&["config", "export"]).await);
    assert_eq!(desk.done(&["config", "diff", &exported, "--prune"]).await, "nothing differs\n");
    let text = std::fs::read_to_string(exported).unwrap();
    assert!(!text.contains("hunter2") && text.contains("env:POSTROAD_OWN_SERVERS_CLIENT_SECRET"), "{text}");

    let less = desk.file("less.yaml", "sites: []\nsite_links: []\nrelays: []\ncertificates: []\nconnectors: []\n");
    let (end, plan, _) = desk.run(&["config", "diff", &less, "--prune"]).await;
    assert!(end == 6 && plan.contains("8 to delete"), "{plan}");
    desk.done(&["config", "apply", &less, "--prune", "--yes"]).await;
    assert!(desk.done(&["connector", "list"]).await.starts_with("no connectors"));
}

#[tokio::test]
async fn connectors_are_written_read_filtered_and_brought_back() {
    let desk = Desk::new().await;
    let create = ["connector", "create", "--name=a", "--address-space=*", "--smart-host=h.example", "--label=team=ops"];
    desk.done(&create).await;
    desk.done(&["connector", "create", "--name=b", "--address-space=x.example"]).await;
    desk.done(&["connector", "update", "a", "--add-smart-host=i.example:587,weight=3", "--max-message-size=unlimited"])
        .await;
    let sheet = desk.done(&["connector", "get", "a"]).await;
    assert!(sheet.contains("i.example:587,weight=3") && sheet.contains("unlimited"), "{sheet}");
    let listed = desk.done(&["connector", "list", "--filter=labels.team=ops"]).await;
    assert!(listed.contains("h.example") && !listed.contains("x.example"), "{listed}");
    assert!(desk.done(&["connector", "get", "b", "--all"]).await.contains("MX routing           yes"));

    let diff = desk.done(&["revision", "diff", "0"]).await;
    assert!(diff.contains("+ connector \"a\" created"), "{diff}");
    let revisions: serde_json::Value =
        serde_json::from_str(&desk.done(&["revision", "list", "--output=json"]).await).unwrap();
    let second = revisions["revisions"][1]["revision"].to_string();
    desk.done(&["revision", "rollback", &second, "--yes"]).await;
    assert!(!desk.done(&["connector", "get", "a"]).await.contains("i.example"));
    let audit = desk.done(&["audit", "list"]).await;
    assert!(audit.contains("RollbackRevision") && audit.contains("OK"), "{audit}");
}

#[tokio::test]
async fn a_proposed_change_is_explained_and_not_made() {
    let desk = Desk::new().await;
    desk.done(&["connector", "create", "--name=all", "--address-space=*", "--smart-host=h.example"]).await;
    let proposed = desk.file(
        "proposed.yaml",
        "create:\n- {name: special, address_spaces: [x.example], smart_hosts: [i.example], auth_mechanism: basic,\n   \
         credential: {basic: {user: u, password: 'env:NOT_SET_ANYWHERE'}}}\nupdate:\n- {name: all, enabled: false}\n",
    );
    let flag = format!("--proposed={proposed}");
    let answer = desk.done(&["route", "explain", "u@x.example", &flag]).await;
    assert!(answer.contains("connector \"special\"") && answer.contains("\"all\""), "{answer}");
    assert!(desk.done(&["route", "explain", "u@x.example"]).await.contains("connector \"all\""));
    let recipients = format!("--recipients-file={}", desk.file("r.txt", "u@x.example\nv@y.example\n"));
    assert_eq!(desk.done(&["route", "explain", &recipients]).await.lines().count(), 3);
}
