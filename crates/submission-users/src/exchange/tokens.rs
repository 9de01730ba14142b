//! OAUTHBEARER (RFC 7628) and XOAUTH2: a bearer token, checked by somebody else.

use std::sync::Arc;

use postroad_smtp_codec::sasl::{BearerMessage, Mechanism, SaslError};
use serde_json::{Map, Value};

use super::{Exchange, State, failure_of};
use crate::failure::{Failure, FailureKind, Reason};
use crate::identity::Identity;
use crate::step::{Job, Step};
use crate::token::{Token, TokenAnswer, TokenHint, TokenVerifier};
use crate::users::{Claim, Users};

impl Exchange {
    pub(super) fn token(&mut self, message: &[u8]) -> Option<Step> {
        let verifier = Arc::clone(self.context.tokens.as_ref()?);
        let read = match self.mechanism {
            Mechanism::XOAuth2 => BearerMessage::read_xoauth2(message),
            _ => BearerMessage::read_oauthbearer(message),
        };
        let said = match read {
            Ok(said) => said,
            // A client may ask like this what token it should get.
            Err(SaslError::NoSecret) => {
                self.state = State::Refused(refusal(None));
                return Some(Step::Challenge(challenge(self.mechanism, verifier.hint())));
            }
            Err(_) => return None,
        };
        let token = Token::new(&said.token)?;
        let claim = said.user.as_deref().map(|user| self.claim(user));
        self.state = State::Refused(refusal(claim.as_ref()));
        let (users, mechanism) = (Arc::clone(&self.users), self.mechanism);
        Some(Step::Verify(Job::new(move || answer(&users, mechanism, claim.as_ref(), &token, &*verifier))))
    }
}

/// Runs where blocking is allowed.
fn answer(
    users: &Users,
    mechanism: Mechanism,
    claim: Option<&Claim>,
    token: &Token,
    verifier: &dyn TokenVerifier,
) -> Step {
    let refused = || Step::Challenge(challenge(mechanism, verifier.hint()));
    match verifier.verify(token, claim.map(|claim| claim.name.as_str())) {
        TokenAnswer::Unavailable => {
            let failure = Failure::new(FailureKind::Unavailable, Reason::TokenUnavailable);
            Step::Failure(failure.about(claim.map(|claim| claim.subject), claim.and_then(Claim::known_name)))
        }
        TokenAnswer::Refused => refused(),
        TokenAnswer::User(owner) => {
            let owner = users.claim(&owner);
            let claimed = claim.is_none_or(|claim| *claim.name == *owner.name);
            match owner.user {
                Some(user) if user.token && claimed => Step::Success(Identity::new(user, mechanism, owner.subject)),
                _ => refused(),
            }
        }
    }
}

fn refusal(claim: Option<&Claim>) -> Failure {
    claim.map_or(Failure::bad(Reason::TokenRefused), |claim| failure_of(claim, Reason::TokenRefused))
}

/// The JSON that tells a client that its token was refused.
fn challenge(mechanism: Mechanism, hint: TokenHint) -> Vec<u8> {
    let mut fields = Map::new();
    let mut put = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            fields.insert(key.to_owned(), Value::String(value));
        }
    };
    if mechanism == Mechanism::XOAuth2 {
        put("status", Some("401".to_owned()));
        put("schemes", Some("bearer".to_owned()));
        put("scope", hint.scope);
    } else {
        put("status", Some("invalid_token".to_owned()));
        put("scope", hint.scope);
        put("openid-configuration", hint.openid_configuration);
    }
    Value::Object(fields).to_string().into_bytes()
}

#[cfg(test)]
mod tests;
