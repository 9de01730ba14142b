use std::sync::Arc;

use postroad_smtp_codec::sasl::Mechanism;
use postroad_submission_users::{ChannelBinding, Context, FailureKind, Reason, Users};

use super::desk::{BINDING, Client, End, context, scram_final, users, users_of_process};

/// Logs in with `header` before the bare message, bound to `channel`.
fn login(mechanism: Mechanism, context: Context, header: &str, channel: &[u8], user: &str) -> End {
    let bare = format!("n={user},r=fyko+d2lbbFgONRv9qkxdawL");
    let mut client = Client::begin(&users(), mechanism, context, Some(format!("{header}{bare}").as_bytes()));
    let challenge = client.challenge();
    client.say(scram_final(&bare, &challenge, header, channel, "pencil").as_bytes());
    let signature = client.challenge();
    assert!(signature.starts_with("v="), "{signature}");
    client.say(b"");
    client.end()
}

fn unbound() -> Context {
    Context { channel_binding: None, ..context() }
}

fn begin(mechanism: Mechanism, context: Context, message: &str) -> Client {
    Client::begin(&users(), mechanism, context, Some(message.as_bytes()))
}

#[test]
fn e10c_scram_lets_in_who_proves_the_password() {
    for user in ["app1", "scram"] {
        let identity = login(Mechanism::ScramSha256, unbound(), "n,,", b"", user).identity();
        assert_eq!((identity.user(), identity.mechanism()), (user, Mechanism::ScramSha256));
    }
    for header in ["y,,", "n,a=app1,", "y,a=app1,"] {
        assert_eq!(login(Mechanism::ScramSha256, unbound(), header, b"", "app1").identity().user(), "app1");
    }
    let clear = Context { tls: false, ..unbound() };
    assert_eq!(login(Mechanism::ScramSha256, clear, "n,,", b"", "app1").identity().user(), "app1");
}

#[test]
fn scram_plus_is_bound_to_the_channel() {
    let plus = Mechanism::ScramSha256Plus;
    let identity = login(plus, context(), "p=tls-exporter,,", &BINDING, "app1").identity();
    assert_eq!(identity.mechanism(), plus);
}

#[test]
fn a_downgrade_of_channel_binding_is_noticed() {
    let refused = |mechanism, context, header: &str| {
        let failure = begin(mechanism, context, &format!("{header}n=app1,r=abc")).end().failure();
        assert_eq!(failure.kind(), FailureKind::BadCredentials);
        failure.reason()
    };
    let (plain, plus) = (Mechanism::ScramSha256, Mechanism::ScramSha256Plus);
    // The client was made to believe that there is no -PLUS.
    assert_eq!(refused(plain, context(), "y,,"), Reason::BindingDowngraded);
    assert_eq!(refused(plus, context(), "y,,"), Reason::BindingDowngraded);
    assert_eq!(refused(plus, context(), "n,,"), Reason::BindingDowngraded);
    assert_eq!(refused(plain, context(), "p=tls-exporter,,"), Reason::BindingDiffers);
    assert_eq!(refused(plus, context(), "p=tls-unique,,"), Reason::BindingDiffers);
    assert_eq!(refused(plain, unbound(), "p=tls-exporter,,"), Reason::BindingDiffers);
    assert_eq!(begin(plus, unbound(), "p=tls-exporter,,n=app1,r=abc").end().failure().kind(), FailureKind::NotOffered);
}

#[test]
fn a_proof_for_another_channel_or_header_is_refused() {
    let bare = "n=app1,r=abc";
    let (plain, plus) = (Mechanism::ScramSha256, Mechanism::ScramSha256Plus);
    for (mechanism, header, sent_header, channel) in [
        (plus, "p=tls-exporter,,", "p=tls-exporter,,", &[8; 32][..]),
        (plus, "p=tls-exporter,,", "p=tls-exporter,,", b""),
        (plus, "p=tls-exporter,,", "n,,", &BINDING),
        (plain, "n,,", "y,,", b""),
        (plain, "n,,", "n,a=app1,", b""),
        (plain, "n,,", "n,,", &BINDING),
    ] {
        let mut client = begin(mechanism, context(), &format!("{header}{bare}"));
        let challenge = client.challenge();
        client.say(scram_final(bare, &challenge, sent_header, channel, "pencil").as_bytes());
        assert_eq!(client.end().failure().reason(), Reason::BindingDiffers, "{header} {sent_header}");
    }
}

#[test]
fn e10c_a_wrong_proof_is_535_known_user_or_not() {
    for (user, password, reason) in [
        ("app1", "pencils", Reason::WrongPassword),
        ("nobody", "pencil", Reason::UnknownUser),
        ("hash", "pencil", Reason::NoVerifier),
    ] {
        let bare = format!("n={user},r=abc");
        let mut client = begin(Mechanism::ScramSha256, context(), &format!("n,,{bare}"));
        let challenge = client.challenge();
        client.say(scram_final(&bare, &challenge, "n,,", b"", password).as_bytes());
        let failure = client.end().failure();
        assert_eq!((failure.kind(), failure.reason()), (FailureKind::BadCredentials, reason));
    }
    let mut client = begin(Mechanism::ScramSha256, context(), "n,a=hash,n=app1,r=abc");
    let challenge = client.challenge();
    client.say(scram_final("n=app1,r=abc", &challenge, "n,a=hash,", b"", "pencil").as_bytes());
    assert_eq!(client.end().failure().reason(), Reason::OtherIdentity);
}

#[test]
fn an_unknown_name_gets_a_salt_that_stays_and_looks_like_others() {
    let salt = |users: &Arc<Users>, name: &str| {
        let message = format!("n,,n={name},r=abc");
        let mut client = Client::begin(users, Mechanism::ScramSha256, context(), Some(message.as_bytes()));
        client.challenge().split_once(",s=").unwrap().1.to_owned()
    };
    let (one, again) = (users(), users());
    assert_eq!(salt(&one, "nobody"), salt(&again, "nobody"));
    assert_ne!(salt(&one, "nobody"), salt(&one, "nobody2"));
    assert_eq!(salt(&one, "hash"), salt(&again, "hash"));
    // 16 octets and 4,096 rounds, as those who are there.
    for name in ["nobody", "hash", "app1"] {
        let salt = salt(&one, name);
        assert_eq!((salt.len(), salt.ends_with("==,i=4096")), (24 + 7, true), "{salt}");
    }
    let other = users_of_process(2);
    assert_ne!(salt(&other, "nobody"), salt(&one, "nobody"), "another process has other salts");
}

#[test]
fn messages_out_of_shape_are_malformed() {
    for message in
        ["", "n,,", "n=app1,r=abc", "n,,n=,r=abc", "n,,n=a=b,r=abc", "n,,m=x,n=app1,r=abc", "p=,,n=app1,r=abc"]
    {
        let failure = begin(Mechanism::ScramSha256, context(), message).end().failure();
        assert_eq!(failure.kind(), FailureKind::Malformed, "{message:?}");
    }
    let good = |client: &mut Client| {
        let challenge = client.challenge();
        scram_final("n=app1,r=abc", &challenge, "n,,", b"", "pencil")
    };
    let spoil: [fn(&str) -> String; 6] = [
        |_| String::new(),
        |last| last.replace("r=abc", "r=abd"),
        |last| last.replace(",p=", ",q="),
        |last| format!("{last},x=1"),
        |last| last.replace("c=", "d="),
        |last| last.replace(",p=", ",m=1,p="),
    ];
    for change in spoil {
        let mut client = begin(Mechanism::ScramSha256, context(), "n,,n=app1,r=abc");
        let last = change(&good(&mut client));
        client.say(last.as_bytes());
        assert_eq!(client.end().failure().kind(), FailureKind::Malformed, "{last}");
    }
    // A nonce of one login is none of another.
    let (mut one, mut other) = (
        begin(Mechanism::ScramSha256, context(), "n,,n=app1,r=abc"),
        begin(Mechanism::ScramSha256, context(), "n,,n=app1,r=abc"),
    );
    let last = good(&mut one);
    let _other = other.challenge();
    other.say(last.as_bytes());
    assert_eq!(other.end().failure().kind(), FailureKind::Malformed);
    // After the server's signature comes nothing.
    let mut client = begin(Mechanism::ScramSha256, context(), "n,,n=app1,r=abc");
    let last = good(&mut client);
    client.say(last.as_bytes());
    client.say(b"x");
    assert_eq!(client.end().failure().kind(), FailureKind::Malformed);
}

#[test]
fn a_binding_is_not_shown() {
    assert_eq!(format!("{:?}", ChannelBinding::tls_exporter(BINDING)), "ChannelBinding(<redacted>)");
}
