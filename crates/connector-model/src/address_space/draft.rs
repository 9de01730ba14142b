//! An address space from its parts, and back.

use std::net::IpAddr;

use postroad_mail_types::Domain;

use super::{AddressSpace, SMTP, SpacePattern};
use crate::{AddressSpaceDraft, Violations};

/// Characters that count as blank around a part.
pub(super) const BLANK: [char; 2] = [' ', '\t'];
pub(super) const COST: &str = "Cost must be a whole number from 1 to 100.";

impl AddressSpace {
    /// Checks an address space that comes in parts.
    ///
    /// # Errors
    /// Every problem, each with the part at fault: `type`, `space` or `cost`.
    pub fn from_draft(draft: &AddressSpaceDraft) -> Result<Self, Violations> {
        let mut violations = Violations::default();
        let kind = read_kind(&draft.kind, &mut violations);
        let space = draft.space.trim_matches(BLANK);
        let pattern = match kind.as_deref() {
            // The space of an unreadable type cannot be judged.
            None => None,
            Some(SMTP) => read_domain_pattern(space, &mut violations),
            Some(kind) => read_foreign(kind, space, &mut violations),
        };
        let cost = u8::try_from(draft.cost.unwrap_or(1)).ok().filter(|cost| (1..=100).contains(cost));
        if cost.is_none() {
            violations.add("cost", COST);
        }
        match (pattern, cost) {
            (Some(pattern), Some(cost)) if violations.is_empty() => Ok(Self { pattern, cost }),
            _ => Err(violations),
        }
    }

    /// The same address space in parts, in stored form.
    #[must_use]
    pub fn to_draft(&self) -> AddressSpaceDraft {
        AddressSpaceDraft {
            kind: self.pattern.kind().to_owned(),
            space: self.pattern.to_string(),
            cost: Some(self.cost.into()),
        }
    }
}

fn read_kind(text: &str, violations: &mut Violations) -> Option<Box<str>> {
    let text = text.trim_matches(BLANK);
    if text.is_empty() {
        return Some(SMTP.into());
    }
    let kind = text.to_ascii_uppercase();
    let starts_with_letter = kind.starts_with(|c: char| c.is_ascii_alphabetic());
    if !starts_with_letter || kind.len() > 20 || !kind.bytes().all(|b| b.is_ascii_alphanumeric()) {
        violations.add("type", "A type is a letter, then up to 19 letters or digits, for example SMTP.");
        return None;
    }
    if kind == "LOCAL" {
        violations.add("type", "Use the field scoped instead of Local.");
        return None;
    }
    Some(kind.into())
}

/// The space of an SMTP address space; the first fault that explains the text best is the one reported.
fn read_domain_pattern(space: &str, violations: &mut Violations) -> Option<SpacePattern> {
    let fault = match space {
        "" => "An address space cannot be empty.",
        "*" => return Some(SpacePattern::Any),
        "--" => "Postroad has no accepted domains; write them out.",
        _ if space.contains(',') => "Write one domain in each address space.",
        _ if space.contains('@') => "Write the domain only; for senders use sender_filter.",
        _ if is_address(space) => "An IP address is not a domain; it belongs in smart_hosts.",
        _ => match read_domain(space) {
            Ok(pattern) => return Some(pattern),
            Err(fault) => fault,
        },
    };
    violations.add("space", fault);
    None
}

fn read_domain(space: &str) -> Result<SpacePattern, &'static str> {
    let below = space.strip_prefix("*.");
    let domain = below.unwrap_or(space);
    if domain.contains('*') || below == Some("") {
        return Err("A star stands alone or before a dot and a domain: * or *.contoso.com.");
    }
    let domain = Domain::parse(domain).map_err(|_invalid| "This is not a domain name.")?;
    Ok(match below {
        Some(_) => SpacePattern::Suffix(domain),
        None => SpacePattern::Exact(domain),
    })
}

/// True for an IP address as it is, in brackets, or as an address literal.
pub(super) fn is_address(text: &str) -> bool {
    let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let inner = match inner.split_at_checked(5) {
        Some((tag, rest)) if tag.eq_ignore_ascii_case("IPv6:") => rest,
        _ => inner,
    };
    inner.parse::<IpAddr>().is_ok()
}

fn read_foreign(kind: &str, space: &str, violations: &mut Violations) -> Option<SpacePattern> {
    let fault = if space.is_empty() {
        "An address space cannot be empty."
    } else if space.chars().any(char::is_control) {
        "An address space holds no control characters."
    } else if kind == "X400" && !space.split(';').all(is_pair) {
        "Write an X.400 address as label=value pairs."
    } else {
        return Some(SpacePattern::Foreign { kind: kind.into(), space: space.into() });
    };
    violations.add("space", fault);
    None
}

/// `label=value`; the value may be empty.
fn is_pair(text: &str) -> bool {
    text.split_once('=').is_some_and(|(label, _value)| !label.trim_matches(BLANK).is_empty())
}
