//! How long each step at a smart host may take.

use std::time::Duration;

/// Timers of the client side. RFC 5321 §4.5.3.2 allows minutes; ours end before those of the client who waits.
#[derive(Clone, Copy, Debug)]
pub struct Timers {
    /// Name resolution, and TCP to one address.
    pub connect: Duration,
    /// Greeting, TLS, EHLO, AUTH, MAIL, RCPT and DATA: each.
    pub command: Duration,
    /// One write of message data.
    pub data: Duration,
    /// From the dot to its reply.
    pub final_reply: Duration,
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            command: Duration::from_secs(60),
            data: Duration::from_secs(180),
            final_reply: Duration::from_secs(110),
        }
    }
}
