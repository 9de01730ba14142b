use std::sync::Arc;

use postroad_smtp_codec::sasl::{Mechanism, Mechanisms};
use postroad_submission_users::{Context, FailureKind, NameKey, Reason, Users};

use super::desk::{at_once, context, users};

#[test]
fn e10a_without_tls_no_mechanism_that_shows_a_secret_is_offered() {
    let users = users();
    let clear = Context { tls: false, channel_binding: None, ..context() };
    assert_eq!(clear.offered(&users).to_string(), "SCRAM-SHA-256");
    for mechanism in Mechanism::ALL.into_iter().filter(|mechanism| *mechanism != Mechanism::ScramSha256) {
        let failure = at_once(&users, mechanism, clear.clone(), b"\0app1\0pencil").failure();
        assert_eq!((failure.kind(), failure.reason()), (FailureKind::NotOffered, Reason::NotOffered), "{mechanism}");
        assert_eq!(
            failure.kind().reply().to_string(),
            "504 5.5.4 This mechanism is not offered here: see the reply to EHLO"
        );
    }
}

#[test]
fn e10a_only_what_somebody_can_log_in_by_is_offered() {
    let key = NameKey::random();
    let of = |text: &str| Arc::new(Users::parse("users.yaml", &format!("users:\n{text}"), &key).unwrap());
    let offered = |users: &Arc<Users>, context: Context| context.offered(users).to_string();
    let hash = of(
        "- {name: a, verifiers: ['$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4']}",
    );
    assert_eq!(offered(&hash, context()), "PLAIN LOGIN");
    assert_eq!(offered(&of("- {name: a, certificate: a.example}"), context()), "EXTERNAL");
    let bare = Context { certificate_names: Vec::new(), ..context() };
    assert_eq!(offered(&of("- {name: a, certificate: a.example}"), bare), "");
    assert_eq!(offered(&of("- {name: a, token: true}"), context()), "OAUTHBEARER XOAUTH2");
    assert_eq!(offered(&of("- {name: a, token: true}"), Context { tokens: None, ..context() }), "");
    assert_eq!(offered(&Arc::new(Users::nobody(&key)), context()), "");
    let all = "EXTERNAL SCRAM-SHA-256-PLUS SCRAM-SHA-256 OAUTHBEARER XOAUTH2 PLAIN LOGIN";
    assert_eq!(offered(&users(), context()), all);
    let some: Mechanisms = [Mechanism::Login, Mechanism::Plain].into_iter().collect();
    assert_eq!(offered(&users(), Context { mechanisms: some, ..context() }), "PLAIN LOGIN");
}

#[test]
fn the_example_of_the_document_is_taken() {
    let document = include_str!("../../../../docs/SUBMISSION-USERS.md");
    let example = document.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let users = Users::parse("users.yaml", example, &NameKey::random()).unwrap();
    assert_eq!(users.len(), 3);
}
