//! Logins from the first message to the last, by every mechanism.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod logins {
    mod certificates;
    mod offers;
    mod passwords;
    mod scram;
    mod secrets;
    mod tokens;

    pub(crate) mod desk;
}
