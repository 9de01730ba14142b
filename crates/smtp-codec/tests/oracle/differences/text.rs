//! A line taken apart by its text.

/// Parameters of extensions that smtp-proto knows and we do not.
pub(super) const FOREIGN: [&str; 10] =
    ["BY", "HOLDFOR", "HOLDUNTIL", "MT-PRIORITY", "SOLICIT", "TRANSID", "MTRK", "CONPERM", "RRVS", "CONNEG"];

pub(super) fn upper(line: &str) -> String {
    line.to_ascii_uppercase()
}

pub(super) fn verb(line: &str) -> String {
    upper(line.split(' ').next().unwrap_or_default())
}

pub(super) fn argument(line: &str) -> &str {
    line.split_once(' ').map_or("", |(_, argument)| argument)
}

/// The line without what stands between the brackets.
pub(super) fn outside(line: &str) -> String {
    match (line.split_once('<'), brackets(line)) {
        (Some((head, _)), Some((_, rest))) if matches!(verb(line).as_str(), "MAIL" | "RCPT") => format!("{head}{rest}"),
        _ => line.to_owned(),
    }
}

/// A host's name, or an address literal with anything behind it.
pub(super) fn is_name(name: &str) -> bool {
    let literal = name.strip_prefix('[').and_then(|rest| rest.split_once(']')).is_some_and(|(address, _)| {
        address.strip_prefix("IPv6:").unwrap_or(address).parse::<std::net::IpAddr>().is_ok()
    });
    literal || (!name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || ".-_:".contains(c)))
}

pub(super) fn is_mechanism(argument: &str) -> bool {
    let name = argument.split(' ').next().unwrap_or_default();
    (1..=20).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
}

/// Nothing, `=`, or one word of base64: groups of four, padded at the end only, without bits that mean nothing.
pub(super) fn is_response(argument: &str) -> bool {
    let Some((_, word)) = argument.split_once(' ') else { return true };
    let bare = word.trim_end_matches('=');
    let pad = word.len() - bare.len();
    let letters = bare.chars().all(|c| c.is_ascii_alphanumeric() || "+/".contains(c));
    let spare = match (pad, bare.chars().last()) {
        (1, Some(last)) => "AEIMQUYcgkosw048".contains(last),
        (2, Some(last)) => "AQgw".contains(last),
        (pad, _) => pad == 0,
    };
    word == "=" || (letters && spare && word.len() % 4 == 0)
}

/// What stands between the brackets, a source route taken off.
pub(super) fn path(line: &str) -> Option<&str> {
    let inside = brackets(line)?.0;
    Some(if inside.starts_with('@') { inside.split_once(':').map_or(inside, |(_, path)| path) } else { inside })
}

pub(super) fn after_path(line: &str) -> Option<&str> {
    brackets(line).map(|(_, rest)| rest)
}

pub(super) fn brackets(line: &str) -> Option<(&str, &str)> {
    let rest = line.split_once('<')?.1;
    let mut quoted = false;
    let end = rest.char_indices().find(|(_, c)| {
        quoted ^= *c == '"';
        *c == '>' && !quoted
    })?;
    Some((rest.get(..end.0)?, rest.get(end.0 + 1..)?))
}

pub(super) fn parameters(line: &str) -> impl Iterator<Item = (String, Option<&str>)> {
    after_path(line).unwrap_or_default().split(' ').filter(|word| !word.is_empty()).map(|word| {
        match word.split_once('=') {
            Some((name, value)) => (upper(name), Some(value)),
            None => (upper(word), None),
        }
    })
}

pub(super) fn value<'l>(line: &'l str, name: &str) -> Option<&'l str> {
    parameters(line).find(|p| p.0 == name).and_then(|p| p.1)
}

pub(super) fn misplaced_blank(line: &str) -> bool {
    let head = line.split_once('<').map_or(line, |(head, _)| head);
    line.starts_with(' ')
        || head.contains("  ")
        || head.contains(" :")
        || brackets(line).is_some_and(|(inside, _)| inside.contains(' '))
}

/// Dot-string or quoted string, and a domain of letters, digits and hyphens.
pub(super) fn is_mailbox(path: &str) -> bool {
    if path.is_empty() || path.eq_ignore_ascii_case("postmaster") {
        return true;
    }
    let Some((local, domain)) = path.rsplit_once('@') else { return false };
    let atext = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c) || !c.is_ascii();
    let atoms = local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(atext));
    let inside = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let quoted = inside.is_some_and(|text| !text.contains(['"', '\\']));
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || !c.is_ascii())
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = domain.rsplit('.').next().unwrap_or_default();
    (atoms || quoted)
        && local.len() <= 64
        && domain.split('.').all(label)
        && !last.chars().all(|c| c.is_ascii_digit())
        && !domain.contains("xn--")
}

pub(super) fn is_route(inside: &str) -> bool {
    let hop = |hop: &str| hop.strip_prefix('@').is_some_and(|domain| is_mailbox(&format!("a@{domain}")));
    inside.split_once(':').is_some_and(|(route, _)| route.split(',').all(hop))
}

pub(super) fn is_xtext(text: &str) -> bool {
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once('+') {
        let Some(hex) = behind.get(..2) else { return false };
        let printable = u8::from_str_radix(hex, 16).is_ok_and(|octet| (0x20..0x7f).contains(&octet));
        if !printable || hex != upper(hex) {
            return false;
        }
        rest = behind.get(2..).unwrap_or_default();
    }
    !text.is_empty() && !text.contains('=')
}
