//! A way in for fuzzers.

use std::sync::{Arc, LazyLock};

use postroad_smtp_codec::sasl::{Mechanism, Mechanisms};

use crate::context::{ChannelBinding, Context};
use crate::exchange::Exchange;
use crate::step::Step;
use crate::subject::NameKey;
use crate::token::{Token, TokenAnswer, TokenVerifier};
use crate::users::Users;

/// `user` with the password `pencil`, in forms that are quick to check.
const FILE: &str = r#"
users:
- name: user
  verifiers:
  - "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
  - "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
  certificate: user.example
  token: true
"#;

struct Tokens;

impl TokenVerifier for Tokens {
    fn verify(&self, token: &Token, _claimed: Option<&str>) -> TokenAnswer {
        match token.expose().as_bytes() {
            [b'y', ..] => TokenAnswer::User("user".to_owned()),
            [b'n', ..] => TokenAnswer::Refused,
            _ => TokenAnswer::Unavailable,
        }
    }
}

static USERS: LazyLock<Arc<Users>> = LazyLock::new(|| {
    let key = NameKey::from_octets([7; 32]);
    Arc::new(Users::parse("fuzz", FILE, &key).unwrap_or_else(|_| Users::nobody(&key)))
});

/// Plays a client that sends these octets, against each mechanism's machine; returns how many steps were taken.
///
/// Each line (LF) is a message, the first one the initial response where the mechanism takes one. After a challenge of SCRAM, `%` in a message stands for the
/// nonce. Nothing is to panic, and no exchange is to go on after its end.
///
/// # Panics
/// Where a machine goes on after its end.
pub fn feed_every_mechanism(octets: &[u8]) -> usize {
    let context = Context {
        tls: true,
        channel_binding: Some(ChannelBinding::tls_exporter([3; 32])),
        certificate_names: vec!["user.example".to_owned()],
        mechanisms: Mechanisms::all(),
        tokens: Some(Arc::new(Tokens)),
    };
    Mechanism::ALL.into_iter().map(|mechanism| feed(mechanism, &context, octets)).sum()
}

fn feed(mechanism: Mechanism, context: &Context, octets: &[u8]) -> usize {
    let mut lines = octets.split(|octet| *octet == b'\n');
    let initial = if mechanism.is_server_first() { None } else { lines.next() };
    let (mut exchange, mut step) = Exchange::begin(Arc::clone(&USERS), mechanism, context.clone(), initial);
    let mut steps = 1;
    let mut nonce = Vec::new();
    loop {
        if let Step::Verify(job) = step {
            step = job.run();
            assert!(!matches!(step, Step::Verify(_)), "a job gave another job");
        }
        let Step::Challenge(challenge) = step else { break };
        if let Some(rest) = challenge.strip_prefix(b"r=") {
            nonce = rest.split(|octet| *octet == b',').next().unwrap_or_default().to_vec();
        }
        let Some(line) = lines.next() else { return steps };
        step = exchange.step(&with_nonce(line, &nonce));
        steps += 1;
    }
    assert!(matches!(exchange.step(b""), Step::Failure(_)), "the exchange went on after its end");
    steps
}

fn with_nonce(line: &[u8], nonce: &[u8]) -> Vec<u8> {
    let mut message = Vec::with_capacity(line.len() + nonce.len());
    for octet in line {
        if *octet == b'%' { message.extend_from_slice(nonce) } else { message.push(*octet) }
    }
    message
}
