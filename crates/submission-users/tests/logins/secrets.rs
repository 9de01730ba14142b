//! Nothing that a client sent or a verifier holds is shown by anything (TH10).

use std::fmt::{Debug, Write as _};
use std::time::Instant;

use postroad_smtp_codec::sasl::Mechanism;
use postroad_smtp_codec::sasl::base64;
use postroad_submission_users::{
    Exchange, FailureKind, NameKey, Password, Step, Throttle, ThrottleSettings, Users, Verifier, feed_every_mechanism,
};
use proptest::prelude::*;

use super::desk::{FILE, context, users};

/// Stands where a password or a token would.
const CANARY: &str = "canary-7f3c91";

struct Search(String);

impl Search {
    fn add(&mut self, value: &impl Debug) {
        write!(self.0, "{value:?}\n{value:#?}\n").unwrap();
    }

    fn step(&mut self, step: Step) {
        self.add(&step);
        match step {
            Step::Failure(failure) => {
                write!(self.0, "{failure}\n{:?}\n{}\n", failure.subject(), failure.kind().reply()).unwrap();
                self.add(&failure.reason());
                assert!(!failure.known_user().unwrap_or_default().contains(CANARY), "an unknown name is told");
            }
            Step::Verify(job) => self.step(job.run()),
            Step::Challenge(_) | Step::Success(_) => {}
        }
    }

    fn find(&self, secret: &str) {
        for form in [secret.to_owned(), base64::encode(secret.as_bytes()), format!("{:?}", secret.as_bytes())] {
            assert!(!self.0.contains(&form), "{form} in {}", self.0);
        }
    }
}

#[test]
fn th10_a_secret_is_shown_by_no_type_and_no_error() {
    let users = users();
    let mut search = Search(String::new());
    let messages = [
        format!("\0app1\0{CANARY}"),
        format!("\0{CANARY}\0pencil"),
        format!("{CANARY}\0app1\0pencil"),
        CANARY.to_owned(),
        format!("n,,n={CANARY},r=abc"),
        format!("n,a={CANARY},n=app1,r=abc"),
        format!("n,a={CANARY},\x01auth=Bearer {CANARY}\x01\x01"),
        format!("n,,\x01auth=Bearer of-{CANARY}\x01\x01"),
        format!("user={CANARY}\x01auth=Bearer {CANARY}\x01\x01"),
        format!("user=app1\x01auth=Bearer {CANARY}\x01\x01"),
    ];
    for mechanism in Mechanism::ALL {
        for message in &messages {
            let (mut exchange, step) = Exchange::begin(users.clone(), mechanism, context(), Some(message.as_bytes()));
            search.add(&exchange);
            search.step(step);
            let step = exchange.step(CANARY.as_bytes());
            search.step(step);
            search.add(&exchange);
        }
    }
    search.find(CANARY);
}

#[test]
fn th10_a_verifier_is_shown_by_no_type() {
    let mut search = Search(String::new());
    let password = Password::prepare(CANARY).unwrap();
    let made = Verifier::scram(&password);
    let key = NameKey::random();
    search.add(&password);
    search.add(&made);
    search.add(&users());
    search.add(&key);
    search.add(&context());
    search.add(&Verifier::parse(CANARY).unwrap_err());
    search.add(&Password::prepare(&format!("{CANARY}\u{7}")).unwrap_err());
    search.add(&Users::parse("users.yaml", &format!("users:\n- name: a\n  verifiers: [{CANARY}]"), &key).unwrap_err());
    let throttle = Throttle::new(ThrottleSettings::default());
    throttle.failed([192, 0, 2, 1].into(), None, Instant::now());
    search.add(&throttle);
    search.find(CANARY);
    for secret in made.to_text().split(['$', ':']).skip(2).chain(["W22ZaJ0SNY7soEsUEjb6gQ", "WG5d8oPm3OtcPnkdi4Uo7B"]) {
        search.find(secret);
    }
    assert!(FILE.contains("W22ZaJ0SNY7soEsUEjb6gQ"));
}

#[test]
fn th10_a_known_name_is_told_to_the_log_only() {
    let (_, step) = Exchange::begin(users(), Mechanism::Plain, context(), Some(b"\0app1\0wrong"));
    let Step::Verify(job) = step else { panic!("no job") };
    let Step::Failure(failure) = job.run() else { panic!("no failure") };
    assert_eq!((failure.kind(), failure.known_user()), (FailureKind::BadCredentials, Some("app1")));
    assert!(!format!("{failure} {failure:?} {}", failure.kind().reply()).contains("app1"));
}

fn fragment() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("n,,".to_owned()),
        Just("p=tls-exporter,,".to_owned()),
        Just("n=user,r=abc".to_owned()),
        Just("c=biws,r=%,p=".to_owned()),
        Just("user=user\x01auth=Bearer yes\x01\x01".to_owned()),
        Just("\x01auth=Bearer no\x01\x01".to_owned()),
        Just("\0user\0pencil".to_owned()),
        Just("\n".to_owned()),
        "\\PC{0,8}",
        "[\\x00-\\x7f]{0,8}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_octets_make_a_machine_panic(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(feed_every_mechanism(&octets) >= Mechanism::ALL.len());
    }

    #[test]
    fn no_pieces_of_messages_make_a_machine_panic(pieces in prop::collection::vec(fragment(), 0..8)) {
        prop_assert!(feed_every_mechanism(pieces.concat().as_bytes()) >= Mechanism::ALL.len());
    }
}

#[test]
fn what_is_fed_reaches_the_ends() {
    // Initial response, proof, nothing: a SCRAM client that goes all the way but for its proof. LOGIN takes both lines as answers.
    let proof = base64::encode(&[0; 32]);
    let message = format!("n,,n=user,r=abc\nc=biws,r=%,p={proof}");
    assert_eq!(feed_every_mechanism(message.as_bytes()), 7 + 1 + 2, "SCRAM-SHA-256 and LOGIN go on");
}
