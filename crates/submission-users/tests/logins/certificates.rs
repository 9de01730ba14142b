use postroad_smtp_codec::sasl::Mechanism;
use postroad_submission_users::{Context, FailureKind, Reason};

use super::desk::{End, at_once, context, users};

fn external(names: &[&str], message: &[u8]) -> End {
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    at_once(&users(), Mechanism::External, Context { certificate_names: names, ..context() }, message)
}

#[test]
fn a_certificate_lets_its_user_in() {
    for (names, message, user) in [
        (&["app1.example"][..], "", "app1"),
        (&["www.example", "APP1.example"], "", "app1"),
        (&["cert@example.ORG"], "", "cert"),
        (&["app1.example"], "app1", "app1"),
        (&["app1.example", "cert@example.org"], "cert", "cert"),
        (&["app1.example", "app1.example"], "", "app1"),
    ] {
        let identity = external(names, message.as_bytes()).identity();
        assert_eq!((identity.user(), identity.mechanism()), (user, Mechanism::External));
    }
}

#[test]
fn e10c_a_certificate_lets_nobody_else_in() {
    for (names, message, reason) in [
        (&["nobody.example"][..], "", Reason::CertificateUnknown),
        (&["nobody.example"], "app1", Reason::CertificateUnknown),
        (&["app1.example", "cert@example.org"], "", Reason::CertificateUnknown),
        (&["app1.example"], "cert", Reason::OtherIdentity),
        (&["app1.example"], "nobody", Reason::UnknownUser),
        (&["*.example"], "", Reason::CertificateUnknown),
    ] {
        let failure = external(names, message.as_bytes()).failure();
        assert_eq!((failure.kind(), failure.reason()), (FailureKind::BadCredentials, reason), "{names:?} {message}");
    }
    assert_eq!(external(&["app1.example"], b"app1\0").failure().kind(), FailureKind::Malformed);
    assert_eq!(external(&["app1.example"], b"\xff").failure().kind(), FailureKind::Malformed);
    assert_eq!(external(&[], b"app1").failure().kind(), FailureKind::NotOffered);
}
