//! PLAIN (RFC 4616) and LOGIN.

use postroad_smtp_codec::sasl::{Login, LoginStep, PlainMessage, SaslOctets};

use super::{Exchange, State, failure_of};
use crate::failure::Reason;
use crate::identity::Identity;
use crate::password::Password;
use crate::step::{Job, Step};
use crate::users::Claim;

impl Exchange {
    pub(super) fn plain(&mut self, message: &[u8]) -> Option<Step> {
        let said = PlainMessage::read(message).ok()?;
        let claim = self.claim(&said.user);
        let may_act = claim.is_also(said.authorization.as_deref().unwrap_or_default());
        Some(self.check(claim, said.password, may_act))
    }

    pub(super) fn login(&mut self, mut login: Login, message: &[u8]) -> Option<Step> {
        match login.response(message).ok()? {
            LoginStep::Challenge(challenge) => {
                // It is a name, or there would be no challenge.
                self.claim(std::str::from_utf8(message).ok()?);
                self.state = State::Login(login);
                Some(Step::Challenge(challenge.to_vec()))
            }
            LoginStep::Done(said) => {
                let claim = self.claim(&said.user);
                Some(self.check(claim, said.password, true))
            }
        }
    }

    /// The job that checks a password. Whether there is such a user or not, the work is the same.
    fn check(&self, claim: Claim, password: SaslOctets, may_act: bool) -> Step {
        let mechanism = self.mechanism;
        let able = claim.user.clone().filter(|user| user.has_password());
        let against = able.clone().or_else(|| self.users.stand_in(&claim.name));
        Step::Verify(Job::new(move || {
            let prepared = std::str::from_utf8(password.expose()).ok().and_then(|text| Password::prepare(text).ok());
            let octets = prepared.as_ref().map_or(b"".as_slice(), Password::octets);
            let right = against.is_some_and(|user| user.has_this_password(octets)) && prepared.is_some();
            match able {
                Some(user) if right && may_act => Step::Success(Identity::new(user, mechanism, claim.subject)),
                Some(_) if right => Step::Failure(failure_of(&claim, Reason::OtherIdentity)),
                Some(_) => Step::Failure(failure_of(&claim, Reason::WrongPassword)),
                None => Step::Failure(failure_of(&claim, Reason::NoVerifier)),
            }
        }))
    }
}
