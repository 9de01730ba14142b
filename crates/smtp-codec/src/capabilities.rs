//! What a smart host offers in its EHLO reply.

use crate::HostReply;

/// Extensions that matter to us. Keywords are whole words at the start of a line, in any case (RFC 5321 §4.1.1.1); the
/// first line is the host's name and offers nothing, even if it is `dsn.example`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// PIPELINING (RFC 2920).
    pub pipelining: bool,
    /// 8BITMIME (RFC 6152).
    pub eight_bit_mime: bool,
    /// STARTTLS (RFC 3207).
    pub starttls: bool,
    /// SIZE (RFC 1870).
    pub size: bool,
    /// The limit that SIZE names; `None`: it names none, or 0.
    pub max_size: Option<u64>,
    /// AUTH PLAIN (RFC 4616).
    pub auth_plain: bool,
    /// AUTH LOGIN.
    pub auth_login: bool,
}

impl Capabilities {
    /// Reads a positive EHLO reply. Lines that are malformed or unknown are passed over one by one.
    #[must_use]
    pub fn read(reply: &HostReply) -> Self {
        let mut seen = Self::default();
        for line in reply.lines.iter().skip(1) {
            let mut words = line.split_ascii_whitespace();
            let keyword = words.next().unwrap_or_default().to_ascii_uppercase();
            match keyword.as_str() {
                "PIPELINING" => seen.pipelining = true,
                "8BITMIME" => seen.eight_bit_mime = true,
                "STARTTLS" => seen.starttls = true,
                "SIZE" => {
                    seen.size = true;
                    seen.max_size = words.next().and_then(|w| w.parse().ok()).filter(|n| *n > 0);
                }
                "AUTH" => words.for_each(|w| seen.mechanism(w)),
                // The form of old servers: AUTH=PLAIN LOGIN.
                other => {
                    if let Some(first) = other.strip_prefix("AUTH=") {
                        seen.mechanism(first);
                        words.for_each(|w| seen.mechanism(w));
                    }
                }
            }
        }
        seen
    }

    fn mechanism(&mut self, name: &str) {
        match name.to_ascii_uppercase().as_str() {
            "PLAIN" => self.auth_plain = true,
            "LOGIN" => self.auth_login = true,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> Capabilities {
        let lines = lines.iter().map(|l| (*l).to_owned()).collect();
        Capabilities::read(&HostReply { code: 250, enhanced: None, lines })
    }

    #[test]
    fn c3_keywords_are_whole_words_per_line_in_any_case() {
        let seen = read(&["starttls.example", "pipelining", "Size 1000", "AUTH LOGIN plain", "XSTARTTLS", "8BITMIMEX"]);
        assert!(seen.pipelining && seen.auth_plain && seen.auth_login);
        assert_eq!((seen.size, seen.max_size), (true, Some(1000)));
        assert!(!seen.starttls && !seen.eight_bit_mime);
    }

    #[test]
    fn odd_values_are_passed_over() {
        assert_eq!(
            read(&["a", "SIZE x", "AUTH=PLAIN"]),
            Capabilities { size: true, auth_plain: true, ..Capabilities::default() }
        );
        assert_eq!(read(&["a", "SIZE 0"]).max_size, None);
        assert_eq!(read(&["a", "SIZE 99999999999999999999999"]).max_size, None);
    }
}
