//! The text form of an address space: `[type ":"] space [";" cost]`.

use super::AddressSpace;
use super::draft::{BLANK, COST, is_address};
use crate::{AddressSpaceDraft, Violations};

impl AddressSpace {
    /// Reads the text form, for example `*`, `contoso.com;5` or `SMTP:*.contoso.com;20`. Blanks around each part are
    /// dropped; the type is SMTP and the cost 1 when they are not written.
    ///
    /// # Errors
    /// Every problem, each with the part at fault: `type`, `space` or `cost`.
    pub fn parse(text: &str) -> Result<Self, Violations> {
        let mut violations = Violations::default();
        let (kind, rest) = split_kind(text, &mut violations);
        let (space, cost) = if kind.is_empty() || kind.eq_ignore_ascii_case("SMTP") {
            split_cost(rest, &mut violations)
        } else {
            split_last_cost(rest, &mut violations)
        };
        let draft = AddressSpaceDraft { kind: kind.to_owned(), space: space.to_owned(), cost };
        match Self::from_draft(&draft) {
            Ok(space) if violations.is_empty() => Ok(space),
            Ok(_) => Err(violations),
            // A missing type has its own violation, and what follows it may be of any type.
            Err(_) if violations.0.iter().any(|v| v.field == "type") => Err(violations),
            Err(Violations(mut parts)) => {
                parts.append(&mut violations.0);
                Err(Violations(parts))
            }
        }
    }
}

/// The first colon ends the type, except in a bare IPv6 address, which has none.
fn split_kind<'a>(text: &'a str, violations: &mut Violations) -> (&'a str, &'a str) {
    let first = text.split(';').next().unwrap_or(text);
    if is_address(first.trim_matches(BLANK)) {
        return ("", text);
    }
    let Some((kind, rest)) = text.split_once(':') else {
        return ("", text);
    };
    let kind = kind.trim_matches(BLANK);
    if kind.is_empty() {
        violations.add("type", "The type before the colon is missing.");
    }
    (kind, rest)
}

/// SMTP: at most one semicolon.
fn split_cost<'a>(text: &'a str, violations: &mut Violations) -> (&'a str, Option<u32>) {
    let Some((space, cost)) = text.split_once(';') else {
        return (text, None);
    };
    if cost.contains(';') {
        violations.add("cost", "Only one cost can be given.");
        return (space, None);
    }
    (space, read_cost(cost, violations))
}

/// Other types: what follows the last semicolon is the cost, so a space that holds a semicolon must carry one.
fn split_last_cost<'a>(text: &'a str, violations: &mut Violations) -> (&'a str, Option<u32>) {
    let Some((space, cost)) = text.rsplit_once(';') else {
        return (text, None);
    };
    if cost.contains(|c: char| c.is_alphabetic() || c == '=') {
        violations.add("cost", "This address space holds a semicolon, so write its cost.");
        return (text, None);
    }
    (space, read_cost(cost, violations))
}

/// Digits only; the range is checked with the other parts.
fn read_cost(text: &str, violations: &mut Violations) -> Option<u32> {
    let text = text.trim_matches(BLANK);
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        violations.add("cost", COST);
        return None;
    }
    // Too large for the type is too large for the range as well.
    Some(text.parse().unwrap_or(u32::MAX))
}
