//! Why we close (RFC 5321 §3.8): always with 421, and with our name before the text.

use super::{No, no};
use crate::Timeout;

pub(crate) fn too_many_errors() -> No {
    no("errors", 421, (7, 0), "too many errors, closing")
}

pub(crate) fn too_many_refused() -> No {
    no("refused-recipients", 421, (7, 0), "too many recipients were refused, closing")
}

pub(crate) fn too_many_commands() -> No {
    no("idle-commands", 421, (7, 0), "too many commands without mail, closing")
}

pub(crate) fn too_many_messages() -> No {
    no("messages", 421, (7, 0), "too many messages in one session, connect again")
}

pub(crate) fn too_many_auth_failures() -> No {
    no("auth-failures", 421, (7, 0), "too many failures to authenticate, closing")
}

pub(crate) fn other_protocol() -> No {
    no("other-protocol", 421, (7, 0), "this is SMTP, not HTTP, closing")
}

pub(crate) fn injected() -> No {
    no("starttls-injection", 421, (7, 0), "nothing may follow STARTTLS before its reply, closing")
}

pub(crate) fn spoke_too_soon() -> No {
    no("early-pipelining", 421, (7, 0), "wait for the reply to this command before you send more, closing")
}

pub(crate) fn lost_step() -> No {
    no("internal", 421, (3, 0), "internal error, closing; try again")
}

pub(crate) fn shutting_down() -> No {
    no("shutdown", 421, (3, 2), "shutting down, try again")
}

pub(crate) fn timeout(timeout: Timeout) -> No {
    match timeout {
        Timeout::Idle => no("timeout", 421, (4, 2), "silent for too long, closing"),
        Timeout::Phase => no("phase-timeout", 421, (4, 2), "this took too long, closing"),
        Timeout::Rate => no("data-rate", 421, (4, 2), "the message comes in too slowly, closing"),
        Timeout::Session => no("session-timeout", 421, (4, 2), "the session has lasted too long, connect again"),
    }
}
