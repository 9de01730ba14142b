//! Records as the relay makes them.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use postroad_mail_types::EnhancedCode;
use postroad_telemetry::{
    Anchor, AttemptRecord, Capture, CapturedSpan, ErrorType, Outcome, Phase, ReplyCodes, ResponseFlag, SessionRecord,
    Settings, Telemetry, TlsPolicy, TlsSession, TransactionRecord, fresh_span_id, fresh_trace_id,
};

pub(crate) const SECOND: Duration = Duration::from_secs(1);

/// A clock that all records of a test share: an hour ago, so that back-dating shows.
pub(crate) fn anchor() -> Anchor {
    Anchor { wall: SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000), instant: Instant::now() }
}

pub(crate) fn reply(code: u16, class: u8, subject: u16, detail: u16) -> Option<ReplyCodes> {
    Some(ReplyCodes { code, enhanced: Some(EnhancedCode::new(class, subject, detail)) })
}

/// MAIL a second after the anchor, the final reply four seconds after it, accepted.
pub(crate) fn accepted() -> TransactionRecord {
    let anchor = anchor();
    let mut record = TransactionRecord {
        trace_id: fresh_trace_id(),
        span_id: fresh_span_id(),
        parent: None,
        link: None,
        context_rejected: false,
        anchor,
        start: anchor.instant + SECOND,
        end: anchor.instant + 4 * SECOND,
        session: Arc::new(SessionRecord::new(
            "submission".into(),
            "00f067aa0ba902b7".into(),
            "relay.example.net".into(),
            "127.0.0.1:2525".parse().unwrap(),
            "127.0.0.1:40000".parse().unwrap(),
        )),
        sequence: 2,
        revision: 17,
        recipients: 2,
        accepted: 2,
        rejected: 0,
        recipient_domain: Some("example.org".into()),
        size: 4096,
        hops: 1,
        outcome: Outcome::Accepted,
        flag: None,
        phase: None,
        reply: reply(250, 2, 0, 0),
        error: None,
        attempts: Vec::new(),
    };
    record.attempts.push(attempt(&record, 1));
    record
}

/// A successful attempt, from two to three seconds after the anchor.
pub(crate) fn attempt(record: &TransactionRecord, number: u32) -> AttemptRecord {
    AttemptRecord {
        span_id: fresh_span_id(),
        start: record.anchor.instant + 2 * SECOND,
        end: record.anchor.instant + 3 * SECOND,
        connector: "Internet".into(),
        number,
        server: "smarthost.example.com".into(),
        port: 587,
        peer: Some(("192.0.2.7".parse().unwrap(), 587)),
        reused: false,
        tls_policy: TlsPolicy::May,
        tls: Some(TlsSession { version: "1.3", cipher: "TLS_AES_256_GCM_SHA384".into(), resumed: false }),
        auth_mechanism: Some("PLAIN"),
        bytes_sent: 4200,
        times: vec![
            (Phase::Connect, SECOND / 8),
            (Phase::Ehlo, SECOND / 8),
            (Phase::Tls, SECOND / 8),
            (Phase::Ehlo, SECOND / 8),
            (Phase::Dot, SECOND / 4),
        ],
        phase: None,
        reply: reply(250, 2, 0, 0),
        error: None,
    }
}

/// The smart host refused the recipient; the client was told so.
pub(crate) fn refused() -> TransactionRecord {
    let mut record = accepted();
    record.outcome = Outcome::Rejected;
    (record.accepted, record.rejected) = (0, 2);
    record.phase = Some(Phase::Rcpt);
    record.reply = reply(550, 5, 1, 1);
    record.attempts[0].phase = Some(Phase::Rcpt);
    record.attempts[0].reply = reply(550, 5, 1, 1);
    record
}

/// The first smart host did not answer, the second took the message.
pub(crate) fn failed_over() -> TransactionRecord {
    let mut record = accepted();
    let mut first = attempt(&record, 1);
    first.end = record.anchor.instant + 2 * SECOND + SECOND / 2;
    first.server = "dead.example.com".into();
    (first.peer, first.tls, first.auth_mechanism, first.reply) = (None, None, None, None);
    first.phase = Some(Phase::Connect);
    first.error = Some(ErrorType::ConnectTimeout);
    record.attempts[0].number = 2;
    record.attempts.insert(0, first);
    record
}

/// The smart host's reply to the final dot was lost.
pub(crate) fn in_doubt() -> TransactionRecord {
    let mut record = accepted();
    record.outcome = Outcome::InDoubt;
    record.flag = Some(ResponseFlag::InDoubt);
    record.phase = Some(Phase::Dot);
    record.reply = reply(451, 4, 4, 2);
    record.error = Some(ErrorType::ConnectionReset);
    record.attempts[0].phase = Some(Phase::Dot);
    record.attempts[0].reply = None;
    record.attempts[0].error = Some(ErrorType::ConnectionReset);
    record
}

/// Settings that export nothing and capture what the ratio samples.
pub(crate) fn capturing(ratio: f64) -> (Settings, Capture) {
    let capture = Capture::new();
    let mut settings = Settings::new("postroad-test", "1.2.3");
    settings.sample_ratio = ratio;
    settings.capture = Some(capture.clone());
    (settings, capture)
}

/// The spans of one record when everything is sampled, the transaction first.
pub(crate) fn spans_of(record: &TransactionRecord) -> Vec<CapturedSpan> {
    let (settings, capture) = capturing(1.0);
    let telemetry = Telemetry::start(settings).unwrap();
    telemetry.recorder().record(record);
    let mut spans = capture.spans();
    spans.rotate_right(1);
    spans
}
