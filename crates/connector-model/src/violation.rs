//! What is wrong with a draft, in the words of the person who wrote it.

use std::fmt;

/// One problem: the path of the field, relative to the connector, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Violation {
    /// For example `smart_hosts[2].host`; lists count from 0.
    pub field: String,
    /// For example "Write an IP address or a host name; the port has its own field."
    pub text: String,
}

/// Every problem of a draft; never empty where it is returned as an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Violations(pub Vec<Violation>);

/// Something accepted that its writer may not have meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Path of the field.
    pub field: String,
    /// What may go wrong.
    pub text: String,
}

impl Violations {
    /// Adds a problem.
    pub fn add(&mut self, field: impl Into<String>, text: impl Into<String>) {
        self.0.push(Violation { field: field.into(), text: text.into() });
    }

    /// True when nothing is wrong.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, Violation { field, text }) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{field}: {text}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Violations {}
