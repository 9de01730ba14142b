//! The operator's commands against a control plane that is played by a small service in this process.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod operator {
    #[allow(dead_code, reason = "shared with tests that use more of it")]
    pub(crate) mod fake_service;
    pub(crate) mod shell;
}

use operator::fake_service::FakeService;
use operator::shell::Shell;
use postroad_api::connector::v1::{AuthMechanism, credential};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt as _};

fn refusal(code: Code, reason: &str, fields: &[(&str, &str)]) -> Status {
    let mut details = ErrorDetails::new();
    details.set_error_info(reason, "postroad", []);
    details.set_bad_request(fields.iter().map(|(path, text)| FieldViolation::new(*path, *text)).collect::<Vec<_>>());
    Status::with_error_details(code, "refused", details)
}

#[tokio::test]
async fn create_sends_every_flag() {
    let service = FakeService::start().await;
    let mut shell = Shell::new(&service.url()).input("hunter2\n");
    let end = shell
        .run(&[
            "connector",
            "create",
            "--name=first",
            "--address-space=*.x.example;5",
            "--address-space=y.example",
            "--smart-host=[2001:db8::1]:465,implicit-tls",
            "--smart-host=h.example",
            "--port=587",
            "--auth=basic",
            "--user=u",
            "--password-stdin",
            "--require-tls",
            "--max-message-size=unlimited",
            "--label=tier=gold",
        ])
        .await;
    assert_eq!(end, 0, "{}", shell.err());
    assert_eq!(shell.out(), "created connector \"first\", id id-1, revision 1\n");
    let sent = service.created().remove(0);
    assert!(!sent.validate_only);
    let connector = sent.connector.unwrap();
    assert_eq!(connector.address_spaces[0].cost, Some(5));
    assert_eq!((connector.smart_hosts[0].host.as_str(), connector.smart_hosts[0].port), ("2001:db8::1", 465));
    assert_eq!((connector.port, connector.max_message_size), (587, Some(0)));
    assert_eq!(connector.auth_mechanism(), AuthMechanism::Basic);
    let Some(credential::Kind::Basic(basic)) = connector.credential.unwrap().kind else { panic!("no account") };
    assert_eq!((basic.user.as_str(), basic.password.as_str()), ("u", "hunter2"));
    assert!(!shell.out().contains("hunter2"));
}

#[tokio::test]
async fn what_was_accepted_with_a_warning_is_said() {
    let service = FakeService::start().await;
    service.warn("require_tls", "The password may go in clear.");
    let create = ["connector", "create", "--name=first", "--address-space=*", "--smart-host=h.example"];
    let mut shell = Shell::new(&service.url());
    assert_eq!(shell.run(&create).await, 0, "{}", shell.err());
    assert_eq!(shell.err(), "warning: connector \"first\", require_tls: The password may go in clear.\n");
    assert!(shell.out().starts_with("created connector"), "{}", shell.out());
    let mut shell = Shell::new(&service.url());
    assert_eq!(shell.run(&[create.as_slice(), &["--output", "json"]].concat()).await, 0, "{}", shell.err());
    assert!(shell.out().contains("\"path\": \"require_tls\""), "{}", shell.out());
}

#[tokio::test]
async fn a_dry_run_asks_for_validation_only() {
    let service = FakeService::start().await;
    let mut shell = Shell::new(&service.url());
    let end = shell.run(&["connector", "create", "--name=n", "--address-space=*", "--smart-host=h", "--dry-run"]).await;
    assert_eq!(end, 0, "{}", shell.err());
    assert!(service.created()[0].validate_only);
    assert!(shell.out().contains("nothing was stored"), "{}", shell.out());
    service.add("n");
    assert_eq!(shell.run(&["connector", "delete", "n", "--dry-run"]).await, 0);
    assert!(service.deleted()[0].validate_only);
}

#[tokio::test]
async fn an_update_sends_a_mask_and_the_etag_it_read() {
    let service = FakeService::start().await;
    service.add("n");
    let mut shell = Shell::new(&service.url());
    let end = shell.run(&["connector", "update", "n", "--enabled=false", "--add-smart-host=second:26"]).await;
    assert_eq!(end, 0, "{}", shell.err());
    let sent = service.updated().remove(0);
    assert_eq!(sent.update_mask, ["enabled", "smart_hosts"]);
    let connector = sent.connector.unwrap();
    assert_eq!((connector.id.as_str(), connector.etag.as_str()), ("id-n", "\"etag-n\""));
    assert_eq!(connector.enabled, Some(false));
    let hosts: Vec<_> = connector.smart_hosts.iter().map(|host| host.host.as_str()).collect();
    assert_eq!(hosts, ["first.example", "second"]);
    assert!(connector.address_spaces.is_empty(), "what is not in the mask is not sent");
}

#[tokio::test]
async fn a_file_creates_all_or_nothing_and_passwords_come_by_reference() {
    let service = FakeService::start().await;
    let dir = tempfile::tempdir().unwrap();
    let secret = dir.path().join("password");
    std::fs::write(&secret, "hunter2\n").unwrap();
    let file = dir.path().join("connectors.yaml");
    let yaml = format!(
        "name: a\naddress_spaces: ['*']\nsmart_hosts: [h]\nauth_mechanism: basic\n\
         credential: {{basic: {{user: u, password: 'file:{}'}}}}\n---\nname: b\n",
        secret.display()
    );
    std::fs::write(&file, yaml).unwrap();
    let mut shell = Shell::new(&service.url());
    assert_eq!(shell.run(&["connector", "create", "-f", file.to_str().unwrap()]).await, 0, "{}", shell.err());
    let dry: Vec<_> = service.created().iter().map(|sent| sent.validate_only).collect();
    assert_eq!(dry, [true, true, false, false]);

    let with_id = dir.path().join("id.yaml");
    std::fs::write(&with_id, "id: '7'\nname: c\n").unwrap();
    let mut shell = Shell::new(&service.url());
    assert_eq!(shell.run(&["connector", "create", "-f", with_id.to_str().unwrap()]).await, 2);
    assert!(shell.err().contains("leave the key id out"), "{}", shell.err());

    service.refuse(refusal(Code::InvalidArgument, "INVALID_CONNECTOR", &[("name", "Bad name.")]));
    let mut shell = Shell::new(&service.url());
    assert_eq!(shell.run(&["connector", "create", "-f", file.to_str().unwrap()]).await, 1);
    assert_eq!(service.created().len(), 5, "the first refusal, met while checking, ends it");
    assert!(shell.err().contains("connector \"a\"") && shell.err().contains("name: Bad name."), "{}", shell.err());
}

#[tokio::test]
async fn an_update_from_a_file_changes_the_keys_that_are_there() {
    let service = FakeService::start().await;
    service.add("n");
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("change.yaml");
    std::fs::write(&file, "name: n\nlabels: {}\nauth_mechanism: none\n").unwrap();
    let mut shell = Shell::new(&service.url());
    assert_eq!(shell.run(&["connector", "update", "-f", file.to_str().unwrap()]).await, 0, "{}", shell.err());
    assert_eq!(service.updated()[0].update_mask, ["labels", "auth_mechanism", "credential"]);
}

#[tokio::test]
async fn delete_asks_and_names_what_it_deletes() {
    let service = FakeService::start().await;
    service.add("n");
    let mut shell = Shell::new(&service.url());
    assert_eq!(shell.run(&["connector", "delete", "n"]).await, 2);
    assert!(shell.err().contains("--yes"), "{}", shell.err());

    let mut shell = Shell::new(&service.url()).input("no\n").interactive();
    assert_eq!(shell.run(&["connector", "delete", "n"]).await, 2);
    assert!(shell.err().contains("Delete connector \"n\""), "{}", shell.err());
    assert!(service.deleted().is_empty());

    let mut shell = Shell::new(&service.url()).input("y\n").interactive();
    assert_eq!(shell.run(&["connector", "delete", "n"]).await, 0, "{}", shell.err());
    let mut shell = Shell::new(&service.url());
    assert_eq!(shell.run(&["connector", "delete", "n", "--yes", "--output=json"]).await, 0, "{}", shell.err());
    let json: serde_json::Value = serde_json::from_str(&shell.out()).unwrap();
    assert_eq!((json["id"].as_str(), json["revision"].as_u64()), (Some("id-n"), Some(9)));
    assert!(service.deleted().iter().all(|sent| sent.connector == "id-n" && sent.etag == "\"etag-n\""));
    assert_eq!(service.deleted().len(), 2);
}

#[tokio::test]
async fn every_violation_is_told_and_the_exit_code_says_refused() {
    let service = FakeService::start().await;
    service.refuse(refusal(
        Code::InvalidArgument,
        "INVALID_CONNECTOR",
        &[("smart_hosts[0].host", "Write an IP address."), ("ignore_starttls", "TLS is required.")],
    ));
    let mut shell = Shell::new(&service.url());
    let line = ["connector", "create", "--name=n", "--address-space=*", "--smart-host=h"];
    assert_eq!(shell.run(&line).await, 1);
    assert_eq!(
        shell.err(),
        "postroad: the control plane refused: refused\n  smart_hosts[0].host: Write an IP address.\n  \
         ignore_starttls: TLS is required.\n"
    );
    assert_eq!(shell.out(), "");
}

#[tokio::test]
async fn list_walks_all_pages() {
    let service = FakeService::start().await;
    for name in ["a", "b", "c"] {
        service.add(name);
    }
    let mut shell = Shell::new(&service.url());
    assert_eq!(shell.run(&["connector", "list", "--output=json"]).await, 0, "{}", shell.err());
    let json: serde_json::Value = serde_json::from_str(&shell.out()).unwrap();
    let names: Vec<_> = json["connectors"].as_array().unwrap().iter().map(|c| c["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["a", "b", "c"]);
    assert_eq!(json["revision"], 9);
    let mut shell = Shell::new(&service.url());
    assert_eq!(shell.run(&["connector", "list"]).await, 0);
    assert_eq!(shell.out().lines().count(), 4);
}

#[tokio::test]
async fn explain_sends_sender_and_size() {
    let service = FakeService::start().await;
    let mut shell = Shell::new(&service.url());
    let line = ["route", "explain", "u@x.example", "--from=<a@b.example>", "--size=10MB"];
    assert_eq!(shell.run(&line).await, 0, "{}", shell.err());
    let asked = service.asked().remove(0);
    assert_eq!((asked.recipient.as_str(), asked.sender.as_str(), asked.size), ("u@x.example", "a@b.example", 10 << 20));
    assert!(shell.out().contains("goes through connector \"all\""), "{}", shell.out());
}

#[tokio::test]
async fn a_control_plane_that_is_not_there_is_told_with_its_address() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut shell = Shell::new(&format!("http://{closed}"));
    assert_eq!(shell.run(&["connector", "list"]).await, 3);
    let err = shell.err();
    assert!(err.contains(&closed.to_string()) && err.contains("refused"), "{err}");
    assert!(err.contains("postroad-control-plane"), "{err}");
    let mut shell = Shell::new("localhost:7443");
    assert_eq!(shell.run(&["connector", "list"]).await, 2);
    assert!(shell.err().contains("http://HOST:PORT"), "{}", shell.err());
}

#[tokio::test]
async fn a_silent_control_plane_is_left_after_the_timeout() {
    let service = FakeService::start().await;
    service.fall_silent();
    let mut shell = Shell::new(&service.url());
    assert_eq!(shell.run(&["connector", "list", "--timeout=50ms"]).await, 3);
    assert!(shell.err().contains("did not answer within 50ms"), "{}", shell.err());
}

#[tokio::test]
async fn wrong_command_lines_are_told_whole_before_anything_is_sent() {
    let mut shell = Shell::new("http://127.0.0.1:1");
    let line = ["connector", "create", "--name=n", "--address-space=*x", "--smart-host=h:0", "--max-message-size=big"];
    assert_eq!(shell.run(&line).await, 2);
    for part in ["3 problems", "--address-space \"*x\"", "--smart-host \"h:0\"", "--max-message-size \"big\""] {
        assert!(shell.err().contains(part), "{}", shell.err());
    }
    let mut shell = Shell::new("http://127.0.0.1:1");
    assert_eq!(shell.run(&["connector", "update", "n"]).await, 2);
    assert!(shell.err().contains("Say what to change"), "{}", shell.err());
}
