use postroad_smtp_codec::{BodyChunk, BodyForm, DataScanner, DataViolation};

use crate::cuts::cuts;

/// Message data: it ends at the first line that is a dot alone and nowhere else, and its text, size, hops and first
/// offence are those of a naive reading, however it is cut.
pub fn data(input: &[u8]) {
    let whole = Scanned::of(&[input]);
    for pieces in cuts(input) {
        assert_eq!(Scanned::of(&pieces), whole, "the outcome depends on the cut");
    }
    let (message, end) = naive(input);
    assert_eq!(whole.consumed_at_end, end, "the end of the data");
    if end.is_some() {
        assert_eq!(whole.message, message);
    } else {
        assert!(message.starts_with(&whole.message), "{:?} is no beginning of the message", whole.message);
        assert!(input.len() - whole.wire.len() <= 2, "more is held back than a dot and a CR");
    }
    assert_eq!(whole.size, whole.message.len() as u64, "the size");
    assert_eq!(whole.violation, first_violation(&whole.wire));
    if whole.violation.is_none() {
        assert_eq!((whole.header, whole.hops), (header(&whole.message), hops(&whole.message)), "the header");
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Scanned {
    /// As it came.
    wire: Vec<u8>,
    /// Without stuffing dots.
    message: Vec<u8>,
    /// Octets up to the end of the data, the dot line included.
    consumed_at_end: Option<usize>,
    size: u64,
    header: u64,
    hops: u32,
    violation: Option<DataViolation>,
}

impl Scanned {
    fn of(pieces: &[&[u8]]) -> Self {
        let mut scanner = DataScanner::default();
        let (mut wire, mut message, mut buffer, mut consumed_at_end) = (Vec::new(), Vec::new(), Vec::new(), None);
        let mut consumed = 0;
        for piece in pieces {
            buffer.extend_from_slice(piece);
            let step = scanner.scan(&buffer);
            let plain = unstuffed(&step.chunk);
            assert_eq!(step.chunk.size(), plain.len() as u64);
            message.extend_from_slice(&plain);
            wire.extend_from_slice(step.chunk.octets);
            let (taken, end) = (step.consumed, step.end);
            consumed += taken;
            buffer.drain(..taken);
            if end {
                consumed_at_end = Some(consumed);
                break;
            }
        }
        let (size, header, hops) = (scanner.size(), scanner.header(), scanner.hops());
        Self { wire, message, consumed_at_end, size, header, hops, violation: scanner.violation() }
    }
}

/// A chunk of DATA without its stuffing dots.
pub(crate) fn unstuffed(chunk: &BodyChunk<'_>) -> Vec<u8> {
    assert_eq!(chunk.form, BodyForm::Stuffed);
    let mut plain = Vec::new();
    let mut from = 0;
    for &dot in chunk.dots {
        assert_eq!(chunk.octets[dot], b'.', "a stuffing dot that is none");
        plain.extend_from_slice(&chunk.octets[from..dot]);
        from = dot + 1;
    }
    plain.extend_from_slice(&chunk.octets[from..]);
    plain
}

/// The message without stuffing dots, and how many octets of the input its end takes (RFC 5321 §4.1.1.4, §4.5.2).
fn naive(input: &[u8]) -> (Vec<u8>, Option<usize>) {
    let mut message = Vec::new();
    let mut line = Vec::new();
    for (at, octet) in input.iter().enumerate() {
        line.push(*octet);
        if line == b".\r\n" {
            return (message, Some(at + 1));
        }
        if line.ends_with(b"\r\n") {
            message.extend_from_slice(without_dot(&line));
            line.clear();
        }
    }
    message.extend_from_slice(without_dot(&line));
    (message, None)
}

fn without_dot(line: &[u8]) -> &[u8] {
    line.strip_prefix(b".").unwrap_or(line)
}

/// The first octet that stands where it must not.
pub(crate) fn first_violation(wire: &[u8]) -> Option<DataViolation> {
    (0..wire.len()).find_map(|at| {
        let before = at.checked_sub(1).map(|at| wire[at]);
        match wire[at] {
            0 => Some(DataViolation::Nul),
            b'\n' if before != Some(b'\r') => Some(DataViolation::BareLf),
            b'\r' if wire.get(at + 1) != Some(&b'\n') => Some(DataViolation::BareCr),
            _ => None,
        }
    })
}

/// Received fields of the header (RFC 5321 §6.3).
pub(crate) fn hops(message: &[u8]) -> u32 {
    let text = String::from_utf8_lossy(message).to_ascii_lowercase();
    let header = text.split("\r\n").take_while(|line| !line.is_empty());
    u32::try_from(header.filter(|line| line.starts_with("received:")).count()).unwrap()
}

/// Octets of the header, the empty line behind it included.
pub(crate) fn header(message: &[u8]) -> u64 {
    let end = if message.starts_with(b"\r\n") {
        2
    } else {
        message.windows(4).position(|four| four == b"\r\n\r\n").map_or(message.len(), |at| at + 4)
    };
    end as u64
}
