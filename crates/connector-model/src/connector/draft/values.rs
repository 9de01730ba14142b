//! The single values of a draft.

use std::collections::BTreeMap;
use std::time::Duration;

use postroad_mail_types::HostName;

use super::Authentication;
use crate::{AuthMechanism, ConnectorDraft, Violations, limits};

pub(super) fn check_comment(comment: &str, violations: &mut Violations) {
    if is_longer(comment, limits::COMMENT_CHARS) {
        violations.add("comment", "Too long.");
    }
}

/// `None` for 0, which means a default, and for a number that is no port.
pub(super) fn read_port(port: u32, field: impl FnOnce() -> String, violations: &mut Violations) -> Option<u16> {
    match u16::try_from(port) {
        Ok(0) => None,
        Ok(port) => Some(port),
        Err(_) => {
            violations.add(field(), "Must be from 0 to 65535.");
            None
        }
    }
}

pub(super) fn read_authentication(draft: &ConnectorDraft, violations: &mut Violations) -> Option<Authentication> {
    let fault = match (draft.auth_mechanism, &draft.basic) {
        (AuthMechanism::None, None) => return Some(Authentication::None),
        (AuthMechanism::None, Some(_)) => "The chosen mechanism uses no credential.",
        (AuthMechanism::Basic, Some(basic)) if !basic.user.is_empty() && basic.has_password => {
            // A NUL would end the user name inside a PLAIN response (RFC 4616 §2).
            if !basic.user.contains(char::is_control) {
                let user = basic.user.clone();
                return Some(Authentication::Basic { user });
            }
            violations.add("credential.basic.user", "A user name holds no control characters.");
            return None;
        }
        (AuthMechanism::Basic, _) => "This mechanism needs a user name and a password.",
    };
    violations.add("credential", fault);
    None
}

pub(super) fn check_starttls(draft: &ConnectorDraft, violations: &mut Violations) {
    if draft.require_tls && draft.ignore_starttls {
        violations.add("ignore_starttls", "TLS is required, so STARTTLS cannot be ignored.");
    }
}

/// `None` for the empty text, which means the relay's own name.
pub(super) fn read_helo_name(text: &str, violations: &mut Violations) -> Option<HostName> {
    if text.is_empty() {
        return None;
    }
    HostName::parse(text).map_err(|_invalid| violations.add("helo_name", "Write a fully qualified host name.")).ok()
}

/// `None` for zero, which means the listener's.
pub(super) fn read_timeout(timeout: Option<Duration>, violations: &mut Violations) -> Option<Duration> {
    let timeout = timeout.filter(|timeout| !timeout.is_zero())?;
    if timeout < Duration::from_secs(1) || timeout > Duration::from_secs(600) {
        violations.add("final_reply_timeout", "Must be 0, or from 1 second to 10 minutes.");
    }
    Some(timeout)
}

pub(super) fn check_labels(labels: &BTreeMap<String, String>, violations: &mut Violations) {
    if labels.len() > limits::LABELS {
        violations.add("labels", format!("At most {} labels.", limits::LABELS));
    }
    for (key, value) in labels.iter().take(limits::LABELS) {
        if is_longer(key, limits::LABEL_KEY_CHARS) || is_longer(value, limits::LABEL_VALUE_CHARS) {
            // The path of an overlong key is cut, or the answer would be as long as the fault.
            let shown: String = key.chars().take(limits::LABEL_KEY_CHARS).collect();
            violations.add(format!("labels[{shown}]"), "At most 64 characters for a key and 256 for a value.");
        }
    }
}

fn is_longer(text: &str, chars: usize) -> bool {
    text.chars().nth(chars).is_some()
}
