//! The replies that are ours alone.

use postroad_mail_types::{EnhancedCode, Reply};
use postroad_smtp_codec::{CommandError, DataViolation};

const fn code(class: u8, subject: u16, detail: u16) -> Option<EnhancedCode> {
    Some(EnhancedCode::new(class, subject, detail))
}

pub(crate) fn ok(text: &'static str) -> Reply {
    Reply::fixed(250, code(2, 0, 0), text)
}

pub(crate) fn bad_sequence(text: &'static str) -> Reply {
    Reply::fixed(503, code(5, 5, 1), text)
}

pub(crate) fn malformed_line() -> Reply {
    Reply::fixed(500, code(5, 5, 2), "Lines end with CRLF and hold no other control characters")
}

pub(crate) fn line_too_long() -> Reply {
    Reply::fixed(500, code(5, 5, 6), "Line too long")
}

pub(crate) fn not_implemented() -> Reply {
    Reply::fixed(502, code(5, 5, 1), "Command not implemented")
}

pub(crate) fn cannot_verify() -> Reply {
    Reply::fixed(252, code(2, 5, 2), "Send some mail, and see whether it is delivered")
}

pub(crate) fn too_large() -> Reply {
    Reply::fixed(552, code(5, 3, 4), "Message too large")
}

pub(crate) fn too_many_hops() -> Reply {
    Reply::fixed(554, code(5, 4, 6), "Too many Received fields: the mail runs in a circle")
}

pub(crate) fn too_many_recipients() -> Reply {
    Reply::fixed(452, code(4, 5, 3), "Too many recipients: send the others in another transaction")
}

pub(crate) fn relaying_denied() -> Reply {
    Reply::fixed(550, code(5, 7, 1), "Relaying is not allowed from your address")
}

pub(crate) fn not_ascii() -> Reply {
    Reply::fixed(553, code(5, 6, 7), "Addresses outside ASCII need SMTPUTF8, which is not offered here")
}

pub(crate) fn violation(violation: DataViolation) -> Reply {
    let text = match violation {
        DataViolation::BareCr => "Message refused: it holds a CR without LF",
        DataViolation::BareLf => "Message refused: it holds a LF without CR",
        DataViolation::Nul => "Message refused: it holds a NUL",
    };
    Reply::fixed(550, code(5, 6, 0), text)
}

/// The one table from malformed commands to replies (RFC 5321 §4.2.4, RFC 3463).
pub(crate) fn command_error(error: CommandError) -> Reply {
    let (basic, detail) = match error {
        CommandError::NotAscii | CommandError::UnknownVerb | CommandError::OtherProtocol => (500, 2),
        CommandError::Base64 => (501, 2),
        CommandError::ClientName
        | CommandError::Argument
        | CommandError::Parameter
        | CommandError::ChunkSize
        | CommandError::Mechanism
        | CommandError::Attribute => (501, 4),
        CommandError::ReversePath => return Reply::made(501, code(5, 1, 7), error.to_string()),
        CommandError::ForwardPath => return Reply::made(501, code(5, 1, 3), error.to_string()),
        CommandError::UnknownParameter => (555, 4),
    };
    Reply::made(basic, code(5, 5, detail), error.to_string())
}
