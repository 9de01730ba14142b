//! A refusal by the control plane, from its gRPC status to text.

use std::fmt;

use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::printable::printable;

/// What the control plane said against a request.
#[derive(Debug)]
pub struct Refusal {
    code: Code,
    message: String,
    reason: String,
    /// The connector among several; empty where there is only one.
    subject: String,
    /// Path and text of each problem.
    problems: Vec<(String, String)>,
}

impl Refusal {
    /// Reads a status and the google.rpc details in it.
    #[must_use]
    pub fn new(status: &Status) -> Self {
        let details = status.get_error_details();
        let mut problems = Vec::new();
        for violation in details.bad_request().iter().flat_map(|r| &r.field_violations) {
            problems.push((printable(&violation.field), printable(&violation.description)));
        }
        for violation in details.precondition_failure().iter().flat_map(|failure| &failure.violations) {
            // Most only repeat what is said above.
            let text = printable(&violation.description);
            if violation.description != status.message() && problems.iter().all(|(_, known)| *known != text) {
                problems.push((printable(&violation.subject), text));
            }
        }
        Self {
            code: status.code(),
            message: printable(status.message()),
            reason: details.error_info().map(|info| printable(&info.reason)).unwrap_or_default(),
            subject: String::new(),
            problems,
        }
    }

    /// The same refusal, with the connector among several that it is about.
    pub(crate) fn about(self, connector: &str) -> Self {
        Self { subject: format!(" (connector \"{}\")", printable(connector)), ..self }
    }

    /// The same refusal of a batch, with names in place of the numbers of its changes.
    pub(crate) fn with_names(mut self, names: &[String]) -> Self {
        for (path, _) in &mut self.problems {
            let Some((number, rest)) = path.strip_prefix("changes[").and_then(|rest| rest.split_once(']')) else {
                continue;
            };
            let Some(name) = number.parse::<usize>().ok().and_then(|number| names.get(number)) else { continue };
            let field = rest.trim_start_matches(".connector").trim_start_matches('.');
            let field = if field.is_empty() { String::new() } else { format!(", {field}") };
            *path = format!("connector \"{}\"{field}", printable(name));
        }
        self
    }

    /// The control plane cannot serve at present; the request itself may be right.
    #[must_use]
    pub const fn is_outage(&self) -> bool {
        matches!(self.code, Code::Unavailable | Code::DeadlineExceeded)
    }

    /// The kind of refusal.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.code
    }

    /// What to do about it, where the field texts do not say so.
    fn advice(&self) -> Option<&'static str> {
        match (self.reason.as_str(), self.code) {
            ("STALE_ETAG", _) => Some(
                "Somebody else changed the connector meanwhile. Look at it with `postroad connector get`, then repeat \
                 the change.",
            ),
            ("CONTENDED", _) => Some("Others are writing at the same time. Repeat the command."),
            ("SECRET_REQUIRED", _) => Some(
                "Give the password again with the change: --password-file FILE, --password-env VAR or \
                 --password-stdin.",
            ),
            ("CONNECTOR_UNKNOWN", _) | ("", Code::NotFound) => {
                Some("`postroad connector list` shows the connectors there are.")
            }
            ("CERTIFICATE_UNKNOWN", _) => Some("`postroad certificate list` shows the certificates there are."),
            ("SITE_UNKNOWN", _) => Some("`postroad site list` shows the sites there are."),
            ("REVISION_NOT_RETAINED" | "STALE_REVISION", _) => {
                Some("`postroad revision list` shows the revisions there are.")
            }
            ("NAME_IN_USE", _) => {
                Some("Choose another name, or change the existing connector with `postroad connector update`.")
            }
            (_, Code::Unimplemented) => {
                Some("The server does not know this request: is it a control plane of Postroad, and new enough?")
            }
            (_, Code::Unavailable) => Some("Try again in a moment; its log says why."),
            _ => None,
        }
    }

    const fn verdict(&self) -> &'static str {
        match self.code {
            Code::Unavailable => "the control plane cannot serve at present",
            Code::DeadlineExceeded => "the control plane gave up in time",
            Code::Internal | Code::Unknown | Code::DataLoss => "the control plane failed",
            _ => "the control plane refused",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.verdict(), self.subject)?;
        // A message that only repeats the one problem below adds nothing.
        let repeats = matches!(self.problems.as_slice(), [(_, text)] if *text == self.message);
        if repeats {
            f.write_str(":")?;
        } else if !self.message.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        if self.message.is_empty() && self.problems.is_empty() {
            write!(f, ": {}", self.code)?;
        }
        for (path, text) in &self.problems {
            match path.as_str() {
                "" => write!(f, "\n  {text}")?,
                path => write!(f, "\n  {path}: {text}")?,
            }
        }
        if let Some(advice) = self.advice() {
            write!(f, "\n  {advice}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tonic_types::{ErrorDetails, FieldViolation};

    #[test]
    fn every_violation_stands_on_its_own_line() {
        let mut details = ErrorDetails::new();
        details.set_error_info("INVALID_CONNECTOR", "postroad", []);
        details.set_bad_request(vec![
            FieldViolation::new("name", "Give the connector a name of 1 to 64 printable characters."),
            FieldViolation::new("smart_hosts[1].host", "Write an IP address\nor a host name."),
        ]);
        let status = Status::with_error_details(Code::InvalidArgument, "2 problems in the connector", details);
        let refusal = Refusal::new(&status);
        assert_eq!(
            refusal.to_string(),
            "the control plane refused: 2 problems in the connector\n  \
             name: Give the connector a name of 1 to 64 printable characters.\n  \
             smart_hosts[1].host: Write an IP address\u{fffd}or a host name."
        );
        assert!(!refusal.is_outage());
    }

    #[test]
    fn a_stale_etag_says_what_to_do() {
        let mut details = ErrorDetails::new();
        details.set_error_info("STALE_ETAG", "postroad", []);
        details.add_bad_request_violation("revision", "The connector has changed since you read it.");
        let status = Status::with_error_details(Code::Aborted, "The connector has changed since you read it.", details);
        let text = Refusal::new(&status).to_string();
        assert!(text.starts_with("the control plane refused:\n  revision: The connector has changed"), "{text}");
        assert!(text.contains("postroad connector get"), "{text}");
    }

    #[test]
    fn a_precondition_that_repeats_the_violation_is_told_once() {
        let text = "The change needs the password again.";
        let mut details = ErrorDetails::new();
        details.set_error_info("SECRET_REQUIRED", "postroad", []);
        details.add_bad_request_violation("credential.basic.password", text);
        details.add_precondition_failure_violation("SECRET_REQUIRED", "connector", text);
        let status = Status::with_error_details(Code::FailedPrecondition, text, details);
        let shown = Refusal::new(&status).to_string();
        assert_eq!(shown.matches(text).count(), 1, "{shown}");
        assert!(shown.contains("--password-file"), "{shown}");
    }

    #[test]
    fn a_refused_batch_names_its_connectors() {
        let mut details = ErrorDetails::new();
        details.add_bad_request_violation("changes[1].connector.smart_hosts[0].port", "Must be from 0 to 65535.");
        details.add_bad_request_violation("changes[7].connector.name", "left as it is");
        let status = Status::with_error_details(Code::InvalidArgument, "2 problems", details);
        let text = Refusal::new(&status).with_names(&["a".to_owned(), "b".to_owned()]).to_string();
        assert!(text.contains("connector \"b\", smart_hosts[0].port: Must be from 0 to 65535."), "{text}");
        assert!(text.contains("changes[7].connector.name: left as it is"), "{text}");
    }

    #[test]
    fn a_bare_status_is_still_a_sentence() {
        let refusal = Refusal::new(&Status::new(Code::Unavailable, ""));
        assert!(refusal.is_outage());
        assert!(refusal.to_string().starts_with("the control plane cannot serve at present: "));
    }
}
