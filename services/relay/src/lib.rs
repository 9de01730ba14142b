//! The relay: accepts SMTP and hands each message to its smart host while the client waits.
