//! Who may submit mail: the users file, SASL exchanges (RFC 4422) as machines, allowed senders.
//!
//! [`Users`] is a file, read whole; it never changes, and whoever owns it swaps it for another. An [`Exchange`] is one login:
//! it takes what the client sends, already decoded from base64, and answers with the next [`Step`]. What is slow by design is
//! given back as a [`Job`] for a thread that may block. [`Throttle`] slows those down who guess.
//!
//! The messages of PLAIN, LOGIN and of bearer tokens are read by `smtp-codec`; those of SCRAM, here.
//!
//! Nothing here reads a file, a socket or a clock. Randomness comes from `seal`. No name that is not in the file is ever shown:
//! it may be a password, typed in the wrong field.

mod context;
mod exchange;
mod failure;
mod fuzz;
mod identity;
mod limits;
mod password;
mod problems;
mod senders;
mod step;
mod subject;
mod throttle;
mod token;
mod user;
mod users;
mod users_file;
mod verifier;

pub use context::{ChannelBinding, Context};
pub use exchange::Exchange;
pub use failure::{Failure, FailureKind, Reason};
pub use fuzz::feed_every_mechanism;
pub use identity::Identity;
pub use limits::{MAX_FILE, MAX_MESSAGE, MAX_USERS};
pub use password::{Password, PasswordError, UserNameError, check_user_name};
pub use problems::Problems;
pub use senders::{SenderError, Senders};
pub use step::{Job, Step};
pub use subject::{NameKey, Subject};
pub use throttle::{Throttle, ThrottleSettings, Verdict};
pub use token::{Token, TokenAnswer, TokenHint, TokenVerifier};
pub use users::Users;
pub use verifier::{ScramCredential, ScramError, Verifier, VerifierError};
