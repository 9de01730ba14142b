//! Commands that are malformed, unknown or out of order (RFC 5321 §4.2.4, §4.3.2; RFC 3463).

use postroad_mail_types::Reply;
use postroad_smtp_codec::CommandError;

use super::{No, code, no, no_made};

pub(crate) fn malformed_line() -> No {
    no("line-syntax", 500, (5, 2), "Lines end with CRLF and hold no other control characters")
}

pub(crate) fn line_too_long() -> No {
    no("line-length", 500, (5, 6), "Line too long")
}

/// The one table from malformed commands to replies.
pub(crate) fn command_error(error: CommandError) -> No {
    let (rule, basic, detail) = match error {
        CommandError::ReversePath => return path_syntax(error, (1, 7)),
        CommandError::ForwardPath => return path_syntax(error, (1, 3)),
        CommandError::UnknownVerb => ("unknown-command", 500, (5, 2)),
        CommandError::OtherProtocol => ("other-protocol", 500, (5, 2)),
        CommandError::NotAscii => ("line-syntax", 500, (5, 2)),
        CommandError::Base64 => ("sasl-syntax", 501, (5, 2)),
        CommandError::UnknownParameter => ("unknown-parameter", 555, (5, 4)),
        CommandError::ClientName => ("client-name", 501, (5, 4)),
        CommandError::Argument
        | CommandError::Parameter
        | CommandError::ChunkSize
        | CommandError::Mechanism
        | CommandError::Attribute => ("argument-syntax", 501, (5, 4)),
    };
    no_made(rule, basic, detail, capital(&error.to_string()))
}

fn path_syntax(error: CommandError, detail: (u16, u16)) -> No {
    no_made("path-syntax", 501, detail, capital(&error.to_string()))
}

/// Texts of errors begin small, replies do not.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

pub(crate) fn not_implemented() -> No {
    no("not-implemented", 502, (5, 1), "Command not implemented")
}

pub(crate) fn not_offered(text: &'static str) -> No {
    no("not-offered", 502, (5, 1), text)
}

pub(crate) fn bad_sequence(rule: &'static str, text: &'static str) -> No {
    no(rule, 503, (5, 1), text)
}

pub(crate) fn hello_first() -> No {
    bad_sequence("hello-first", "Say EHLO first")
}

pub(crate) fn in_transaction() -> No {
    bad_sequence("in-transaction", "A transaction is open; RSET gives it up")
}

pub(crate) fn chunk_failed() -> No {
    bad_sequence("chunk-failed", "A chunk was refused; say RSET before anything else")
}

pub(crate) fn chunks_under_way() -> No {
    bad_sequence("chunks-under-way", "The message is coming in chunks; go on with BDAT, or say RSET")
}

pub(crate) fn binary_needs_bdat() -> No {
    bad_sequence("binary-needs-bdat", "A binary message is sent with BDAT, not with DATA")
}

pub(crate) fn no_recipient() -> No {
    bad_sequence("no-recipient", "No recipient was accepted")
}

pub(crate) fn turned_away() -> No {
    bad_sequence("turned-away", "You were not greeted; say QUIT and connect again")
}

pub(crate) fn stray_parameter(name: &str) -> No {
    no_made("unknown-parameter", 555, (5, 4), format!("{name} was not offered here"))
}

pub(crate) fn xclient_denied() -> No {
    no("xclient-denied", 550, (7, 1), "XCLIENT is not for you: this relay does not list your address as a proxy")
}

/// Said in place of the greeting (RFC 5321 §3.1); RFC 2034 gives a greeting no enhanced code.
pub(crate) fn spoke_early() -> No {
    No { rule: "early-talk", reply: Reply::fixed(554, None, "Wait for the greeting before you speak") }
}

pub(crate) fn tls_unavailable() -> No {
    No { rule: "tls-unavailable", reply: Reply::fixed(454, code(4, 7, 0), "TLS cannot be had now, try again later") }
}
