use postroad_smtp_codec::sasl::Mechanism;
use postroad_submission_users::{FailureKind, Reason};

use super::desk::{Client, at_once, context, users};

const BEARER: Mechanism = Mechanism::OAuthBearer;
const XOAUTH2: Mechanism = Mechanism::XOAuth2;

#[test]
fn e11b_oauthbearer_lets_in_the_owner_of_the_token() {
    for (message, user) in [
        ("n,a=app1,\x01host=h\x01port=587\x01auth=Bearer of-app1\x01\x01", "app1"),
        ("n,,\x01auth=Bearer of-token\x01\x01", "token"),
    ] {
        let identity = at_once(&users(), BEARER, context(), message.as_bytes()).identity();
        assert_eq!((identity.user(), identity.mechanism()), (user, BEARER));
    }
}

#[test]
fn e11b_a_refused_token_is_answered_by_json_then_535() {
    for (message, reason) in [
        ("n,a=app1,\x01auth=Bearer bad\x01\x01", Reason::TokenRefused),
        // Somebody else's, of nobody here, of somebody who may not use tokens.
        ("n,a=app1,\x01auth=Bearer of-token\x01\x01", Reason::TokenRefused),
        ("n,,\x01auth=Bearer of-nobody\x01\x01", Reason::TokenRefused),
        ("n,,\x01auth=Bearer of-hash\x01\x01", Reason::TokenRefused),
        ("n,a=nobody,\x01auth=Bearer of-app1\x01\x01", Reason::UnknownUser),
        ("n,,\x01host=h\x01\x01", Reason::TokenRefused),
    ] {
        let mut client = Client::begin(&users(), BEARER, context(), Some(message.as_bytes()));
        assert_eq!(client.challenge(), r#"{"scope":"mail","status":"invalid_token"}"#, "{message:?}");
        client.say(b"\x01");
        let failure = client.end().failure();
        assert_eq!((failure.kind(), failure.reason()), (FailureKind::BadCredentials, reason), "{message:?}");
    }
}

#[test]
fn e10c_a_verifier_that_does_not_answer_is_454() {
    for (mechanism, message) in
        [(BEARER, "n,a=app1,\x01auth=Bearer away\x01\x01"), (XOAUTH2, "user=app1\x01auth=Bearer away\x01\x01")]
    {
        let failure = at_once(&users(), mechanism, context(), message.as_bytes()).failure();
        assert_eq!((failure.kind(), failure.known_user()), (FailureKind::Unavailable, Some("app1")));
    }
}

#[test]
fn e11c_xoauth2_lets_in_the_owner_or_answers_401() {
    let identity = at_once(&users(), XOAUTH2, context(), b"user=app1\x01auth=Bearer of-app1\x01\x01").identity();
    assert_eq!((identity.user(), identity.mechanism()), ("app1", XOAUTH2));
    for answer in [b"".as_slice(), b"\x01", b"whatever"] {
        let message = b"user=app1\x01auth=Bearer of-token\x01\x01";
        let mut client = Client::begin(&users(), XOAUTH2, context(), Some(message));
        assert_eq!(client.challenge(), r#"{"schemes":"bearer","scope":"mail","status":"401"}"#);
        client.say(answer);
        assert_eq!(client.end().failure().kind(), FailureKind::BadCredentials);
    }
}

#[test]
fn e11b_messages_out_of_shape_are_malformed() {
    for (mechanism, message) in [
        (BEARER, ""),
        (BEARER, "\x01"),
        (BEARER, "p=tls-exporter,,\x01auth=Bearer of-app1\x01\x01"),
        (BEARER, "user=app1\x01auth=Bearer of-app1\x01\x01"),
        (XOAUTH2, "n,,\x01auth=Bearer of-app1\x01\x01"),
        (XOAUTH2, "user=app1\x01auth=Basic of-app1\x01\x01"),
    ] {
        let failure = at_once(&users(), mechanism, context(), message.as_bytes()).failure();
        assert_eq!(failure.kind(), FailureKind::Malformed, "{message:?}");
    }
}
