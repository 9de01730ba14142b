use postroad_smtp_codec::{
    AuthMechanisms, Capabilities, Command, Line, LineScanner, MailParameters, Xtext, print_bdat, print_mail, print_rcpt,
};

use crate::cuts::cuts;

/// Command lines: found as a naive reading finds them however they are cut, and what is printed of a command reads back
/// as the same one.
pub fn command(input: &[u8]) {
    for limit in [40, 2048] {
        let expected = naive(input, limit);
        for pieces in cuts(input) {
            assert_eq!(scanned(&pieces, limit), expected, "lines of at most {limit} octets");
        }
    }
    for line in naive(input, usize::MAX) {
        if let Seen::Text(line) = line {
            parsed(&line);
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Text(Vec<u8>),
    Malformed,
    TooLong,
}

/// Only CRLF ends a line (RFC 5321 §2.3.8).
fn naive(input: &[u8], limit: usize) -> Vec<Seen> {
    let mut lines = Vec::new();
    let mut line = Vec::new();
    for octet in input {
        line.push(*octet);
        if !line.ends_with(b"\r\n") {
            continue;
        }
        let text = &line[..line.len() - 2];
        lines.push(match text {
            _ if line.len() > limit => Seen::TooLong,
            _ if text.iter().any(|octet| matches!(octet, b'\r' | b'\n' | 0)) => Seen::Malformed,
            _ => Seen::Text(text.to_vec()),
        });
        line.clear();
    }
    lines
}

fn scanned(pieces: &[&[u8]], limit: usize) -> Vec<Seen> {
    let mut scanner = LineScanner::new(limit);
    let (mut buffer, mut lines) = (Vec::new(), Vec::new());
    for piece in pieces {
        buffer.extend_from_slice(piece);
        loop {
            let scan = scanner.scan(&buffer);
            let (consumed, whole) = (scan.consumed, scan.line.is_some());
            lines.extend(scan.line.map(|line| match line {
                Line::Text(text) => Seen::Text(text.to_vec()),
                Line::Malformed => Seen::Malformed,
                Line::TooLong => Seen::TooLong,
            }));
            buffer.drain(..consumed);
            if !whole {
                break;
            }
        }
        assert!(buffer.len() <= limit, "{} octets are kept of a line of at most {limit}", buffer.len());
    }
    lines
}

/// What holds for every line.
fn parsed(line: &[u8]) {
    let parsed = Command::parse(line);
    let mut other_case = line.to_vec();
    let verb = other_case.iter().position(|octet| *octet == b' ').unwrap_or(other_case.len());
    other_case[..verb].iter_mut().for_each(|octet| {
        *octet = if octet.is_ascii_lowercase() { octet.to_ascii_uppercase() } else { octet.to_ascii_lowercase() };
    });
    assert_eq!(Command::parse(&other_case), parsed, "the verb does not ignore case");
    let Ok(mut command) = parsed else { return };
    let mut printed = Vec::new();
    match &mut command {
        Command::Mail(path, parameters) => {
            print_mail(&mut printed, path, parameters, &every_extension(), 0);
            [&parameters.auth, &parameters.envid].into_iter().flatten().for_each(xtext);
            unvouched(parameters);
        }
        Command::Rcpt(mailbox, parameters) => print_rcpt(&mut printed, mailbox, parameters, &every_extension()),
        Command::Bdat { size, last } => print_bdat(&mut printed, *size, *last),
        Command::Ehlo(name) => {
            let name = name.as_str();
            assert!(name.len() <= 255 && name.bytes().all(|octet| octet.is_ascii_graphic()), "{name:?} is a name");
            assert!(!name.contains(['(', ')', '<', '>', '"', ';', '\\']), "{name:?} in a Received field");
            printed = format!("EHLO {name}\r\n").into_bytes();
        }
        _ => return,
    }
    assert_eq!(naive(&printed, usize::MAX).len(), 1, "printed as other than one line");
    let again = printed.strip_suffix(b"\r\n").expect("a printed command ends with CRLF");
    let text = std::str::from_utf8(again).expect("what is printed is UTF-8");
    assert!(!text.chars().any(char::is_control), "a control character was printed: {text:?}");
    assert_eq!(
        Command::parse(again).as_ref(),
        Ok(&command),
        "{:?} reads back otherwise",
        String::from_utf8_lossy(again)
    );
}

/// Printable, and `+` before two upper-case hexadecimal digits only (RFC 3461 §4).
fn xtext(value: &Xtext) {
    let text = value.as_str();
    for (at, _) in text.match_indices('+') {
        let digits = text.as_bytes().get(at + 1..at + 3).unwrap_or_default();
        let hexadecimal = digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'A'..=b'F'));
        assert!(digits.len() == 2 && hexadecimal, "{text:?} is no xtext");
    }
    assert!(text.bytes().all(|octet| octet.is_ascii_graphic() && octet != b'='), "{text:?} is no xtext");
    assert!(value.decoded().bytes().all(|octet| (b' '..=b'~').contains(&octet)), "{text:?} hides something");
}

/// We vouch for nobody, so any AUTH goes on as `<>` (RFC 4954 §5).
fn unvouched(parameters: &mut MailParameters) {
    if parameters.auth.is_some() {
        parameters.auth = Xtext::parse("<>", 2);
    }
}

fn every_extension() -> Capabilities {
    Capabilities {
        eight_bit_mime: true,
        smtp_utf8: true,
        dsn: true,
        chunking: true,
        binary_mime: true,
        require_tls: true,
        size: true,
        auth: AuthMechanisms { plain: true, login: true },
        ..Capabilities::default()
    }
}
