use postroad_mail_types::{Mailbox, ReversePath};
use postroad_smtp_codec::sasl::Mechanism;
use postroad_submission_users::{FailureKind, Reason};

use super::desk::{Client, at_once, context, users};

fn plain(message: &[u8]) -> super::desk::End {
    at_once(&users(), Mechanism::Plain, context(), message)
}

#[test]
fn e10e_plain_lets_in_who_knows_the_password() {
    for (message, user) in [
        ("\0app1\0pencil", "app1"),
        ("app1\0app1\0pencil", "app1"),
        ("\0hash\0pencil", "hash"),
        ("\0scram\0pencil", "scram"),
    ] {
        let identity = plain(message.as_bytes()).identity();
        assert_eq!((identity.user(), identity.mechanism()), (user, Mechanism::Plain));
    }
    // What SASLprep makes the same is the same, in names and passwords.
    assert_eq!(plain("\0ap\u{ad}p1\0pen\u{ad}cil".as_bytes()).identity().user(), "app1");
}

#[test]
fn e10e_without_initial_response_plain_is_asked_for() {
    let mut client = Client::begin(&users(), Mechanism::Plain, context(), None);
    assert_eq!(client.challenge(), "");
    client.say(b"\0app1\0pencil");
    assert_eq!(client.end().identity().user(), "app1");
}

#[test]
fn e10c_wrong_credentials_are_535_whatever_is_wrong() {
    for (message, reason) in [
        ("\0app1\0pencils", Reason::WrongPassword),
        ("\0hash\0penci", Reason::WrongPassword),
        ("\0scram\0penci", Reason::WrongPassword),
        ("\0app1\0pen\u{7}cil", Reason::WrongPassword),
        ("\0app1\0\u{ad}", Reason::WrongPassword),
        ("\0APP1\0pencil", Reason::UnknownUser),
        ("\0nobody\0pencil", Reason::UnknownUser),
        ("\0cert\0pencil", Reason::NoVerifier),
        ("\0token\0", Reason::Malformed),
        ("hash\0app1\0pencil", Reason::OtherIdentity),
        ("nobody\0app1\0pencil", Reason::OtherIdentity),
        ("hash\0app1\0wrong", Reason::WrongPassword),
    ] {
        let failure = plain(message.as_bytes()).failure();
        assert_eq!(failure.reason(), reason, "{message:?}");
        let kind = if reason == Reason::Malformed { FailureKind::Malformed } else { FailureKind::BadCredentials };
        assert_eq!(failure.kind(), kind);
    }
    assert!(FailureKind::BadCredentials.reply().to_string().starts_with("535 5.7.8 "));
    assert!(FailureKind::Unavailable.reply().to_string().starts_with("454 4.7.0 "));
}

#[test]
fn e10e_an_empty_authcid_and_other_shapes_are_refused() {
    for message in ["", "\0", "\0\0pencil", "app1\0\0pencil", "\0app1", "\0app1\0pencil\0", "\0app1\0pencil\0x", "app1"]
    {
        let failure = plain(message.as_bytes()).failure();
        assert_eq!(failure.kind(), FailureKind::Malformed, "{message:?}");
        assert!(failure.kind().reply().to_string().starts_with("501 5.5.2 "));
    }
    assert_eq!(plain(b"\0app1\xff\0pencil").failure().kind(), FailureKind::Malformed);
    assert_eq!(plain(&[b'x'; 9217]).failure().kind(), FailureKind::Malformed);
    let long = [b"\0app1\0".as_slice(), &[b'x'; 2000]].concat();
    assert_eq!(plain(&long).failure().reason(), Reason::WrongPassword);
}

#[test]
fn login_asks_twice() {
    let mut client = Client::begin(&users(), Mechanism::Login, context(), None);
    assert_eq!(client.challenge(), "Username:");
    assert!(client.exchange.subject().is_none());
    client.say(b"app1");
    assert_eq!(client.challenge(), "Password:");
    assert!(client.exchange.subject().is_some());
    client.say(b"pencil");
    assert_eq!(client.end().identity().user(), "app1");

    let mut client = Client::begin(&users(), Mechanism::Login, context(), None);
    client.say(b"nobody");
    assert_eq!(client.challenge(), "Password:");
    client.say(b"pencil");
    assert_eq!(client.end().failure().reason(), Reason::UnknownUser);

    let mut client = Client::begin(&users(), Mechanism::Login, context(), None);
    client.say(b"");
    assert_eq!(client.end().failure().kind(), FailureKind::Malformed);
}

#[test]
fn e10b_login_takes_no_initial_response() {
    for initial in [b"app1".as_slice(), b""] {
        let failure = at_once(&users(), Mechanism::Login, context(), initial).failure();
        assert_eq!(failure.kind(), FailureKind::Malformed, "{initial:?}");
    }
}

#[test]
fn after_its_end_an_exchange_takes_nothing() {
    let mut client = Client::begin(&users(), Mechanism::Plain, context(), Some(b"\0app1\0wrong"));
    client.say(b"\0app1\0pencil");
    assert_eq!(client.end().failure().kind(), FailureKind::Malformed);
}

#[test]
fn a_user_may_send_as_the_file_says() {
    let identity = plain(b"\0app1\0pencil").identity();
    let path = |text: &str| ReversePath::Mailbox(Mailbox::parse(text).unwrap());
    assert!(identity.may_send_as(&path("a@example.org")));
    assert!(!identity.may_send_as(&path("a@example.com")) && !identity.may_send_as(&ReversePath::Null));
    let identity = plain(b"\0hash\0pencil").identity();
    assert!(identity.may_send_as(&path("a@example.com")) && identity.may_send_as(&ReversePath::Null));
}

#[test]
fn a_name_is_the_same_subject_known_or_not() {
    let subject = |message: &[u8]| plain(message).failure().subject().unwrap();
    assert_eq!(subject(b"\0nobody\0a"), subject(b"\0nobody\0b"));
    assert_ne!(subject(b"\0nobody\0a"), subject(b"\0app1\0a"));
    assert_eq!(subject(b"\0app1\0a"), plain(b"\0app1\0pencil").identity().subject());
}
