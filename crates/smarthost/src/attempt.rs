//! The record of an attempt while it is being made.

use std::time::{Duration, Instant};

use postroad_delivery::{Fault, Order};
use postroad_mail_types::Reply;
use postroad_telemetry::{AttemptRecord, ErrorType, Phase, ReplyCodes, TlsPolicy};

/// Collects what the attempt's span will say.
#[derive(Debug)]
pub(crate) struct Attempt {
    record: AttemptRecord,
    entered: Option<(Phase, Instant)>,
}

impl Attempt {
    pub(crate) fn new(order: &Order) -> Self {
        let now = Instant::now();
        let policy = match (order.connector.ignore_starttls, order.connector.require_tls || order.host.implicit_tls) {
            (_, true) => TlsPolicy::Must,
            (true, false) => TlsPolicy::None,
            (false, false) => TlsPolicy::May,
        };
        let record = AttemptRecord {
            span_id: order.span_id,
            start: now,
            end: now,
            connector: order.connector.name.as_str().to_owned(),
            number: order.number,
            server: order.host.host.to_string(),
            port: order.connector.smart_host_port(&order.host),
            peer: None,
            reused: false,
            tls_policy: policy,
            tls: None,
            auth_mechanism: None,
            bytes_sent: 0,
            times: Vec::with_capacity(8),
            phase: None,
            reply: None,
            error: None,
        };
        Self { record, entered: None }
    }

    /// A phase begins; the one before it is over.
    pub(crate) fn enter(&mut self, phase: Phase) {
        let now = Instant::now();
        self.leave(now);
        self.entered = Some((phase, now));
    }

    fn leave(&mut self, now: Instant) {
        let Some((phase, since)) = self.entered.take() else { return };
        let spent = now.saturating_duration_since(since);
        match self.record.times.iter_mut().find(|(p, _)| *p == phase) {
            Some((_, total)) => *total += spent,
            None => self.record.times.push((phase, spent)),
        }
    }

    /// The phase that was entered last.
    pub(crate) fn phase(&self) -> Phase {
        self.entered.map_or(Phase::Connect, |(phase, _)| phase)
    }

    pub(crate) const fn record_mut(&mut self) -> &mut AttemptRecord {
        &mut self.record
    }

    /// A login succeeded, or the attempt would have ended with it.
    pub(crate) const fn is_authenticated(&self) -> bool {
        self.record.auth_mechanism.is_some()
    }

    /// A reply of the host that ended the attempt, or, when positive, is the last word so far.
    pub(crate) fn replied(&mut self, phase: Phase, reply: &Reply) {
        self.record.reply = Some(ReplyCodes { code: reply.code(), enhanced: reply.enhanced() });
        if reply.class() > 3 {
            self.record.phase = Some(phase);
            self.record.error = Some(ErrorType::Reply(reply.code()));
        } else {
            self.record.phase = None;
            self.record.error = None;
        }
    }

    pub(crate) fn failed(&mut self, fault: &Fault) {
        self.record.phase = Some(fault.phase);
        self.record.error = Some(fault.error);
        if fault.reply.is_some() {
            self.record.reply = fault.reply;
        }
    }

    /// Whoever made the attempt cannot wait for its end.
    pub(crate) fn cut_off(&mut self, why: ErrorType) {
        self.record.phase = Some(self.phase());
        self.record.error.get_or_insert(why);
    }

    /// The attempt is over.
    pub(crate) fn finish(mut self) -> AttemptRecord {
        let now = Instant::now();
        self.leave(now);
        self.record.end = now;
        self.record
    }
}

/// What is left until a deadline, at most `timer`.
pub(crate) fn within(timer: Duration, deadline: Instant) -> Duration {
    timer.min(deadline.saturating_duration_since(Instant::now()))
}
