//! SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802, RFC 7677; binding by RFC 9266).

use std::sync::Arc;

use postroad_seal::{random_bytes, same_secret};
use postroad_smtp_codec::sasl::{Mechanism, base64};

use super::gs2::BindingFlag;
use super::scram_message::{ClientFinal, ClientFirst};
use super::{Exchange, State, failure_of, text_of};
use crate::context::ChannelBinding;
use crate::failure::{Failure, Reason};
use crate::identity::Identity;
use crate::step::Step;
use crate::users::Claim;
use crate::verifier::ScramCredential;

/// Octets of our part of the nonce, before base64.
const NONCE: usize = 18;

/// What is known once the client has been asked for its proof.
pub(super) struct Asked {
    claim: Claim,
    /// The user's, or that of nobody.
    credential: ScramCredential,
    /// What `c=` has to hold.
    binding: Vec<u8>,
    may_act: bool,
    first_bare: String,
    server_first: String,
    nonce: String,
}

impl Exchange {
    pub(super) fn scram_first(&mut self, message: &[u8]) -> Option<Step> {
        self.ask(message, &base64::encode(&random_bytes::<NONCE>()))
    }

    /// Asks for the proof, with our part of the nonce.
    fn ask(&mut self, message: &[u8], our_nonce: &str) -> Option<Step> {
        let text = text_of(message)?;
        let first = ClientFirst::parse(&text)?;
        let claim = self.claim(&first.user);
        if let Err(reason) = self.check_flag(first.gs2.flag) {
            // Said of the connection, whoever the user is.
            return Some(self.fail(Failure::bad(reason)));
        }
        let user_credential = claim.user.as_ref().and_then(|user| user.scram.clone());
        let credential = user_credential.unwrap_or_else(|| self.users.stand_in_credential(&claim.name));
        let mut binding = first.gs2.header.as_bytes().to_vec();
        if let (BindingFlag::Bound(_), Some(channel)) = (first.gs2.flag, &self.context.channel_binding) {
            binding.extend_from_slice(channel.octets());
        }
        let nonce = format!("{}{our_nonce}", first.nonce);
        let salt = base64::encode(&credential.salt);
        let server_first = format!("r={nonce},s={salt},i={}", credential.rounds);
        let challenge = server_first.clone().into_bytes();
        let may_act = claim.is_also(&first.gs2.authzid);
        let first_bare = first.bare().to_owned();
        let asked = Asked { claim, credential, binding, may_act, first_bare, server_first, nonce };
        self.state = State::Proof(Box::new(asked));
        Some(Step::Challenge(challenge))
    }

    /// Whether what the client says of channel binding fits the mechanism and what was offered (RFC 5802 §6).
    fn check_flag(&self, flag: BindingFlag<'_>) -> Result<(), Reason> {
        let plus = self.mechanism == Mechanism::ScramSha256Plus;
        match flag {
            BindingFlag::Bound(name) if plus && name == ChannelBinding::NAME => Ok(()),
            BindingFlag::Bound(_) => Err(Reason::BindingDiffers),
            BindingFlag::NotOffered if self.context.offers(Mechanism::ScramSha256Plus, &self.users) => {
                Err(Reason::BindingDowngraded)
            }
            _ if plus => Err(Reason::BindingDowngraded),
            BindingFlag::NotOffered | BindingFlag::Unable => Ok(()),
        }
    }

    pub(super) fn scram_final(&mut self, asked: &Asked, message: &[u8]) -> Option<Step> {
        let text = text_of(message)?;
        let last = ClientFinal::parse(&text)?;
        if !same_secret(last.nonce.as_bytes(), asked.nonce.as_bytes()) {
            return None;
        }
        let claim = &asked.claim;
        if !same_secret(last.binding.expose(), &asked.binding) {
            return Some(Step::Failure(failure_of(claim, Reason::BindingDiffers)));
        }
        let [first, server, without_proof] =
            [&asked.first_bare, &asked.server_first, last.without_proof].map(str::as_bytes);
        let auth_message: [&[u8]; 5] = [first, b",", server, b",", without_proof];
        let right = asked.credential.keys.accepts(&last.proof, &auth_message);
        let able = claim.user.as_ref().filter(|user| user.scram.is_some());
        Some(match able {
            Some(user) if right && asked.may_act => {
                let signature = base64::encode(&asked.credential.keys.signature(&auth_message));
                self.state = State::Nothing(Identity::new(Arc::clone(user), self.mechanism, claim.subject));
                Step::Challenge(format!("v={signature}").into_bytes())
            }
            Some(_) if right => Step::Failure(failure_of(claim, Reason::OtherIdentity)),
            Some(_) => Step::Failure(failure_of(claim, Reason::WrongPassword)),
            None => Step::Failure(failure_of(claim, Reason::NoVerifier)),
        })
    }
}

#[cfg(test)]
mod tests;
