//! The message that quickstart sends.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// A message with what is easily damaged on the way: dots at line starts, blanks at line ends, a long line, an empty
/// line at the end. All ASCII, so that any smart host takes it.
pub(super) fn compose(from: &str, to: &str, unique: u64) -> Vec<u8> {
    let date = OffsetDateTime::now_utc().format(&Rfc2822).unwrap_or_default();
    let long = "0123456789".repeat(99);
    let lines = [
        format!("From: Quickstart <{from}>"),
        format!("To: <{to}>"),
        format!("Date: {date}"),
        format!("Message-ID: <{unique:016x}@quickstart.invalid>"),
        "Subject: The first message".to_owned(),
        String::new(),
        "This message went through a relay to a smart host while the client waited.".to_owned(),
        ".".to_owned(),
        "..".to_owned(),
        ".This line starts with a dot, and this one ends with blanks:  ".to_owned(),
        long,
        String::new(),
    ];
    let mut octets = Vec::new();
    for line in lines {
        octets.extend_from_slice(line.as_bytes());
        octets.extend_from_slice(b"\r\n");
    }
    octets
}

/// The message as DATA carries it: dots at line starts doubled, and the end (RFC 5321 §4.5.2). The message ends a line.
pub(super) fn stuffed(message: &[u8]) -> Vec<u8> {
    let mut wire = Vec::with_capacity(message.len() + 16);
    for line in message.split_inclusive(|octet| *octet == b'\n') {
        if line.starts_with(b".") {
            wire.push(b'.');
        }
        wire.extend_from_slice(line);
    }
    wire.extend_from_slice(b".\r\n");
    wire
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_that_starts_with_a_dot_gets_another() {
        assert_eq!(stuffed(b"a\r\n.\r\n..b\r\n\r\n"), b"a\r\n..\r\n...b\r\n\r\n.\r\n");
        assert_eq!(stuffed(b""), b".\r\n");
    }

    #[test]
    fn the_message_is_lines_that_smtp_allows() {
        let message = compose("a@example.org", "b@example.com", 7);
        assert!(message.is_ascii() && message.ends_with(b"\r\n\r\n"));
        for line in message.split_inclusive(|octet| *octet == b'\n') {
            assert!(line.ends_with(b"\r\n") && line.len() <= 1000);
        }
        assert!(message.windows(5).any(|octets| octets == b"\r\n.\r\n"));
        assert_ne!(message, compose("a@example.org", "b@example.com", 8));
    }
}
