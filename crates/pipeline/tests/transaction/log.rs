//! Every refusal stands in the log once, with the peer, the phase and the rule.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};

use postroad_delivery::FaultKind;
use postroad_pipeline::{Abort, Message};
use postroad_smtp_codec::{BodyChunk, BodyForm, Capabilities, MailParameters};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::bench::{Bench, rcpt, send};
use crate::fake::{Act, Script};

/// Keeps the lines that say "refused".
#[derive(Clone, Default)]
struct Refusals(Arc<Mutex<Vec<String>>>);

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

impl Subscriber for Refusals {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        if line.0.contains("message=refused") {
            self.0.lock().unwrap().push(line.0);
        }
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

impl Refusals {
    /// The one refusal since the last time.
    fn one(&self) -> String {
        let mut lines = std::mem::take(&mut *self.0.lock().unwrap());
        assert_eq!(lines.len(), 1, "{lines:?}");
        lines.remove(0)
    }
}

fn check(line: &str, phase: &str, rule: &str, code: u16) {
    for part in
        ["peer=192.0.2.7:4711", &format!("phase=\"{phase}\""), &format!("rule=\"{rule}\""), &format!("code={code}")]
    {
        assert!(line.contains(part), "{part} is missing: {line}");
    }
    assert!(!line.contains('@') && !line.contains("said the host"), "an address, or a host's words: {line}");
}

#[tokio::test]
async fn refusals_at_rcpt_are_logged_with_peer_phase_and_rule() {
    let log = Refusals::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let refuses = Script { rcpt: [("u@y.example", [Act::Say(550)].into())].into(), ..Script::default() };
    let poor = || Script { offers: Some(Capabilities::default()), ..Script::default() };
    let down = Script { open: Some(Act::Fault(FaultKind::Connect)), ..Script::default() };
    let (utf8, size) = (
        MailParameters { smtputf8: true, ..MailParameters::default() },
        MailParameters { size: Some(u64::MAX), ..MailParameters::default() },
    );
    for (script, parameters, rule, code) in [
        (refuses, MailParameters::default(), "host-reply", 550),
        (poor(), utf8, "host-without-smtputf8", 553),
        (poor(), size, "connector-size", 552),
        (down.clone(), MailParameters::default(), "host-unreachable", 451),
    ] {
        let bench = Bench::new([(1, script), (2, down.clone()), (3, down.clone())]);
        let mut transaction = bench.begin_with(parameters);
        rcpt(&mut transaction, "u@y.example").await;
        let line = log.one();
        // Where a host could not be reached, the phase is where it failed.
        check(&line, if rule == "host-unreachable" { "connect" } else { "rcpt" }, rule, code);
        transaction.abort(Abort::Client).await;
    }
    let bench = Bench::new([]);
    let mut transaction = bench.begin();
    rcpt(&mut transaction, "u@y.example").await;
    rcpt(&mut transaction, "u@b.example").await;
    check(&log.one(), "rcpt", "other-connector", 452);
}

#[tokio::test]
async fn refusals_of_the_message_are_logged_with_peer_phase_and_rule() {
    let log = Refusals::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    for (script, phase, rule, code) in [
        (Script { dot: Some(Act::Say(554)), ..Script::default() }, "dot", "host-reply", 554),
        (Script { data: Some(Act::Say(452)), ..Script::default() }, "data", "host-reply", 452),
        (Script { dot: Some(Act::Fault(FaultKind::Lost)), ..Script::default() }, "dot", "in-doubt", 451),
        (Script { body: Some(Act::Fault(FaultKind::Lost)), ..Script::default() }, "data", "host-lost", 451),
    ] {
        let bench = Bench::new([(1, script)]);
        let mut transaction = bench.begin();
        rcpt(&mut transaction, "u@y.example").await;
        send(&mut transaction, b"x\r\n").await;
        check(&log.one(), phase, rule, code);
    }
    // What the session refuses it tells itself.
    let bench = Bench::new([]);
    let mut transaction = bench.begin();
    rcpt(&mut transaction, "u@y.example").await;
    transaction.data(BodyForm::Stuffed).await;
    transaction.body(BodyChunk::undotted(b"x\r\n")).await;
    let refusal = postroad_mail_types::Reply::fixed(554, None, "no");
    transaction.refuse(refusal, Message::default()).await;
    assert!(log.0.lock().unwrap().is_empty());
}
