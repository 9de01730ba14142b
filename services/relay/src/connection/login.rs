//! AUTH: the exchange between the client and the users file.

use std::sync::Arc;
use std::time::Instant;

use postroad_mail_types::ReversePath;
use postroad_smtp_session::{Identity, SaslAnswer, SaslFailure, SaslInput};
use postroad_submission_users::{Exchange, Failure, FailureKind, Step, Subject, Verdict};
use tracing::info;

use super::Connection;
use crate::logins::Logins;

/// A user of the users file, as the session sees one.
#[derive(Debug)]
struct Submitter(postroad_submission_users::Identity);

impl Identity for Submitter {
    fn user(&self) -> &str {
        self.0.user()
    }

    fn may_send_as(&self, reverse_path: &ReversePath) -> bool {
        self.0.may_send_as(reverse_path)
    }
}

impl Connection<'_> {
    /// One step of an exchange. A failure is answered later the more of them there were.
    pub(super) async fn sasl(&mut self, input: SaslInput) -> SaslAnswer {
        let Some(logins) = self.front.logins.clone() else { return SaslAnswer::Failure(SaslFailure::Mechanism) };
        let step = match input {
            SaslInput::Begin { mechanism, initial } => {
                if self.is_locked(&logins, None) {
                    return SaslAnswer::Failure(SaslFailure::Temporary);
                }
                self.login_by = tokio::time::Instant::now() + self.front.settings.timeouts.auth;
                let context = logins.context(self.tls.as_deref());
                let initial = initial.as_ref().map(|octets| octets.expose());
                let (exchange, step) = Exchange::begin(logins.users(), mechanism, context, initial);
                self.exchange = Some(Box::new(exchange));
                step
            }
            SaslInput::Response(octets) => match &mut self.exchange {
                Some(exchange) => exchange.step(octets.expose()),
                None => Step::Failure(Failure::broken()),
            },
            SaslInput::Cancelled => {
                self.exchange = None;
                return SaslAnswer::Failure(SaslFailure::Cancelled);
            }
        };
        self.carry_out(&logins, step).await
    }

    async fn carry_out(&mut self, logins: &Logins, step: Step) -> SaslAnswer {
        let subject = self.exchange.as_ref().and_then(|exchange| exchange.subject());
        let step = match step {
            Step::Verify(_) if self.is_locked(logins, subject) => {
                self.exchange = None;
                return SaslAnswer::Failure(SaslFailure::Temporary);
            }
            Step::Verify(job) => logins.verify(job, self.front.settings.timeouts.command).await,
            step => step,
        };
        match step {
            Step::Challenge(octets) => SaslAnswer::Challenge(octets),
            Step::Success(identity) => {
                self.exchange = None;
                logins.throttle.succeeded(self.ends.client.ip(), identity.subject(), Instant::now());
                self.describe_login(&identity);
                SaslAnswer::Success(Arc::new(Submitter(identity)))
            }
            Step::Failure(failure) => {
                self.exchange = None;
                self.failed(logins, &failure).await
            }
            // A job gives no other job.
            Step::Verify(_) => SaslAnswer::Failure(SaslFailure::Temporary),
        }
    }

    async fn failed(&self, logins: &Logins, failure: &Failure) -> SaslAnswer {
        info!(
            listener = self.front.name,
            session = self.record.session_id,
            peer = %self.ends.client,
            phase = "auth",
            rule = "login-failed",
            reason = failure.reason().as_str(),
            user = failure.known_user(),
            "login failed"
        );
        SaslAnswer::Failure(match failure.kind() {
            FailureKind::BadCredentials => {
                let delay = logins.throttle.failed(self.ends.client.ip(), failure.subject(), Instant::now());
                tokio::time::sleep(delay).await;
                SaslFailure::Credentials
            }
            FailureKind::Unavailable => SaslFailure::Temporary,
            FailureKind::Malformed => SaslFailure::Malformed,
            FailureKind::NotOffered => SaslFailure::Mechanism,
        })
    }

    fn is_locked(&self, logins: &Logins, subject: Option<Subject>) -> bool {
        let Verdict::Locked(left) = logins.throttle.verdict(self.ends.client.ip(), subject, Instant::now()) else {
            return false;
        };
        info!(
            listener = self.front.name,
            session = self.record.session_id,
            peer = %self.ends.client,
            phase = "auth",
            rule = "login-locked",
            seconds = left.as_secs(),
            "refused: too many logins failed"
        );
        true
    }
}
