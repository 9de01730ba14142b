use postroad_smtp_codec::{Capabilities, HostReply, ReplyFault, ReplyScanner};

use crate::cuts::cuts;

/// Replies of a smart host: the same however they are cut, bounded, and fit to be passed on (RFC 5321 §4.2).
pub fn reply(input: &[u8]) {
    let whole = scanned(&[input]);
    for pieces in cuts(input) {
        assert_eq!(scanned(&pieces), whole, "the outcome depends on the cut");
    }
    if whole.1 != Some(ReplyFault::TooLong) {
        let (codes, fault) = naive(input);
        assert_eq!(whole.0.iter().map(|reply| (reply.code, reply.lines.len())).collect::<Vec<_>>(), codes);
        assert_eq!(whole.1, fault);
    }
    for reply in whole.0 {
        assert!((200..=599).contains(&reply.code), "code {}", reply.code);
        assert!(!reply.lines.is_empty());
        let _read = Capabilities::read(&reply);
        passed_on(&reply);
    }
}

/// Code and number of lines of each reply, and what ends the dialogue: each line has three digits of which the first is 2
/// to 5, a hyphen behind them means that another line of the same code follows (RFC 5321 §4.2.1).
fn naive(input: &[u8]) -> (Vec<(u16, usize)>, Option<ReplyFault>) {
    let (mut replies, mut begun, mut rest) = (Vec::new(), None::<(u16, usize)>, input);
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let line = &rest[..end];
        rest = &rest[end + 2..];
        let digits = line.get(..3).filter(|digits| digits.iter().all(u8::is_ascii_digit));
        let code = digits.map_or(0, |digits| digits.iter().fold(0, |code, digit| code * 10 + u16::from(digit - b'0')));
        if !(200..600).contains(&code) {
            return (replies, Some(ReplyFault::NoReply));
        }
        let lines = match begun {
            Some((first, _)) if first != code => return (replies, Some(ReplyFault::CodesDiffer)),
            Some((_, lines)) => lines + 1,
            None => 1,
        };
        begun = Some((code, lines));
        if line.get(3) != Some(&b'-') {
            replies.extend(begun.take());
        }
    }
    (replies, None)
}

/// All replies, and what ended the dialogue.
fn scanned(pieces: &[&[u8]]) -> (Vec<HostReply>, Option<ReplyFault>) {
    let mut scanner = ReplyScanner::default();
    let (mut buffer, mut replies) = (Vec::new(), Vec::new());
    for piece in pieces {
        buffer.extend_from_slice(piece);
        loop {
            match scanner.scan(&buffer) {
                Err(fault) => return (replies, Some(fault)),
                Ok((consumed, reply)) => {
                    let whole = reply.is_some();
                    replies.extend(reply);
                    buffer.drain(..consumed);
                    if !whole {
                        break;
                    }
                }
            }
        }
    }
    (replies, None)
}

/// What a client gets of it is a valid reply, and reads back as what it says.
fn passed_on(reply: &HostReply) {
    let mut wire = Vec::new();
    reply.to_reply().write_to(&mut wire);
    let text = std::str::from_utf8(&wire).unwrap().strip_suffix("\r\n").expect("a reply ends with CRLF");
    let lines: Vec<&str> = text.split("\r\n").collect();
    for (at, line) in lines.iter().enumerate() {
        assert!(line.len() <= 510, "{} octets in a reply line", line.len() + 2);
        assert!(line.bytes().all(|octet| octet == b'\t' || (b' '..=b'~').contains(&octet)), "{line:?}");
        assert!(line.starts_with(&reply.code.to_string()), "{line:?} has another code than {}", reply.code);
        assert_eq!(line[3..].starts_with('-'), at + 1 < lines.len(), "{line:?} as line {at}");
    }
    let (again, fault) = scanned(&[&wire]);
    assert!(fault.is_none() && again.len() == 1, "what was passed on is not one reply: {text:?}");
    assert_eq!(again[0].code, reply.code);
    let enhanced = again[0].enhanced.map(|code| u16::from(code.class()));
    assert!(enhanced.is_none_or(|class| class == reply.class()), "{text:?}");
    assert!(enhanced.is_some() || reply.class() == 3, "no enhanced code in {text:?}");
}
