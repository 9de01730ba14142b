//! The replies that are ours alone. Each refusal has a rule, which the log names, and says what to do.

mod access;
mod closing;
mod command;
mod message;

use postroad_mail_types::{EnhancedCode, Reply};

pub(crate) use access::*;
pub(crate) use closing::*;
pub(crate) use command::*;
pub(crate) use message::*;

/// A refusal.
#[derive(Clone, Debug)]
pub(crate) struct No {
    pub(crate) rule: &'static str,
    pub(crate) reply: Reply,
}

const fn code(class: u8, subject: u16, detail: u16) -> Option<EnhancedCode> {
    Some(EnhancedCode::new(class, subject, detail))
}

/// `basic` and the enhanced code that belongs to it: its class is the first digit of the basic one (RFC 2034 §4).
fn no(rule: &'static str, basic: u16, (subject, detail): (u16, u16), text: &'static str) -> No {
    let class = if basic < 500 { 4 } else { 5 };
    No { rule, reply: Reply::fixed(basic, code(class, subject, detail), text) }
}

fn no_made(rule: &'static str, basic: u16, (subject, detail): (u16, u16), text: String) -> No {
    let class = if basic < 500 { 4 } else { 5 };
    No { rule, reply: Reply::made(basic, code(class, subject, detail), text) }
}

pub(crate) fn ok(text: &'static str) -> Reply {
    Reply::fixed(250, code(2, 0, 0), text)
}

pub(crate) fn chunk_received() -> Reply {
    ok("Chunk received; send the rest")
}

pub(crate) fn go_ahead() -> Reply {
    Reply::fixed(220, code(2, 0, 0), "Begin TLS now")
}

pub(crate) fn authenticated() -> Reply {
    Reply::fixed(235, code(2, 7, 0), "Authenticated")
}

pub(crate) fn cannot_verify() -> Reply {
    Reply::fixed(252, code(2, 5, 2), "Send some mail, and see whether it is delivered")
}

pub(crate) fn help() -> Reply {
    Reply::fixed(214, code(2, 0, 0), "This is SMTP as in RFC 5321; EHLO lists the extensions")
}
