//! EXTERNAL (RFC 4422 appendix A): the client's certificate says who it is.

use std::sync::Arc;

use super::{Exchange, failure_of, text_of};
use crate::failure::{Failure, Reason};
use crate::identity::Identity;
use crate::limits::MAX_NAME;
use crate::step::Step;
use crate::user::User;

impl Exchange {
    /// The message is the name to act as, or nothing: then the certificate must belong to one user only.
    pub(super) fn external(&mut self, message: &[u8]) -> Option<Step> {
        let authzid = text_of(message)?;
        if authzid.len() > MAX_NAME {
            return None;
        }
        let names = &self.context.certificate_names;
        let mut owners: Vec<Arc<User>> =
            names.iter().filter_map(|name| self.users.of_certificate(name)).cloned().collect();
        owners.dedup_by(|one, other| Arc::ptr_eq(one, other));
        if authzid.is_empty() {
            let first = owners.first().cloned();
            return Some(match first {
                Some(user) if owners.iter().all(|owner| Arc::ptr_eq(owner, &user)) => self.certified(user),
                _ => self.fail(Failure::bad(Reason::CertificateUnknown)),
            });
        }
        let claim = self.claim(&authzid);
        let reason = if owners.is_empty() { Reason::CertificateUnknown } else { Reason::OtherIdentity };
        Some(match &claim.user {
            Some(user) if owners.iter().any(|owner| Arc::ptr_eq(owner, user)) => self.certified(Arc::clone(user)),
            _ => Step::Failure(failure_of(&claim, reason)),
        })
    }

    fn certified(&mut self, user: Arc<User>) -> Step {
        let subject = self.users.subject_of(&user);
        self.subject = Some(subject);
        Step::Success(Identity::new(user, self.mechanism, subject))
    }
}
