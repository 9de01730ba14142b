//! AUTH and its exchange (RFC 4954): the framing. The mechanism itself is the driver's.

use postroad_smtp_codec::sasl::{Mechanism, base64};
use postroad_smtp_codec::{Line, SaslOctets};

use crate::state::State;
use crate::text::{self, No};
use crate::{Action, Phase, Said, SaslAnswer, SaslFailure, SaslInput, Session};

impl Session {
    pub(crate) fn auth(&mut self, name: &str, initial: Option<SaslOctets>) -> Action {
        match self.may_authenticate(name, initial.is_some()) {
            Ok(mechanism) => {
                self.state = State::AskedSasl;
                Action::Sasl(SaslInput::Begin { mechanism, initial })
            }
            Err(no) => self.error(no),
        }
    }

    fn may_authenticate(&self, name: &str, has_initial: bool) -> Result<Mechanism, No> {
        let Some((_, offered)) = self.hello.as_ref().filter(|(_, offered)| offered.extended) else {
            return Err(text::hello_first());
        };
        if self.client.identity.is_some() {
            return Err(text::bad_sequence("auth-again", "You are authenticated already"));
        }
        if self.state != State::Idle {
            return Err(text::in_transaction());
        }
        if self.settings.mechanisms.is_empty() {
            return Err(text::not_offered("AUTH is not offered here"));
        }
        let Some(mechanism) = Mechanism::parse(name).filter(|m| self.settings.mechanisms.contains(*m)) else {
            return Err(text::unknown_mechanism());
        };
        if !offered.mechanism(mechanism) {
            let needs_tls = self.client.tls.is_none() && self.settings.starttls;
            return Err(if needs_tls { text::mechanism_after_tls() } else { text::unusable_mechanism() });
        }
        if has_initial && mechanism.is_server_first() {
            return Err(text::initial_response_refused());
        }
        Ok(mechanism)
    }

    /// The client's answer to a challenge.
    pub(crate) fn exchange_line(&mut self, line: &Line<'_>) -> Action {
        self.phase = Phase::Auth;
        let no = match line {
            Line::TooLong => text::auth_line_too_long(),
            Line::Malformed => text::bad_base64(),
            Line::Text(b"*") => text::auth_cancelled(),
            Line::Text(text) => match base64::decode(text) {
                Some(response) => {
                    self.state = State::AskedSasl;
                    return Action::Sasl(SaslInput::Response(response));
                }
                None => text::bad_base64(),
            },
        };
        match self.error(no) {
            close @ Action::Close(_) => close,
            said => {
                self.pending = Some(said);
                self.state = State::Cancelling;
                Action::Sasl(SaslInput::Cancelled)
            }
        }
    }

    pub(crate) fn sasl(&mut self, answer: SaslAnswer) -> Action {
        self.phase = Phase::Auth;
        match (self.state, answer) {
            (State::Cancelling, _) => {
                self.state = State::Idle;
                match self.pending.take() {
                    Some(said) => said,
                    None => self.lost_step(),
                }
            }
            (State::AskedSasl, SaslAnswer::Challenge(challenge)) => {
                self.state = State::Challenged;
                Action::Challenge(format!("334 {}\r\n", base64::encode(&challenge)).into_bytes())
            }
            (State::AskedSasl, SaslAnswer::Success(identity)) => {
                self.state = State::Idle;
                self.client.identity = Some(identity);
                Action::ReplyNow(Said::plain(text::authenticated()))
            }
            (State::AskedSasl, SaslAnswer::Failure(failure)) => self.auth_failed(failure),
            _ => self.lost_step(),
        }
    }

    fn auth_failed(&mut self, failure: SaslFailure) -> Action {
        self.state = State::Idle;
        if failure == SaslFailure::Temporary {
            return Action::ReplyNow(self.refusal(text::auth_failure(failure)));
        }
        self.counters.auth_failures += 1;
        if self.counters.auth_failures > self.settings.max_auth_failures {
            return self.close(text::too_many_auth_failures());
        }
        Action::ReplyNow(self.refusal(text::auth_failure(failure)))
    }
}
