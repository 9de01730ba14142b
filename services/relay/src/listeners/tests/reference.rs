//! The table of fields in docs/LISTENERS.md is what the code does: each row is tried out.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use postroad_lifecycle::parse_time_span;
use serde_yaml_ng::{Mapping, Value};

use super::{document, load};
use crate::listeners::ListenerSettings;

const MODES: [&str; 3] = ["smtp", "submission", "implicit-tls"];

/// A row of the table.
struct Row {
    field: String,
    kind: String,
    default: String,
    range: String,
}

fn rows() -> Vec<Row> {
    let document = document();
    let table = document.split("| field | type | default | range | what it is |\n").nth(1).unwrap();
    let lines = table.lines().skip(1).take_while(|line| line.starts_with('|'));
    let cells = lines.map(|line| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>());
    cells
        .map(|cells| match cells.as_slice() {
            [_, field, kind, default, range, _, _] => {
                Row { field: codes(field).concat(), kind: kind.clone(), default: default.clone(), range: range.clone() }
            }
            other => panic!("a row has five cells: {other:?}"),
        })
        .collect()
}

/// What stands between backquotes.
fn codes(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

fn yaml(text: &str) -> Value {
    serde_yaml_ng::from_str(text).unwrap()
}

/// A listener that has everything which other fields need.
fn base(mode: &str) -> Value {
    yaml(&format!(
        "{{name: a, mode: {mode}, listen: '127.0.0.1:1', tls: {{certificate: c, key: k, client_ca: ca}}, auth: {{users: u}}}}"
    ))
}

/// The mapping that holds a field, made where there is none, and the field's own name.
fn place<'v>(listener: &'v mut Value, field: &str) -> (&'v mut Mapping, String) {
    let mut names: Vec<&str> = field.split('.').collect();
    let last = names.pop().unwrap().to_owned();
    let mut here = listener;
    for name in names {
        here = here.as_mapping_mut().unwrap().entry(name.into()).or_insert_with(|| Value::Mapping(Mapping::new()));
    }
    (here.as_mapping_mut().unwrap(), last)
}

/// The listener of a mode with or without a value for a field, or what is wrong with it, without the name of the file.
fn tried(mode: &str, field: &str, value: Option<&Value>) -> Result<Vec<ListenerSettings>, Vec<String>> {
    let mut listener = base(mode);
    if field == "auth.offered" {
        // Where it is false nothing else may be said.
        place(&mut listener, "auth.users").0.clear();
    }
    let (fields, name) = place(&mut listener, field);
    match value {
        Some(value) => drop(fields.insert(name.into(), value.clone())),
        None => drop(fields.remove(name)),
    }
    let file = Value::Mapping([("listeners".into(), Value::Sequence(vec![listener]))].into_iter().collect());
    let loaded = load(&serde_yaml_ng::to_string(&file).unwrap());
    loaded.map_err(|lines| lines.iter().filter_map(|line| Some(line.split_once(": ")?.1.to_owned())).collect())
}

/// What is wrong with a value of a field, as far as it is said of this very field.
fn faults(mode: &str, field: &str, value: &Value) -> Vec<String> {
    let path = format!("listeners[0].{field}");
    let of_it = |line: &String| {
        line.strip_prefix(path.as_str()).is_some_and(|rest| rest.starts_with(':') || rest.starts_with('['))
    };
    tried(mode, field, Some(value)).err().unwrap_or_default().into_iter().filter(of_it).collect()
}

fn must_be_taken(field: &str, value: &Value) {
    for mode in ["smtp", "submission"] {
        assert_eq!(faults(mode, field, value), Vec::<String>::new(), "{field}: {value:?} in mode {mode}");
    }
}

fn must_be_refused(field: &str, value: &Value) {
    for mode in MODES {
        assert!(!faults(mode, field, value).is_empty(), "{field}: {value:?} is taken in mode {mode}");
    }
}

/// The values of a row that are taken; those around them are refused.
fn try_range(row: &Row) -> Vec<Value> {
    let values = codes(&row.range);
    let time = |time: Duration| Value::from(format!("{}ms", time.as_millis()));
    let (good, bad): (Vec<Value>, Vec<Value>) = match (row.kind.as_str(), values.as_slice()) {
        ("number", [from, to, rest @ ..]) => {
            let (from, to): (i64, i64) = (from.parse().unwrap(), to.parse().unwrap());
            let none = rest.iter().map(|none| yaml(none));
            assert!(rest.is_empty() || rest == ["0"], "{}: 0 alone is no limit", row.field);
            let below = if rest.is_empty() { from - 1 } else { -1 };
            let gap = (!rest.is_empty() && from > 1).then(|| Value::from(from - 1));
            let good = [from.into(), to.into()].into_iter().chain(none).collect();
            (good, [below.into(), (to + 1).into()].into_iter().chain(gap).collect())
        }
        ("time", [from, to]) => {
            let (low, high) = (parse_time_span(from).unwrap(), parse_time_span(to).unwrap());
            let step = Duration::from_millis(1);
            (vec![yaml(from), yaml(to)], vec![time(low - step), time(high + step), 5.into()])
        }
        ("yes or no", _) => (vec![true.into(), false.into()], vec!["maybe".into(), 1.into()]),
        ("choice", all) => (
            all.iter().filter(|value| **value != "networks").map(|value| (*value).into()).collect(),
            vec!["other".into(), 5.into()],
        ),
        ("choices", all) => (
            all.iter().map(|value| Value::Sequence(vec![(*value).into()])).collect(),
            vec![yaml("[other]"), yaml("[]"), yaml("PLAIN"), yaml("[PLAIN, PLAIN]"), yaml("[XOAUTH2]")],
        ),
        ("networks", []) => {
            (vec![yaml("[10.0.0.0/8, '2001:db8::/48', 192.0.2.1]")], vec![yaml("10.0.0.0/8"), yaml("[x]")])
        }
        ("path", []) => (vec!["x/y.pem".into()], vec!["".into(), 5.into()]),
        ("address", []) => (vec!["192.0.2.1:0".into(), "[::1]:25".into()], vec!["25".into(), "a.example:25".into()]),
        ("text", []) => (vec!["a.example".into()], vec!["a b".into(), "".into(), 5.into()]),
        (kind, values) => panic!("{}: type {kind:?} with the range {values:?}", row.field),
    };
    good.iter().for_each(|value| must_be_taken(&row.field, value));
    let nothing = [Value::Null, yaml("[[]]")];
    bad.iter().chain(&nothing).for_each(|value| must_be_refused(&row.field, value));
    good
}

/// What holds in a mode where the field is not there: a value, or nothing that could be written.
fn default_in(row: &Row, mode: &str) -> Option<Value> {
    let mut parts = row.default.split("; ");
    let first = parts.next().filter(|part| part.starts_with('`'))?;
    let for_mode = |part: &&str| {
        let submission = part.contains("in submission modes") && mode != "smtp";
        submission || part.ends_with(&format!("with mode `{mode}`"))
    };
    let value = codes(parts.find(for_mode).unwrap_or(first))[0];
    // As the `Base` of these tests has them.
    Some(match value {
        "--host-name" => "relay.example".into(),
        "--data-timeout" => "180s".into(),
        "--final-reply-timeout" => "110s".into(),
        value => yaml(value),
    })
}

fn try_default(row: &Row, good: &[Value]) {
    for mode in MODES {
        let left_out = tried(mode, &row.field, None);
        if row.default == "must be there" {
            let path = format!("listeners[0].{}: it is missing", row.field);
            assert!(left_out.unwrap_err().iter().any(|line| line.contains(&path)), "{}", row.field);
        } else if let Some(default) = default_in(row, mode) {
            assert_eq!(tried(mode, &row.field, Some(&default)), left_out, "{} in mode {mode}", row.field);
            let others = good.iter().filter(|value| tried(mode, &row.field, Some(value)) != left_out);
            // `none` is all that `trace.trust` takes by itself.
            assert!(others.count() > 0 || row.field == "trace.trust", "{} in mode {mode} changes nothing", row.field);
        }
    }
}

#[test]
fn the_documented_types_defaults_and_ranges_are_those_of_the_code() {
    let rows = rows();
    assert!(!rows.is_empty(), "the table is not found");
    for row in &rows {
        let good = try_range(row);
        try_default(row, &good);
    }
}

#[test]
fn the_documented_fields_are_all_there_are() {
    let mut sections: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in rows() {
        let mut path = String::new();
        for name in row.field.split('.') {
            sections.entry(path.clone()).or_default().insert(name.to_owned());
            path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        }
    }
    for (section, documented) in sections {
        let field = if section.is_empty() { "zzz".to_owned() } else { format!("{section}.zzz") };
        let faults = faults("smtp", &field, &1.into());
        let known = faults.first().and_then(|line| line.split_once("the fields here are ")).unwrap().1;
        assert_eq!(known.split(", ").map(str::to_owned).collect::<BTreeSet<_>>(), documented, "{section}");
    }
}
