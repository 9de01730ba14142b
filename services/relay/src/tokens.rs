//! Who checks bearer tokens.

use std::fmt;
use std::sync::Arc;

use postroad_submission_users::TokenVerifier;

/// Whoever checks bearer tokens.
#[derive(Clone)]
pub(crate) struct Tokens(pub(crate) Arc<dyn TokenVerifier>);

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens")
    }
}
