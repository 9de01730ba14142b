//! Paths in angle brackets (RFC 5321 §4.1.2).

use postroad_mail_types::{Mailbox, ReversePath};

/// Splits `<…>` off the front of an argument. Returns what stands between the brackets, without a source route, and
/// what follows them.
pub(crate) fn split_path(argument: &str) -> Option<(&str, &str)> {
    let rest = argument.strip_prefix('<')?;
    let end = closing_bracket(rest)?;
    let inside = rest.get(..end)?;
    let after = rest.get(end + 1..)?;
    Some((without_source_route(inside)?, after))
}

/// Where the bracket closes: the first `>` outside a quoted string.
fn closing_bracket(text: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    text.bytes().position(|byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'>' if !quoted => return true,
            _ => {}
        }
        false
    })
}

/// `@a,@b:u@c` → `u@c`: accepted as syntax and ignored (RFC 5321 §3.6.1, §4.1.1.3).
fn without_source_route(path: &str) -> Option<&str> {
    if !path.starts_with('@') {
        return Some(path);
    }
    let (route, mailbox) = path.split_once(':')?;
    route
        .split(',')
        .all(|hop| hop.strip_prefix('@').is_some_and(|d| postroad_mail_types::Domain::parse(d).is_ok()))
        .then_some(mailbox)
}

/// Reads a reverse-path from between the brackets.
pub(crate) fn reverse_path(inside: &str) -> Option<ReversePath> {
    if inside.is_empty() {
        return Some(ReversePath::Null);
    }
    Mailbox::parse(inside).ok().map(ReversePath::Mailbox)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_close_outside_quotes() {
        assert_eq!(
            split_path("<\"a> NOTIFY=NEVER x\"@c.example> SIZE=1"),
            Some(("\"a> NOTIFY=NEVER x\"@c.example", " SIZE=1"))
        );
        assert_eq!(split_path("<a@b.example"), None);
        assert_eq!(split_path("a@b.example"), None);
    }

    #[test]
    fn s16_a_source_route_is_stripped() {
        assert_eq!(split_path("<@a.example,@b.example:u@c.example>"), Some(("u@c.example", "")));
        assert_eq!(split_path("<@a.example>"), None);
        assert_eq!(split_path("<@:u@c.example>"), None);
    }
}
