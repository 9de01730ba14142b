//! Who is believed beyond their own address.

use super::fields::{Field, Fields};
use super::networks::Networks;
use super::open_relay::width;

/// `from: [networks]` of `proxy_protocol` and `xclient`. With the section, at least one.
pub(super) fn read_from(fields: &mut Fields<'_>, section: &'static str, who: &str) -> Networks {
    let Some(mut inner) = fields.take(section).and_then(Field::fields) else { return Networks::default() };
    let from = inner.require("from", who);
    let path = inner.path_of("from");
    let problems = inner.report().problems();
    let networks = from.map(Networks::read);
    if networks.as_ref().is_some_and(Networks::is_empty) && inner.report().problems() == problems {
        inner.report().problem(&path, format_args!("it is empty; write {who}, or leave {section} out"));
    }
    inner.finish();
    networks.unwrap_or_default()
}

/// `trust: none` or `trust: {networks: [...]}` of `trace`.
pub(super) fn read_trace(fields: &mut Fields<'_>) -> Networks {
    let Some(mut inner) = fields.take("trace").and_then(Field::fields) else { return Networks::default() };
    let trust = inner.take("trust");
    inner.finish();
    let Some(trust) = trust else { return Networks::default() };
    match trust.as_text() {
        Some("none") => Networks::default(),
        Some(other) => {
            trust.problem(format_args!("write none, or networks: [...], not {other:?}"));
            Networks::default()
        }
        None => {
            let Some(mut inner) = trust.fields() else { return Networks::default() };
            let networks = inner.require("networks", "the networks whose clients' traces are gone on with");
            let (path, report) = (inner.path_of("networks"), inner.report());
            inner.finish();
            let networks = networks.map(Networks::read).unwrap_or_default();
            if let Some(wide) = width(&networks) {
                report
                    .warn(&path, format_args!("{wide}: everyone in it can decide what is traced, and under which ids"));
            }
            networks
        }
    }
}
