//! The commands about sites, links, relays, certificates, revisions, the audit and routes, against a control plane that
//! is played by a small service in this process.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod operator {
    #[allow(dead_code, reason = "shared with tests that use more of it")]
    pub(crate) mod fake_service;
    #[allow(dead_code, reason = "shared with tests that use more of it")]
    pub(crate) mod shell;
}

use operator::fake_service::FakeService;
use operator::shell::Shell;

/// Runs a command that must succeed, and returns its output.
async fn done(service: &FakeService, line: &[&str]) -> String {
    let mut shell = Shell::new(&service.url());
    assert_eq!(shell.run(line).await, 0, "{line:?}: {}", shell.err());
    shell.out()
}

#[tokio::test]
async fn sites_and_links_are_made_changed_and_removed() {
    let service = FakeService::start().await;
    done(&service, &["site", "create", "prague", "--comment=x"]).await;
    done(&service, &["site", "create", "brno", "--dry-run"]).await;
    done(&service, &["site", "update", "PRAGUE", "--comment=y"]).await;
    assert!(done(&service, &["site", "list"]).await.contains("prague"));
    done(&service, &["site-link", "create", "prague", "brno"]).await;
    done(&service, &["site-link", "update", "brno", "prague", "--cost=7"]).await;
    assert!(done(&service, &["site-link", "list", "--output=yaml"]).await.contains("cost: 7"));
    done(&service, &["site-link", "delete", "brno", "prague", "--yes"]).await;
    done(&service, &["site", "delete", "prague", "-y"]).await;
    assert_eq!(
        service.calls(),
        [
            "create_site prague",
            "check create_site brno",
            "update_site prague \"1\"",
            "create_site_link prague brno 100",
            "update_site_link prague brno 7 \"3\"",
            "delete_site_link prague brno \"4\"",
            "delete_site prague \"2\"",
        ]
    );
    let mut shell = Shell::new(&service.url());
    assert_eq!(shell.run(&["site", "delete", "prague"]).await, 2);
    assert!(shell.err().contains("--yes"), "{}", shell.err());
    assert_eq!(Shell::new(&service.url()).run(&["site", "delete", "prague", "--yes"]).await, 2);
}

#[tokio::test]
async fn the_record_of_a_relay_is_set_and_removed() {
    let service = FakeService::start().await;
    let said = done(&service, &["relay", "set", "edge-1", "--site=prague", "--label=tier=edge"]).await;
    assert_eq!(said, "relay \"edge-1\" has site prague, tier=edge\n");
    assert_eq!(
        done(&service, &["relay", "set", "edge-1", "--label="]).await,
        "relay \"edge-1\" has site prague, no labels\n"
    );
    assert!(done(&service, &["relay", "list"]).await.contains("prague"));
    done(&service, &["relay", "remove", "edge-1", "--yes"]).await;
    let calls = ["update_relay edge-1 site,labels", "update_relay edge-1 labels \"1\"", "delete_relay edge-1 \"2\""];
    assert_eq!(service.calls(), calls);
    assert_eq!(Shell::new(&service.url()).run(&["relay", "set", "edge-1"]).await, 2);
}

#[tokio::test]
async fn certificates_are_stored_with_their_keys_and_never_show_them() {
    let service = FakeService::start().await;
    let dir = tempfile::tempdir().unwrap();
    let (pem, key) = (dir.path().join("edge.pem"), dir.path().join("edge.key"));
    std::fs::write(&pem, "certificate\n").unwrap();
    std::fs::write(&key, "hunter2").unwrap();
    let files = [format!("--certificate-file={}", pem.display()), format!("--key-file={}", key.display())];
    let said = done(&service, &["certificate", "create", "edge", &files[0], &files[1]]).await;
    assert_eq!(said, "stored certificate \"edge\", revision 1\n");
    done(&service, &["certificate", "update", "edge", &files[0], &files[1], "--dry-run"]).await;
    for form in ["table", "json", "yaml"] {
        let output = format!("--output={form}");
        let shown = done(&service, &["certificate", "get", "edge", &output]).await;
        let listed = done(&service, &["certificate", "list", &output]).await;
        assert!(!shown.contains("hunter2") && !listed.contains("hunter2"), "{shown}{listed}");
    }
    done(&service, &["certificate", "delete", "edge", "--yes"]).await;
    assert_eq!(
        service.calls(),
        ["create_certificate edge 7", "check update_certificate edge \"1\"", "delete_certificate edge \"1\""]
    );
}

#[tokio::test]
async fn revisions_are_shown_compared_and_gone_back_to() {
    let service = FakeService::start().await;
    let list = done(&service, &["revision", "list", "--limit=3"]).await;
    assert_eq!(list.lines().count(), 4, "{list}");
    assert!(list.contains("UpdateConnector") && list.contains("connector n updated"), "{list}");
    assert!(done(&service, &["revision", "get", "7"]).await.contains("port: 25 -> 587"));
    assert!(done(&service, &["revision", "diff", "3"]).await.contains("(secret) changed"));
    assert!(done(&service, &["revision", "diff", "9"]).await.contains("are equal"));
    assert!(done(&service, &["revision", "rollback", "3", "--dry-run"]).await.contains("nothing was changed"));
    assert_eq!(Shell::new(&service.url()).run(&["revision", "rollback", "3"]).await, 2);
    let mut shell = Shell::new(&service.url()).input("y\n").interactive();
    assert_eq!(shell.run(&["revision", "rollback", "3", "--restore-secrets"]).await, 0, "{}", shell.err());
    assert!(
        shell.err().contains("port: 25 -> 587") && shell.err().contains("Go back to revision 3?"),
        "{}",
        shell.err()
    );
    assert!(shell.out().contains("revision 10 has the content of revision 3"), "{}", shell.out());
    let sent: Vec<_> =
        service.rollbacks().iter().map(|it| (it.validate_only, it.head_revision, it.restore_secrets)).collect();
    assert_eq!(sent, [(true, 9, false), (true, 9, true), (false, 9, true)]);
    assert!(done(&service, &["revision", "rollback", "9", "--yes"]).await.contains("nothing was changed"));
}

#[tokio::test]
async fn the_audit_is_read_page_by_page_and_secrets_are_rewrapped() {
    let service = FakeService::start().await;
    let table = done(&service, &["audit", "list"]).await;
    assert!(table.contains("STALE_ETAG") && table.lines().count() == 3, "{table}");
    assert_eq!(done(&service, &["audit", "list", "--limit=1"]).await.lines().count(), 2);
    assert_eq!(Shell::new(&service.url()).run(&["secrets", "rewrap"]).await, 2);
    let said = done(&service, &["secrets", "rewrap", "--yes"]).await;
    assert_eq!(said, "3 secrets sealed anew under key k2, 4 had it already\n");
}

#[tokio::test]
async fn explain_sends_everything_that_route_selection_looks_at() {
    let service = FakeService::start().await;
    let dir = tempfile::tempdir().unwrap();
    let (recipients, proposed) = (dir.path().join("r.txt"), dir.path().join("p.yaml"));
    std::fs::write(&recipients, "a@x.example\n# no\n<b@x.example>\n").unwrap();
    std::fs::write(&proposed, "delete: [old]\n").unwrap();
    let files = [format!("--recipients-file={}", recipients.display()), format!("--proposed={}", proposed.display())];
    let line = ["route", "explain", &files[0], &files[1], "--listener=l", "--relay=r", "--site=s"];
    assert!(done(&service, &line).await.contains("a@x.example"));
    let asked = service.asked().remove(0);
    assert_eq!(
        (asked.recipient.as_str(), asked.recipients.as_slice()),
        ("a@x.example", &["b@x.example".to_owned()][..])
    );
    assert_eq!((asked.listener.as_str(), asked.relay.as_str(), asked.site.as_str()), ("l", "r", "s"));
    assert_eq!(asked.proposed.len(), 1);
}

#[tokio::test]
async fn a_change_that_got_no_answer_is_sent_again_under_the_same_id() {
    let service = FakeService::start().await;
    service.fail_next(2);
    done(&service, &["site", "create", "prague"]).await;
    let ids = service.request_ids();
    assert_eq!(ids.len(), 3);
    assert!(ids.iter().all(|id| *id == ids[0] && id.len() == 36), "{ids:?}");
    done(&service, &["site", "create", "brno"]).await;
    assert_ne!(service.request_ids()[3], ids[0], "another command has another id");
    service.fail_next(9);
    let mut shell = Shell::new(&service.url());
    assert_eq!(shell.run(&["site", "create", "vienna"]).await, 3);
    assert_eq!(service.request_ids().len(), 7, "it is given up after three attempts");
}

#[tokio::test]
async fn lists_are_filtered_and_ordered_by_the_control_plane() {
    let service = FakeService::start().await;
    service.add("n");
    done(&service, &["connector", "list", "--filter=enabled=true", "--order-by=id desc"]).await;
    let asked = service.listed().remove(0);
    assert_eq!((asked.filter.as_str(), asked.order_by.as_str()), ("enabled=true", "id desc"));
}
