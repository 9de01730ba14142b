//! `connector create --interactive`, over pipes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod operator {
    #[allow(dead_code, reason = "shared with tests that use more of it")]
    pub(crate) mod fake_service;
    #[allow(dead_code, reason = "shared with tests that use more of it")]
    pub(crate) mod shell;
}

use operator::fake_service::FakeService;
use operator::shell::Shell;
use postroad_api::connector::v1::AuthMechanism;

const LINE: [&str; 3] = ["connector", "create", "--interactive"];

#[tokio::test]
async fn the_wizard_asks_step_by_step_and_shows_the_same_without_questions() {
    let service = FakeService::start().await;
    let answers = "to Internet\npartner\nhosts\nsmtp.example.com:587\n\ntrue\nbasic\napp\nhunter2\n*\ncontoso.com;5\n\n\
                   edge-1\n\nfalse\ny\n";
    let mut shell = Shell::new(&service.url()).input(answers);
    assert_eq!(shell.run(&LINE).await, 0, "{}", shell.err());
    let sent = service.created().remove(0).connector.unwrap();
    assert_eq!((sent.name.as_str(), sent.smart_hosts.len(), sent.address_spaces.len()), ("to Internet", 1, 2));
    assert_eq!((sent.auth_mechanism(), sent.require_tls), (AuthMechanism::Basic, true));
    assert_eq!(sent.source_relays, ["edge-1"]);
    for part in [
        "Step 7 of 7",
        "--name='to Internet'",
        "--usage=PARTNER",
        "--smart-host=smtp.example.com:587",
        "--password-stdin",
    ] {
        assert!(shell.err().contains(part), "{part}: {}", shell.err());
    }
    assert!(!shell.err().contains("hunter2") && !shell.out().contains("hunter2"));
}

#[tokio::test]
async fn a_wrong_answer_is_asked_again_with_the_rule() {
    let service = FakeService::start().await;
    let long = "n".repeat(65);
    let answers = format!(
        "{long}\nname\nhome\n\nboth\n\nh:0\n*.example\n192.0.2.1\n\n\nbasic-require-tls\nu\np\nnone\n*x\n*\n*\n\n\ny\n"
    );
    let mut shell = Shell::new(&service.url()).input(&answers);
    assert_eq!(shell.run(&LINE).await, 0, "{}", shell.err());
    for part in [
        "1 to 64 printable characters",
        "\"home\" is not known",
        "neither hosts nor mx",
        "is no port",
        "the port has its own field",
        "write a host name, not an IP address",
        "A star stands alone",
        "already in the list",
    ] {
        assert!(shell.err().contains(part), "{part}: {}", shell.err());
    }
    let sent = service.created().remove(0).connector.unwrap();
    assert_eq!((sent.name.as_str(), sent.address_spaces.len()), ("name", 1));
    assert!(sent.credential.is_none());
}

#[tokio::test]
async fn no_at_the_end_and_an_end_in_the_middle_create_nothing() {
    let service = FakeService::start().await;
    for (answers, end) in [("n\n\nmx\n\n*\n\n\nn\n", 2), ("n\n\nmx\n", 2), ("", 2)] {
        let mut shell = Shell::new(&service.url()).input(answers);
        assert_eq!(shell.run(&LINE).await, end, "{answers:?}: {}", shell.err());
    }
    assert!(service.created().is_empty());
    let mut shell = Shell::new(&service.url());
    assert_eq!(shell.run(&["connector", "create", "--interactive", "--name=n"]).await, 2);
}
