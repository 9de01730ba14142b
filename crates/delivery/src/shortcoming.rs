//! Why a connector is of no use on a relay.

use std::fmt;

/// A field that a relay cannot obey. Where it is met, the connector is not used at all: mail never goes out in another way
/// than its connector says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortcoming {
    /// Path of the field, relative to the connector.
    pub field: &'static str,
    /// What the relay cannot do, for the operator.
    pub text: &'static str,
}

impl fmt::Display for Shortcoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.text)
    }
}
