//! What a smart host offers in its EHLO reply.

mod limits;

use crate::HostReply;

pub use limits::Limits;

/// Extensions that matter to us. Keywords are whole words at the start of a line, in any case (RFC 5321 §4.1.1.1); the
/// first line is the host's name and offers nothing, even if it is `dsn.example`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// PIPELINING (RFC 2920).
    pub pipelining: bool,
    /// 8BITMIME (RFC 6152).
    pub eight_bit_mime: bool,
    /// SMTPUTF8 (RFC 6531).
    pub smtp_utf8: bool,
    /// DSN (RFC 3461).
    pub dsn: bool,
    /// CHUNKING (RFC 3030).
    pub chunking: bool,
    /// BINARYMIME (RFC 3030), which is of use with CHUNKING only.
    pub binary_mime: bool,
    /// ENHANCEDSTATUSCODES (RFC 2034).
    pub enhanced_status_codes: bool,
    /// STARTTLS (RFC 3207).
    pub starttls: bool,
    /// REQUIRETLS (RFC 8689); it means something only when it was said under TLS.
    pub require_tls: bool,
    /// SIZE (RFC 1870).
    pub size: bool,
    /// The limit that SIZE names; `None`: it names none, or 0.
    pub max_size: Option<u64>,
    /// LIMITS (RFC 9422).
    pub limits: Limits,
    /// AUTH (RFC 4954).
    pub auth: AuthMechanisms,
}

/// The mechanisms of a host that we can use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuthMechanisms {
    /// PLAIN (RFC 4616).
    pub plain: bool,
    /// LOGIN.
    pub login: bool,
}

impl Capabilities {
    /// Reads a positive EHLO reply. Lines that are malformed or unknown are passed over one by one.
    #[must_use]
    pub fn read(reply: &HostReply) -> Self {
        let mut seen = Self::default();
        for line in reply.lines.iter().skip(1) {
            let mut words = line.split_ascii_whitespace();
            let keyword = words.next().unwrap_or_default().to_ascii_uppercase();
            seen.keyword(&keyword, words);
        }
        seen
    }

    fn keyword<'a>(&mut self, keyword: &str, mut words: impl Iterator<Item = &'a str>) {
        match keyword {
            "PIPELINING" => self.pipelining = true,
            "8BITMIME" => self.eight_bit_mime = true,
            "SMTPUTF8" => self.smtp_utf8 = true,
            "DSN" => self.dsn = true,
            "CHUNKING" => self.chunking = true,
            "BINARYMIME" => self.binary_mime = true,
            "ENHANCEDSTATUSCODES" => self.enhanced_status_codes = true,
            "STARTTLS" => self.starttls = true,
            "REQUIRETLS" => self.require_tls = true,
            "SIZE" => {
                self.size = true;
                self.max_size = words.next().and_then(|w| w.parse().ok()).filter(|n| *n > 0);
            }
            "LIMITS" => self.limits = Limits::read(words),
            "AUTH" => words.for_each(|w| self.auth.add(w)),
            // The form of old servers: AUTH=PLAIN LOGIN.
            other => {
                if let Some(first) = other.strip_prefix("AUTH=") {
                    self.auth.add(first);
                    words.for_each(|w| self.auth.add(w));
                }
            }
        }
    }
}

impl AuthMechanisms {
    /// True when there is none that we can use.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        !self.plain && !self.login
    }

    fn add(&mut self, name: &str) {
        match name.to_ascii_uppercase().as_str() {
            "PLAIN" => self.plain = true,
            "LOGIN" => self.login = true,
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
        assert!(seen.pipelining && seen.auth.plain && seen.auth.login);
        assert_eq!((seen.size, seen.max_size), (true, Some(1000)));
        assert!(!seen.starttls && !seen.eight_bit_mime);
    }

    #[test]
    fn c3_a_host_is_not_taken_by_its_name_and_offers_all_that_it_says() {
        let offered = [
            "smtputf8",
            "DSN",
            "CHUNKING",
            "BINARYMIME",
            "ENHANCEDSTATUSCODES",
            "STARTTLS",
            "REQUIRETLS",
            "8BITMIME",
            "PIPELINING",
            "LIMITS RCPTMAX=50",
        ];
        for named in offered {
            assert_eq!(read(&[named]), Capabilities::default(), "{named} is the name of the host");
            assert_ne!(read(&["host.example", named]), Capabilities::default(), "{named}");
            assert_eq!(read(&["host.example", &format!("X{named}")]), Capabilities::default(), "{named}");
        }
        let all: Vec<_> = ["host.example"].into_iter().chain(offered).collect();
        let seen = read(&all);
        assert!(seen.smtp_utf8 && seen.dsn && seen.chunking && seen.binary_mime && seen.enhanced_status_codes);
        assert!(seen.starttls && seen.require_tls && seen.eight_bit_mime && seen.pipelining);
        assert_eq!(seen.limits.max_recipients, Some(50));
    }

    #[test]
    fn odd_values_are_passed_over() {
        assert_eq!(
            read(&["a", "SIZE x", "AUTH=PLAIN"]),
            Capabilities { size: true, auth: AuthMechanisms { plain: true, login: false }, ..Capabilities::default() }
        );
        assert_eq!(read(&["a", "SIZE 0"]).max_size, None);
        assert_eq!(read(&["a", "SIZE 99999999999999999999999"]).max_size, None);
    }
}
