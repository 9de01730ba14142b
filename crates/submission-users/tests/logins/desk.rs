//! Users, and clients that log in as them.

use std::num::NonZeroU32;
use std::sync::Arc;

use postroad_seal::{PasswordCost, PasswordHash, ScramKeys};
use postroad_smtp_codec::sasl::base64;
use postroad_smtp_codec::sasl::{Mechanism, Mechanisms};
use postroad_submission_users::{
    ChannelBinding, Context, Exchange, Failure, Identity, NameKey, Step, Token, TokenAnswer, TokenHint, TokenVerifier,
    Users,
};

/// `app1` has the password `pencil` in both forms, `hash` and `scram` in one, `cert` and `token` have none.
pub(crate) const FILE: &str = r#"
users:
- name: app1
  verifiers:
  - "HASH"
  - "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
  certificate: app1.example
  token: true
  senders: ["*@example.org"]
- name: hash
  verifiers: ["HASH"]
- name: scram
  verifiers: ["SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="]
- name: cert
  certificate: Cert@Example.org
- name: token
  token: true
"#;

pub(crate) const BINDING: [u8; 32] = [9; 32];

pub(crate) fn users() -> Arc<Users> {
    users_of_process(1)
}

/// The same users, in a process of its own.
pub(crate) fn users_of_process(number: u8) -> Arc<Users> {
    let cost = PasswordCost::new(64, 1, 1).unwrap();
    let text = FILE.replace("HASH", &PasswordHash::make(b"pencil", cost).unwrap().to_text());
    Arc::new(Users::parse("users.yaml", &text, &NameKey::from_octets([number; 32])).unwrap())
}

/// TLS, every mechanism, the certificate of nobody, and a verifier of tokens.
pub(crate) fn context() -> Context {
    Context {
        tls: true,
        channel_binding: Some(ChannelBinding::tls_exporter(BINDING)),
        certificate_names: vec!["nobody.example".to_owned()],
        mechanisms: Mechanisms::all(),
        tokens: Some(Arc::new(Tokens)),
    }
}

/// Knows the token `of-NAME` as that of NAME, and is away for `away`.
struct Tokens;

impl TokenVerifier for Tokens {
    fn verify(&self, token: &Token, _claimed: Option<&str>) -> TokenAnswer {
        match (token.expose(), token.expose().strip_prefix("of-")) {
            ("away", _) => TokenAnswer::Unavailable,
            (_, Some(name)) => TokenAnswer::User(name.to_owned()),
            _ => TokenAnswer::Refused,
        }
    }

    fn hint(&self) -> TokenHint {
        TokenHint { scope: Some("mail".to_owned()), openid_configuration: None }
    }
}

/// How a login ended.
#[derive(Debug)]
pub(crate) enum End {
    In(Identity),
    Out(Failure),
}

impl End {
    pub(crate) fn identity(self) -> Identity {
        match self {
            Self::In(identity) => identity,
            Self::Out(failure) => panic!("{failure}"),
        }
    }

    pub(crate) fn failure(self) -> Failure {
        match self {
            Self::Out(failure) => failure,
            Self::In(identity) => panic!("{identity:?} came in"),
        }
    }
}

/// One login, step by step.
pub(crate) struct Client {
    pub(crate) exchange: Exchange,
    step: Option<Step>,
}

impl Client {
    pub(crate) fn begin(users: &Arc<Users>, mechanism: Mechanism, context: Context, initial: Option<&[u8]>) -> Self {
        let (exchange, step) = Exchange::begin(Arc::clone(users), mechanism, context, initial);
        Self { exchange, step: Some(step) }.worked()
    }

    fn worked(mut self) -> Self {
        self.work();
        self
    }

    fn work(&mut self) {
        if let Some(Step::Verify(job)) = self.step.take_if(|step| matches!(step, Step::Verify(_))) {
            self.step = Some(job.run());
        }
    }

    pub(crate) fn challenge(&mut self) -> String {
        match self.step.take() {
            Some(Step::Challenge(octets)) => String::from_utf8(octets).unwrap(),
            other => panic!("{other:?} is no challenge"),
        }
    }

    pub(crate) fn say(&mut self, message: &[u8]) {
        self.step = Some(self.exchange.step(message));
        self.work();
    }

    pub(crate) fn end(mut self) -> End {
        match self.step.take() {
            Some(Step::Success(identity)) => End::In(identity),
            Some(Step::Failure(failure)) => End::Out(failure),
            other => panic!("{other:?} is no end"),
        }
    }
}

/// A login that is said in one message.
pub(crate) fn at_once(users: &Arc<Users>, mechanism: Mechanism, context: Context, message: &[u8]) -> End {
    Client::begin(users, mechanism, context, Some(message)).end()
}

/// `pencil`'s proof for a challenge of SCRAM; `header` and `channel` are what the client is bound to.
pub(crate) fn scram_final(bare: &str, challenge: &str, header: &str, channel: &[u8], password: &str) -> String {
    let mut parts = challenge.split(',');
    let mut part = |prefix: &str| parts.next().unwrap().strip_prefix(prefix).unwrap();
    let (nonce, salt, rounds) = (part("r="), part("s="), part("i="));
    let salt = base64::decode(salt.as_bytes()).unwrap();
    let rounds: NonZeroU32 = rounds.parse().unwrap();
    let binding = base64::encode(&[header.as_bytes(), channel].concat());
    let without_proof = format!("c={binding},r={nonce}");
    let keys = ScramKeys::derive(password.as_bytes(), salt.expose(), rounds);
    let auth_message = format!("{bare},{challenge},{without_proof}");
    let proof = base64::encode(&keys.proof(&[auth_message.as_bytes()]));
    format!("{without_proof},p={proof}")
}
