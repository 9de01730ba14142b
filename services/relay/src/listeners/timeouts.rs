//! How long clients of a listener may take.

use std::time::Duration;

use super::fields::{Field, Fields};
use super::file::Base;
use super::mode::Mode;

/// How long clients of a listener may take, and how long they are made to wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Until the next command is whole, and until a reply is read. RFC 5321 §4.5.3.2.7 asks for five minutes.
    pub command: Duration,
    /// Standstill of message data.
    pub data: Duration,
    /// A session in all.
    pub session: Duration,
    /// A TLS handshake.
    pub tls_handshake: Duration,
    /// A login, from AUTH to its last line.
    pub auth: Duration,
    /// How long a smart host's reply to the end of a message is awaited, at most; below the client's own patience, or slow
    /// hosts make duplicates.
    pub final_reply: Duration,
}

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

impl Timeouts {
    /// What holds for a mode unless the settings say otherwise.
    #[must_use]
    pub fn of(mode: Mode, base: &Base) -> Self {
        Self {
            command: 5 * MINUTE,
            data: base.data_timeout,
            session: if mode.is_submission() { 2 * HOUR } else { DAY },
            tls_handshake: 30 * SECOND,
            auth: 2 * MINUTE,
            final_reply: base.final_reply_timeout,
        }
    }

    pub(super) fn read(listener: &mut Fields<'_>, mode: Mode, base: &Base) -> Self {
        let default = Self::of(mode, base);
        let path = |name: &str| listener.path_of(&format!("timeouts.{name}"));
        let places = [path("command"), path("data"), path("final_reply")];
        let Some(mut fields) = listener.take("timeouts").and_then(Field::fields) else { return default };
        let report = fields.report();
        let read = Self {
            command: fields.time("command", default.command, SECOND..=DAY),
            data: fields.time("data", default.data, SECOND..=DAY),
            session: fields.time("session", default.session, MINUTE..=7 * DAY),
            tls_handshake: fields.time("tls_handshake", default.tls_handshake, SECOND..=5 * MINUTE),
            auth: fields.time("auth", default.auth, SECOND..=10 * MINUTE),
            final_reply: fields.time("final_reply", default.final_reply, SECOND..=30 * MINUTE),
        };
        fields.finish();
        let [command, data, final_reply] = places;
        if read.command < 5 * MINUTE {
            report.warn(
                &command,
                "RFC 5321 asks servers to wait five minutes for a command; slow clients lose mail here",
            );
        }
        if read.data < 3 * MINUTE {
            report.warn(&data, "clients on poor lines stand still for up to three minutes; they lose mail here");
        }
        if mode.is_submission() && read.final_reply > 2 * MINUTE {
            report.warn(&final_reply, "clients of submission give up after two minutes; mail may then be sent twice");
        } else if read.final_reply > 10 * MINUTE {
            report.warn(&final_reply, "clients give up after ten minutes; mail may then be sent twice");
        }
        read
    }
}
