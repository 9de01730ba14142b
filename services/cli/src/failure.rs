//! Why a command was not done, and the exit code that says so.

use std::fmt;
use std::time::Duration;

use crate::Refusal;

/// Why a command was not done. `Display` is the text for the operator, over several lines where there is more
/// than one thing to say.
#[derive(Debug)]
pub enum Failure {
    /// The control plane answered, and refused.
    Refused(Refusal),
    /// The command line or a file was wrong: every problem found.
    Usage(Vec<String>),
    /// No connection to the control plane.
    Unreachable {
        /// Its address as it was given.
        server: String,
        /// What happened.
        cause: String,
    },
    /// No answer in time.
    Late {
        /// Address of the control plane.
        server: String,
        /// How long was waited.
        waited: Duration,
    },
    /// A step of `quickstart` failed.
    Step {
        /// What was being done.
        step: &'static str,
        /// What happened, and what to do.
        cause: String,
    },
    /// Something on this computer failed.
    Local(String),
    /// The question whether something differs was answered by yes: no fault, nothing more is said.
    Differs,
    /// Nobody reads our output any more: no fault, nothing is said.
    OutputClosed,
}

impl Failure {
    /// A wrong command line with one problem.
    pub(crate) fn usage(problem: impl Into<String>) -> Self {
        Self::Usage(vec![problem.into()])
    }

    /// A step of quickstart that failed.
    pub(crate) fn step(step: &'static str, cause: impl fmt::Display) -> Self {
        Self::Step { step, cause: cause.to_string() }
    }

    /// The same failure, with the connector that it is about.
    pub(crate) fn about(self, connector: &str) -> Self {
        match self {
            Self::Refused(refusal) => Self::Refused(refusal.about(connector)),
            other => other,
        }
    }

    /// The same change may succeed later: no connection, or a control plane that cannot serve at present.
    pub(crate) const fn is_outage(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Refused(refusal) => refusal.is_outage(),
            _ => false,
        }
    }

    /// The exit code, as `--help` tells it.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::OutputClosed => 0,
            Self::Refused(refusal) if refusal.is_outage() => 3,
            Self::Refused(_) => 1,
            Self::Usage(_) => 2,
            Self::Unreachable { .. } | Self::Late { .. } => 3,
            Self::Step { .. } => 4,
            Self::Local(_) => 5,
            Self::Differs => 6,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Usage(problems) => match problems.as_slice() {
                [problem] => f.write_str(problem),
                _ => {
                    write!(f, "{} problems; nothing was sent:", problems.len())?;
                    for problem in problems {
                        write!(f, "\n  {problem}")?;
                    }
                    Ok(())
                }
            },
            Self::Unreachable { server, cause } => write!(
                f,
                "cannot reach the control plane at {server}: {cause}\n  \
                 Start one:          postroad-control-plane --data-dir ./postroad-data\n  \
                 Or name another:    --server http://HOST:PORT, or POSTROAD_SERVER\n  \
                 Or try everything:  postroad quickstart"
            ),
            Self::Late { server, waited } => write!(
                f,
                "the control plane at {server} did not answer within {waited:?}; whether it did what was asked is \
                 not known.\n  Look with `postroad connector list`, or wait longer with --timeout."
            ),
            Self::Step { step, cause } => write!(f, "quickstart failed at \"{step}\": {cause}"),
            Self::Local(text) => f.write_str(text),
            Self::Differs => f.write_str("something differs"),
            Self::OutputClosed => f.write_str("the output was closed"),
        }
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreachable_server_is_named_with_the_way_out() {
        let failure = Failure::Unreachable { server: "http://127.0.0.1:1".into(), cause: "connection refused".into() };
        let text = failure.to_string();
        for part in ["http://127.0.0.1:1", "connection refused", "postroad-control-plane", "--server"] {
            assert!(text.contains(part), "{text}");
        }
        assert_eq!(failure.exit_code(), 3);
    }

    #[test]
    fn every_usage_problem_has_its_line() {
        let text = Failure::Usage(vec!["one".into(), "two".into()]).to_string();
        assert_eq!(text, "2 problems; nothing was sent:\n  one\n  two");
        assert_eq!(Failure::usage("one").to_string(), "one");
    }
}
