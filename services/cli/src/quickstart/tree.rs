//! A trace as a tree for people.

use super::hop::Hop;
use crate::printable::printable;

/// Deeper spans are not drawn: a trace of one message has a depth of two for each relay.
const DEPTH: usize = 16;

/// One line per span: children under their parents, in order of their start. A span whose parent is not in the list
/// is drawn as a root.
pub(super) fn draw(hops: &[Hop]) -> String {
    let mut sorted: Vec<_> = hops.iter().collect();
    sorted.sort_by_key(|hop| hop.start);
    let known = |id: &str| sorted.iter().any(|hop| hop.span_id == id);
    let roots = sorted.iter().filter(|hop| !hop.parent_id.as_deref().is_some_and(known));
    let mut lines = Vec::new();
    for root in roots {
        lines.push(format!("  {}", line(root)));
        branch(root, &sorted, "  ", DEPTH, &mut lines);
    }
    lines.join("\n")
}

fn branch(parent: &Hop, all: &[&Hop], indent: &str, depth: usize, lines: &mut Vec<String>) {
    let children: Vec<_> = all.iter().filter(|hop| hop.parent_id.as_deref() == Some(&parent.span_id)).collect();
    let Some(deeper) = depth.checked_sub(1) else { return };
    for (at, child) in children.iter().enumerate() {
        let last = at + 1 == children.len();
        lines.push(format!("{indent}{} {}", if last { "└─" } else { "├─" }, line(child)));
        branch(child, all, &format!("{indent}{}  ", if last { " " } else { "│" }), deeper, lines);
    }
}

fn line(hop: &Hop) -> String {
    let mut text = format!("{}  {}  {:.1} ms", printable(&hop.name), hop.kind, hop.millis());
    if let Some(server) = &hop.server {
        text.push_str(&format!("  {}", printable(server)));
    }
    if let Some(reply) = &hop.reply {
        text.push_str(&format!("  reply {}", printable(reply)));
    }
    match &hop.error {
        Some(error) => text.push_str(&format!("  Error: {}", printable(error))),
        None => text.push_str("  ok"),
    }
    text
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::time::{Duration, SystemTime};

    /// A span that begins `at` milliseconds after the first.
    pub(in crate::quickstart) fn hop(name: &str, kind: &'static str, id: &str, parent: Option<&str>, at: u64) -> Hop {
        Hop {
            name: name.into(),
            kind,
            trace_id: "0123456789abcdef0123456789abcdef".into(),
            span_id: id.into(),
            parent_id: parent.map(str::to_owned),
            start: SystemTime::UNIX_EPOCH + Duration::from_millis(at),
            duration: Duration::from_micros(12_340),
            error: None,
            reply: Some("250".into()),
            server: None,
        }
    }

    #[test]
    fn attempts_hang_under_their_transaction_in_order() {
        let mut failed = hop("smtp.send x", "CLIENT", "b", Some("a"), 1);
        failed.error = Some("connect_refused".into());
        failed.reply = None;
        let mut sent = hop("smtp.send x", "CLIENT", "c", Some("a"), 2);
        sent.server = Some("h.example:25".into());
        let text = draw(&[sent, failed, hop("smtp.receive smtp", "SERVER", "a", None, 0)]);
        assert_eq!(
            text,
            "  smtp.receive smtp  SERVER  12.3 ms  reply 250  ok\n  \
             ├─ smtp.send x  CLIENT  12.3 ms  Error: connect_refused\n  \
             └─ smtp.send x  CLIENT  12.3 ms  h.example:25  reply 250  ok"
        );
    }

    #[test]
    fn a_circle_of_parents_ends() {
        let text = draw(&[hop("a", "SERVER", "a", Some("b"), 0), hop("b", "SERVER", "b", Some("a"), 0)]);
        assert_eq!(text, "");
        assert_eq!(draw(&[hop("a", "SERVER", "a", Some("gone"), 0)]).lines().count(), 1);
    }
}
