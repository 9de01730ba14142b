//! `postroad user hash`: what it prints is what a users file takes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod operator {
    #[allow(dead_code, reason = "shared with tests that use more of it")]
    pub(crate) mod shell;
}

use std::sync::Arc;

use operator::shell::Shell;
use postroad_smtp_codec::sasl::{Mechanism, Mechanisms};
use postroad_submission_users::{Context, Exchange, NameKey, Step, Users};

fn shell() -> Shell {
    Shell::new("http://127.0.0.1:1")
}

/// Whether PLAIN lets `app1` in by this password.
fn is_let_in(file: &str, password: &str) -> bool {
    let users = Users::parse("users.yaml", file, &NameKey::random()).unwrap();
    let context = Context { tls: true, mechanisms: Mechanisms::all(), ..Context::default() };
    let message = format!("\0app1\0{password}");
    let (_, step) = Exchange::begin(Arc::new(users), Mechanism::Plain, context, Some(message.as_bytes()));
    let Step::Verify(job) = step else { panic!("{step:?}") };
    matches!(job.run(), Step::Success(_))
}

#[tokio::test]
async fn an_entry_is_one_that_the_file_takes() {
    let mut shell = shell().input("I\u{ad}X and more\n");
    assert_eq!(shell.run(&["user", "hash", "--name=app1", "--password-stdin"]).await, 0, "{}", shell.err());
    let out = shell.out();
    assert!(out.starts_with("- name: \"app1\"\n  verifiers:\n  - \"$argon2id$v=19$m=19456,t=2,p=1$"), "{out}");
    assert!(out.contains("\n  - \"SCRAM-SHA-256$65536:"), "{out}");
    let file = format!("users:\n{out}");
    assert!(is_let_in(&file, "IX and more"));
    assert!(is_let_in(&file, "I\u{ad}X and more"));
    assert!(!is_let_in(&file, "IX and less"));
}

#[tokio::test]
async fn one_verifier_is_made_where_one_is_asked_for() {
    for (flag, start) in [("--scram", "  - \"SCRAM-SHA-256$"), ("--argon2", "  - \"$argon2id$")] {
        let mut shell = shell().input("pencil\n");
        assert_eq!(shell.run(&["user", "hash", flag, "--password-stdin"]).await, 0, "{}", shell.err());
        assert!(shell.out().starts_with(start) && shell.out().lines().count() == 1, "{}", shell.out());
        let file = format!("users:\n- name: app1\n  verifiers:\n{}", shell.out());
        assert!(is_let_in(&file, "pencil"));
    }
}

#[tokio::test]
async fn json_holds_the_same() {
    let mut shell = shell().input("pencil\n");
    let line = ["user", "hash", "--name=app1", "--scram", "--password-stdin", "--output=json"];
    assert_eq!(shell.run(&line).await, 0, "{}", shell.err());
    assert!(is_let_in(&format!("users: [{}]", shell.out()), "pencil"));
}

#[tokio::test]
async fn at_a_terminal_the_password_is_asked_for_twice() {
    let mut shell = shell().input("pencil\npencil\n").interactive();
    assert_eq!(shell.run(&["user", "hash", "--argon2"]).await, 0, "{}", shell.err());
    assert_eq!(shell.err(), "Password: The same again: ");

    let mut shell = self::shell().input("pencil\npencils\n").interactive();
    assert_eq!(shell.run(&["user", "hash"]).await, 2);
    assert!(shell.err().ends_with("postroad: The passwords differ; nothing was made.\n"), "{}", shell.err());
    assert_eq!(shell.out(), "");
}

#[tokio::test]
async fn th10_what_cannot_be_hashed_is_refused_and_not_repeated() {
    for (input, line, text) in [
        ("canary1\u{1f600}\n", &["user", "hash", "--password-stdin"][..], "Not hashed: the password holds characters"),
        ("\n", &["user", "hash", "--password-stdin"], "Standard input holds no password: it is empty."),
        ("canary1\n", &["user", "hash"], "There is no terminal to ask for the password"),
        ("canary1\n", &["user", "hash", "--name=a\u{7}", "--password-stdin"], "--name: "),
    ] {
        let mut shell = shell().input(input);
        assert_eq!(shell.run(line).await, 2);
        assert!(shell.err().contains(text), "{}", shell.err());
        assert!(!shell.err().contains("canary1") && shell.out().is_empty());
    }
}
