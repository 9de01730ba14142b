//! How much clients of a listener may do.

use std::time::Duration;

use super::fields::{Field, Fields};
use super::mode::Mode;

/// How much clients of a listener may do. `None` is no limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Sessions at a time; further clients are told to come again.
    pub max_sessions: u32,
    /// … of one client address.
    pub max_sessions_per_address: Option<u32>,
    /// Messages of a session; further ones are told to come in another session.
    pub max_messages_per_session: Option<u32>,
    /// Commands without a transaction, such as NOOP, until the session is closed.
    pub max_commands_without_mail: u32,
    /// Commands in error until the session is closed. Three failed logins must be allowed (RFC 4954 §4).
    pub max_errors: u32,
    /// Failed logins of a session; one more closes it. At least 3 (RFC 4954 §4).
    pub max_auth_failures: u32,
    /// Recipients of a transaction; at least 100 (RFC 5321 §4.5.3.1.8).
    pub max_recipients: u32,
    /// Recipients refused in a session until it is closed.
    pub max_refused_recipients: Option<u32>,
    /// Recipients refused in a minute to one client address; beyond it answers are held back.
    pub refused_recipients_per_minute: Option<u32>,
    /// Octets of a message, offered as SIZE; at least 64 KiB (RFC 5321 §4.5.3.1.7).
    pub max_message_size: Option<u64>,
    /// Octets of a message's header.
    pub max_header_size: u64,
    /// Received fields of a message; one with more is taken to run in a circle. At least 100 (RFC 5321 §6.3).
    pub max_hops: u32,
    /// Octets of a command line with CRLF. RFC 5321 §4.5.3.1.4 asks for 512; parameters of the extensions bring MAIL to
    /// some 1300.
    pub max_command_line: u32,
    /// Octets of message data that a client must bring per second, on average; 0: any rate will do.
    pub min_data_rate: u32,
    /// Time until the rate is looked at.
    pub data_rate_grace: Duration,
    /// Whoever speaks before the greeting, or behind a command that ends a group (RFC 2920 §3.1), is turned away. Many
    /// scripts do so, so it must be asked for; behind STARTTLS it is never let pass.
    pub strict_pipelining: bool,
}

const MEGABYTE: u64 = 1024 * 1024;

impl Limits {
    /// What holds for a mode unless the settings say otherwise.
    #[must_use]
    pub const fn of(mode: Mode) -> Self {
        Self {
            max_sessions: 10_000,
            max_sessions_per_address: Some(if mode.is_submission() { 100 } else { 1000 }),
            max_messages_per_session: Some(10_000),
            max_commands_without_mail: 100,
            max_errors: 20,
            max_auth_failures: 5,
            max_recipients: 1000,
            max_refused_recipients: Some(100),
            refused_recipients_per_minute: Some(300),
            max_message_size: Some(35 * MEGABYTE),
            max_header_size: MEGABYTE,
            max_hops: 100,
            max_command_line: 2048,
            min_data_rate: 500,
            data_rate_grace: Duration::from_secs(60),
            strict_pipelining: false,
        }
    }

    pub(super) fn read(listener: &mut Fields<'_>, mode: Mode) -> Self {
        let default = Self::of(mode);
        let Some(mut fields) = listener.take("limits").and_then(Field::fields) else { return default };
        let max_sessions = fields.number("max_sessions", default.max_sessions, 1..=1_000_000);
        let read = Self {
            max_sessions,
            max_sessions_per_address: fields.limit(
                "max_sessions_per_address",
                default.max_sessions_per_address,
                1..=1_000_000,
            ),
            max_messages_per_session: fields.limit(
                "max_messages_per_session",
                default.max_messages_per_session,
                1..=999_999,
            ),
            max_commands_without_mail: fields.number(
                "max_commands_without_mail",
                default.max_commands_without_mail,
                10..=100_000,
            ),
            max_errors: fields.number("max_errors", default.max_errors, 4..=1000),
            max_auth_failures: fields.number("max_auth_failures", default.max_auth_failures, 3..=1000),
            max_recipients: fields.number("max_recipients", default.max_recipients, 100..=100_000),
            max_refused_recipients: fields.limit(
                "max_refused_recipients",
                default.max_refused_recipients,
                10..=1_000_000,
            ),
            refused_recipients_per_minute: fields.limit(
                "refused_recipients_per_minute",
                default.refused_recipients_per_minute,
                1..=1_000_000,
            ),
            max_message_size: read_size(&mut fields, default.max_message_size),
            max_header_size: fields.number("max_header_size", default.max_header_size, 65_536..=64 * MEGABYTE),
            max_hops: fields.number("max_hops", default.max_hops, 100..=1000),
            max_command_line: fields.number("max_command_line", default.max_command_line, 1536..=65_536),
            min_data_rate: fields.number("min_data_rate", default.min_data_rate, 0..=1_000_000_000),
            data_rate_grace: fields.time(
                "data_rate_grace",
                default.data_rate_grace,
                Duration::from_secs(1)..=Duration::from_secs(3600),
            ),
            strict_pipelining: fields
                .take("strict_pipelining")
                .and_then(|field| field.boolean())
                .unwrap_or(default.strict_pipelining),
        };
        fields.finish();
        read
    }
}

fn read_size(fields: &mut Fields<'_>, default: Option<u64>) -> Option<u64> {
    let Some(field) = fields.take("max_message_size") else { return default };
    // RFC 1870 §3: 0 says that there is no limit.
    match field.number(0..=1 << 40)? {
        0 => None,
        size if size < 65_536 => {
            field.problem("write at least 65536 octets, or 0 for no limit");
            default
        }
        size => Some(size),
    }
}
