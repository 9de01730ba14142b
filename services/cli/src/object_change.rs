//! What became of objects, as text and as JSON.

use postroad_api::connector::v1::{ChangeAction, FieldChange, ObjectChange};
use serde_json::{Value, json};

use crate::printable::printable;
use crate::table::{WIDTH, wrap};

/// The change in the form of the API. Texts of values are JSON themselves and are shown as such.
pub(crate) fn value(change: &ObjectChange) -> Value {
    let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_else(|_| text.into());
    let shown = |text: &str| if text.is_empty() { Value::Null } else { parsed(text) };
    let field =
        |field: &FieldChange| json!({"path": field.path, "before": shown(&field.before), "after": shown(&field.after)});
    json!({
        "kind": change.kind,
        "id": change.id,
        "name": change.name,
        "action": action(change).to_ascii_uppercase(),
        "fields": change.fields.iter().map(field).collect::<Vec<_>>(),
    })
}

/// What was done.
pub(crate) fn action(change: &ObjectChange) -> &'static str {
    match change.action() {
        ChangeAction::Created => "created",
        ChangeAction::Updated => "updated",
        ChangeAction::Deleted => "deleted",
        ChangeAction::Unspecified => "changed",
    }
}

/// The changes, one object after the other, each with its fields before and after.
pub(crate) fn lines(changes: &[ObjectChange]) -> Vec<String> {
    let mut lines = Vec::new();
    for change in changes {
        let sign = match change.action() {
            ChangeAction::Created => '+',
            ChangeAction::Deleted => '-',
            _ => '~',
        };
        let name = if change.name.is_empty() { &change.id } else { &change.name };
        let heading = format!("{sign} {} \"{}\" {}", change.kind.replace('_', " "), printable(name), action(change));
        lines.extend(wrap(&heading, WIDTH));
        for field in &change.fields {
            lines.extend(field_lines(field));
        }
    }
    lines
}

fn field_lines(field: &FieldChange) -> Vec<String> {
    let text = match (field.before.as_str(), field.after.as_str()) {
        ("", "") => "(secret) changed".to_owned(),
        ("", after) => after.to_owned(),
        (before, "") => format!("{before} -> nothing"),
        (before, after) => format!("{before} -> {after}"),
    };
    let text = printable(&format!("{}: {text}", field.path));
    let indent = |(at, line): (usize, String)| format!("{}{line}", if at == 0 { "    " } else { "      " });
    wrap(&text, WIDTH - 6).into_iter().enumerate().map(indent).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_told_field_by_field_and_fit() {
        let field = |path: &str, before: &str, after: &str| FieldChange {
            path: path.into(),
            before: before.into(),
            after: after.into(),
        };
        let change = ObjectChange {
            kind: "connector".into(),
            id: "5f".into(),
            name: "to Internet".into(),
            action: ChangeAction::Updated.into(),
            fields: vec![
                field("port", "25", "587"),
                field("credential.basic.password", "", ""),
                field("comment", "", &format!("\"{}\"", "word ".repeat(40))),
            ],
        };
        let text = lines(std::slice::from_ref(&change)).join("\n");
        assert!(text.starts_with("~ connector \"to Internet\" updated\n    port: 25 -> 587\n"), "{text}");
        assert!(text.contains("credential.basic.password: (secret) changed"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert_eq!(value(&change)["fields"][0], json!({"path": "port", "before": 25, "after": 587}));
    }
}
