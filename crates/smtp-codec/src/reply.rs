//! Replies of a smart host (RFC 5321 §4.2).

use postroad_mail_types::{EnhancedCode, Reply};

/// Finds replies in what a smart host sent. It takes what hosts really write (several lines, lines of a code alone,
/// a missing blank), within bounds on lines and octets.
#[derive(Debug, Default)]
pub struct ReplyScanner {
    code: Option<u16>,
    enhanced: Option<EnhancedCode>,
    lines: Vec<String>,
    octets: usize,
}

/// A reply of a host as it was read: the code lies in 200 to 599.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostReply {
    /// Three digits.
    pub code: u16,
    /// Enhanced code of the first line, where its class fits.
    pub enhanced: Option<EnhancedCode>,
    /// Text of the lines, without codes.
    pub lines: Vec<String>,
}

/// What makes a reply unusable: the connection is out of step and must be dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplyFault {
    /// A line does not begin with three digits of which the first is 2 to 5.
    #[error("the smart host sent a line that is no SMTP reply")]
    NoReply,
    /// A further line carries another code.
    #[error("the lines of the smart host's reply carry different codes")]
    CodesDiffer,
    /// Too many lines or octets.
    #[error("the smart host's reply is longer than 64 KiB or 256 lines")]
    TooLong,
}

/// Lines of one reply.
const MAX_LINES: usize = 256;
/// Octets of one reply.
const MAX_OCTETS: usize = 64 * 1024;
/// Octets of one line; longer ones are cut when they are passed on, not refused.
const MAX_LINE: usize = 8 * 1024;

impl ReplyScanner {
    /// Looks at everything that was received and not consumed yet. Returns how many octets are done with, and the
    /// reply once it is whole; octets behind it are left in the buffer.
    ///
    /// # Errors
    /// When this cannot be a reply any more.
    pub fn scan(&mut self, buffer: &[u8]) -> Result<(usize, Option<HostReply>), ReplyFault> {
        let mut at = 0;
        while let Some(rest) = buffer.get(at..) {
            let Some(end) = memchr::memmem::find(rest, b"\r\n") else {
                // The last octet may be the CR of the line's end.
                if rest.len() > MAX_LINE + 1 {
                    return Err(ReplyFault::TooLong);
                }
                break;
            };
            if end > MAX_LINE {
                return Err(ReplyFault::TooLong);
            }
            let last = self.line(rest.get(..end).unwrap_or_default())?;
            at += end + 2;
            self.octets += end + 2;
            if last {
                let reply = HostReply {
                    code: self.code.take().unwrap_or(599),
                    enhanced: self.enhanced.take(),
                    lines: std::mem::take(&mut self.lines),
                };
                self.octets = 0;
                return Ok((at, Some(reply)));
            }
            if self.lines.len() > MAX_LINES || self.octets > MAX_OCTETS {
                return Err(ReplyFault::TooLong);
            }
        }
        Ok((at, None))
    }

    /// The code of a reply of which some lines have been read, but not the last.
    #[must_use]
    pub const fn begun(&self) -> Option<u16> {
        self.code
    }

    /// Takes one line; true when it is the last of the reply.
    fn line(&mut self, line: &[u8]) -> Result<bool, ReplyFault> {
        let (digits, rest) = line.split_at_checked(3).ok_or(ReplyFault::NoReply)?;
        let code = std::str::from_utf8(digits)
            .ok()
            .filter(|d| d.bytes().all(|b| b.is_ascii_digit()))
            .and_then(|d| d.parse::<u16>().ok())
            .filter(|code| (200..=599).contains(code))
            .ok_or(ReplyFault::NoReply)?;
        if self.code.is_some_and(|first| first != code) {
            return Err(ReplyFault::CodesDiffer);
        }
        let (last, text) = match rest.split_first() {
            None => (true, rest),
            Some((b'-', text)) => (false, text),
            Some((b' ', text)) => (true, text),
            Some(_) => (true, rest),
        };
        let text = String::from_utf8_lossy(text);
        let enhanced = EnhancedCode::split_from(&text).filter(|(e, _)| u16::from(e.class()) == code / 100);
        let (enhanced, text) = enhanced.map_or((None, text.as_ref()), |(e, rest)| (Some(e), rest));
        if self.code.is_none() {
            self.code = Some(code);
            self.enhanced = enhanced;
        }
        self.lines.push(text.to_owned());
        Ok(last)
    }
}

impl HostReply {
    /// First digit of the code.
    #[must_use]
    pub const fn class(&self) -> u16 {
        self.code / 100
    }

    /// The reply as it may be passed on to a client: printable, and with an enhanced code, since we offer
    /// ENHANCEDSTATUSCODES (RFC 2034 §4); one that the host left out becomes X.0.0.
    #[must_use]
    pub fn to_reply(&self) -> Reply {
        let class = u8::try_from(self.class()).unwrap_or(5);
        let enhanced = self.enhanced.or_else(|| (class != 3).then(|| EnhancedCode::new(class, 0, 0)));
        Reply::foreign(self.code, enhanced, self.lines.iter().map(String::as_str)).unwrap_or_else(|_code| {
            Reply::fixed(451, Some(EnhancedCode::new(4, 5, 0)), "Smart host sent an impossible reply")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(input: &[u8]) -> Result<Option<HostReply>, ReplyFault> {
        let mut scanner = ReplyScanner::default();
        let mut buffer = Vec::new();
        for byte in input {
            buffer.push(*byte);
            let (consumed, reply) = scanner.scan(&buffer)?;
            buffer.drain(..consumed);
            if reply.is_some() {
                return Ok(reply);
            }
        }
        Ok(None)
    }

    #[test]
    fn c4a_what_hosts_really_write_is_understood() {
        let reply = one(b"250-2.1.0 a\r\n250-2.1.0 b\r\n250 2.1.0 c\r\n").unwrap().unwrap();
        assert_eq!((reply.code, reply.lines.join("|").as_str()), (250, "a|b|c"));
        assert_eq!(one(b"354\r\n").unwrap().unwrap().code, 354);
        assert_eq!(one(b"250OK\r\n").unwrap().unwrap().lines, ["OK"]);
        assert_eq!(one("250 gr\u{fc}n\r\n".as_bytes()).unwrap().unwrap().lines, ["gr\u{fc}n"]);
        assert_eq!(one(b"550 5.7.606 no\r\n").unwrap().unwrap().enhanced.unwrap().to_string(), "5.7.606");
    }

    #[test]
    fn c4a_what_is_no_reply_is_fatal() {
        for input in [&b"600 x\r\n"[..], b"099 x\r\n", b"199 x\r\n", b"x\r\n", b"\r\n", b"25 x\r\n", b"2 50\r\n"] {
            assert_eq!(one(input), Err(ReplyFault::NoReply), "{input:?}");
        }
        assert_eq!(one(b"250-a\r\n550 b\r\n"), Err(ReplyFault::CodesDiffer));
    }

    #[test]
    fn th11_endless_replies_are_bounded() {
        let lines: Vec<u8> = b"250-x\r\n".repeat(10_000);
        assert_eq!(ReplyScanner::default().scan(&lines), Err(ReplyFault::TooLong));
        assert_eq!(ReplyScanner::default().scan(&vec![b'2'; 10_000]), Err(ReplyFault::TooLong));
    }

    #[test]
    fn th11_a_line_is_as_long_as_it_may_be_however_it_is_cut() {
        for (octets, taken) in [(MAX_LINE, true), (MAX_LINE + 1, false)] {
            let mut input = b"250 ".to_vec();
            input.resize(octets, b'x');
            input.extend_from_slice(b"\r\n");
            assert_eq!(one(&input).is_ok(), taken, "{octets} octets one by one");
            assert_eq!(ReplyScanner::default().scan(&input).is_ok(), taken, "{octets} octets at once");
        }
    }

    #[test]
    fn th11_what_is_passed_on_is_clean() {
        let mut out = Vec::new();
        one(b"550 5.1.1 a\0b\x1b[1m\nc\r\n").unwrap().unwrap().to_reply().write_to(&mut out);
        assert_eq!(out, b"550 5.1.1 a?b?[1m?c\r\n");
    }

    #[test]
    fn c4b_octets_behind_a_reply_stay() {
        let input = b"354 go\r\n250 ok\r\n";
        let (consumed, reply) = ReplyScanner::default().scan(input).unwrap();
        assert_eq!((consumed, reply.unwrap().code), (8, 354));
    }

    #[test]
    fn e7_a_reply_without_enhanced_code_gets_x_0_0() {
        let mut out = Vec::new();
        one(b"450 later\r\n").unwrap().unwrap().to_reply().write_to(&mut out);
        assert_eq!(out, b"450 4.0.0 later\r\n");
    }
}
