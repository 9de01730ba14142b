use std::sync::Arc;

use postroad_mail_types::ReversePath;
use postroad_smtp_codec::sasl::Mechanism;
use postroad_smtp_session::{Identity, SaslAnswer, SaslFailure, SaslInput};

/// The one user of the dialogues, who may send with addresses in `x.example` and with `<>`.
pub const USER: &str = "user@x.example";
/// The password of that user.
pub const PASSWORD: &str = "pencil";

/// The user, logged in.
#[derive(Debug)]
pub(crate) struct Submitter(pub(crate) String);

impl Identity for Submitter {
    fn user(&self) -> &str {
        &self.0
    }

    fn may_send_as(&self, reverse_path: &ReversePath) -> bool {
        let path = reverse_path.to_string();
        path.is_empty() || path.ends_with("@x.example")
    }
}

/// PLAIN and LOGIN, as far as the dialogues need them.
#[derive(Debug, Default)]
pub(crate) struct Login {
    mechanism: Option<Mechanism>,
    name: Option<Vec<u8>>,
}

impl Login {
    pub(crate) fn step(&mut self, input: &SaslInput) -> SaslAnswer {
        let message = match input {
            SaslInput::Begin { mechanism, initial } => {
                *self = Self { mechanism: Some(*mechanism), name: None };
                initial.as_ref()
            }
            SaslInput::Response(response) => Some(response),
            SaslInput::Cancelled => {
                *self = Self::default();
                return SaslAnswer::Failure(SaslFailure::Cancelled);
            }
        };
        let message = message.map(|octets| octets.expose());
        match (self.mechanism, message) {
            (Some(Mechanism::Plain), None) => SaslAnswer::Challenge(Vec::new()),
            (Some(Mechanism::Plain), Some(message)) => plain(message),
            (Some(Mechanism::Login), None) => SaslAnswer::Challenge(b"Username:".to_vec()),
            (Some(Mechanism::Login), Some(message)) => match self.name.take() {
                None => {
                    self.name = Some(message.to_vec());
                    SaslAnswer::Challenge(b"Password:".to_vec())
                }
                Some(name) => verdict(name == USER.as_bytes() && message == PASSWORD.as_bytes()),
            },
            _ => SaslAnswer::Failure(SaslFailure::Mechanism),
        }
    }
}

fn plain(message: &[u8]) -> SaslAnswer {
    match message.split(|octet| *octet == 0).collect::<Vec<_>>()[..] {
        [_, name, password] if !name.is_empty() => verdict(name == USER.as_bytes() && password == PASSWORD.as_bytes()),
        _ => SaslAnswer::Failure(SaslFailure::Malformed),
    }
}

fn verdict(good: bool) -> SaslAnswer {
    if good {
        SaslAnswer::Success(Arc::new(Submitter(USER.to_owned())))
    } else {
        SaslAnswer::Failure(SaslFailure::Credentials)
    }
}
