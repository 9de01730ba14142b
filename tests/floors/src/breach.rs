use std::fmt;

/// A rule that is broken, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// The rule, as the design states it.
    pub rule: String,
    /// Who broke it, and how.
    pub what: String,
}

impl Breach {
    pub(crate) fn new(rule: impl Into<String>, what: impl Into<String>) -> Self {
        Self { rule: rule.into(), what: what.into() }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n    breaks the rule: {}", self.what, self.rule)
    }
}
