//! One login, as a machine.

use std::fmt;
use std::sync::Arc;

use postroad_smtp_codec::sasl::{Login, Mechanism};
use zeroize::Zeroizing;

use crate::context::Context;
use crate::failure::{Failure, FailureKind, Reason};
use crate::identity::Identity;
use crate::limits::MAX_MESSAGE;
use crate::step::Step;
use crate::subject::Subject;
use crate::users::{Claim, Users};

mod external;
mod gs2;
mod passwords;
mod scram;
mod scram_message;
mod tokens;

/// One login, from the AUTH command to its end.
///
/// [`begin`](Self::begin) gives the first step; each [`Step::Challenge`] is sent to the client, whose answer [`step`](Self::step)
/// takes. A [`Step::Verify`] gives its own next step; where that is a challenge, the answer comes here again. A client that
/// cancels (`*`) is answered by dropping the exchange. Messages are what base64 decoded to, at most
/// [`MAX_MESSAGE`] octets.
pub struct Exchange {
    users: Arc<Users>,
    context: Context,
    mechanism: Mechanism,
    state: State,
    subject: Option<Subject>,
}

/// What the next message of the client is.
enum State {
    /// The first message of a mechanism in which the client begins.
    First,
    /// The user name of LOGIN, or its password.
    Login(Login),
    /// The proof of SCRAM.
    Proof(Box<scram::Asked>),
    /// Nothing, now that SCRAM's server has shown what it knows.
    Nothing(Identity),
    /// What a client sends to be told that its token was refused.
    Refused(Failure),
    /// None.
    Over,
}

impl Exchange {
    /// Begins a login by `AUTH mechanism [initial]`. An empty initial response (`=`) is `Some` of nothing.
    ///
    /// A mechanism that is not among [`Context::offered`] fails at once, and so does an initial response where the server
    /// is to ask first.
    #[must_use]
    pub fn begin(users: Arc<Users>, mechanism: Mechanism, context: Context, initial: Option<&[u8]>) -> (Self, Step) {
        let offered = context.offers(mechanism, &users);
        let state = if mechanism == Mechanism::Login { State::Login(Login::default()) } else { State::First };
        let mut exchange = Self { users, context, mechanism, state, subject: None };
        let step = match initial {
            _ if !offered => exchange.fail(Failure::new(FailureKind::NotOffered, Reason::NotOffered)),
            Some(_) if mechanism.is_server_first() => exchange.fail(Failure::malformed()),
            Some(message) => exchange.step(message),
            None if mechanism == Mechanism::Login => Step::Challenge(Login::FIRST_CHALLENGE.to_vec()),
            None => Step::Challenge(Vec::new()),
        };
        (exchange, step)
    }

    /// Takes the next message of the client. After the end, and instead of a job's answer, every message is malformed.
    #[must_use]
    pub fn step(&mut self, message: &[u8]) -> Step {
        let state = std::mem::replace(&mut self.state, State::Over);
        if message.len() > MAX_MESSAGE {
            return self.fail(Failure::malformed());
        }
        let next = match state {
            State::First => match self.mechanism {
                Mechanism::Plain => self.plain(message),
                Mechanism::ScramSha256 | Mechanism::ScramSha256Plus => self.scram_first(message),
                Mechanism::External => self.external(message),
                Mechanism::OAuthBearer | Mechanism::XOAuth2 => self.token(message),
                // It begins with `State::Login`.
                Mechanism::Login => None,
            },
            State::Login(login) => self.login(login, message),
            State::Proof(asked) => self.scram_final(&asked, message),
            State::Nothing(identity) => message.is_empty().then_some(Step::Success(identity)),
            State::Refused(failure) => Some(Step::Failure(failure)),
            State::Over => None,
        };
        next.unwrap_or_else(|| self.fail(Failure::malformed()))
    }

    /// Whom the client claims to be, once it has said so: for [`Throttle::verdict`](crate::Throttle::verdict), before the next
    /// step or job is done.
    #[must_use]
    pub const fn subject(&self) -> Option<Subject> {
        self.subject
    }

    /// The mechanism.
    #[must_use]
    pub const fn mechanism(&self) -> Mechanism {
        self.mechanism
    }

    fn fail(&mut self, failure: Failure) -> Step {
        self.state = State::Over;
        Step::Failure(failure.about(self.subject, None))
    }

    /// Looks up whom the client claims to be, and remembers it as the subject.
    fn claim(&mut self, name: &str) -> Claim {
        let claim = self.users.claim(name);
        self.subject = Some(claim.subject);
        claim
    }
}

/// A failure of whom a client claims to be.
fn failure_of(claim: &Claim, reason: Reason) -> Failure {
    let reason = if claim.user.is_none() { Reason::UnknownUser } else { reason };
    Failure::bad(reason).about(Some(claim.subject), claim.known_name())
}

/// A message as text, without NUL, kept where it is wiped.
fn text_of(message: &[u8]) -> Option<Zeroizing<String>> {
    let text = std::str::from_utf8(message).ok()?;
    (!text.contains('\0')).then(|| Zeroizing::new(text.to_owned()))
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange").field("mechanism", &self.mechanism).finish_non_exhaustive()
    }
}
