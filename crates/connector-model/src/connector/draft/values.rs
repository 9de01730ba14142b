//! The single values of a draft.

use std::net::{IpAddr, Ipv4Addr};
use std::num::{NonZeroU16, NonZeroU32};
use std::time::Duration;

use postroad_mail_types::HostName;

use crate::{AddressFamily, AuthMechanism, ConnectorDraft, Violations, limits};

pub(super) fn check_comment(comment: &str, violations: &mut Violations) {
    if is_longer(comment, limits::COMMENT_CHARS) {
        violations.add("comment", "Too long.");
    }
}

/// `None` for 0, which means a default, and for a number above 65535.
pub(super) fn read_port(port: u32, field: impl FnOnce() -> String, violations: &mut Violations) -> Option<NonZeroU16> {
    match u16::try_from(port) {
        Ok(port) => NonZeroU16::new(port),
        Err(_) => {
            violations.add(field(), "Must be from 0 to 65535.");
            None
        }
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

/// HELO is answered without extensions (RFC 5321 §4.1.1.1).
pub(super) fn check_force_helo(draft: &ConnectorDraft, violations: &mut Violations) {
    if !draft.force_helo {
        return;
    }
    let logs_in = !matches!(draft.auth_mechanism, AuthMechanism::None | AuthMechanism::ExternallySecured);
    if draft.require_tls || logs_in {
        violations.add("force_helo", "STARTTLS and AUTH need EHLO.");
    }
    if draft.xclient {
        violations.add("force_helo", "XCLIENT needs EHLO.");
    }
}

/// `None` for the empty text and for the unspecified address, which both mean any.
pub(super) fn read_source_ip(text: &str, family: AddressFamily, violations: &mut Violations) -> Option<IpAddr> {
    if text.is_empty() {
        return None;
    }
    match text.parse::<IpAddr>() {
        Ok(address) if address.is_unspecified() => None,
        Ok(address) if !address.is_multicast() && address != IpAddr::V4(Ipv4Addr::BROADCAST) => {
            if !family.covers(address) {
                violations.add("address_family", "The family does not fit source_ip.");
            }
            Some(address)
        }
        Ok(_) | Err(_) => {
            violations.add("source_ip", "Write one IPv4 or IPv6 address of the relay.");
            None
        }
    }
}

/// `None` where the default is meant.
pub(super) fn read_inactivity(timeout: Option<Duration>, violations: &mut Violations) -> Option<Duration> {
    let timeout = timeout?;
    if timeout < Duration::from_secs(1) || timeout > Duration::from_secs(86_400) {
        violations.add("connection_inactivity_timeout", "Must be from 1 second to 1 day.");
    }
    Some(timeout)
}

/// `None` for 0, which means a default or no limit, and for a number that is too large.
pub(super) fn read_number(number: u32, field: &str, violations: &mut Violations) -> Option<NonZeroU32> {
    if u64::from(number) > limits::NUMBER {
        violations.add(field, "The largest value is 2147483647.");
        return None;
    }
    NonZeroU32::new(number)
}

fn is_longer(text: &str, chars: usize) -> bool {
    text.chars().nth(chars).is_some()
}
