//! The `traceparent` field of a message (W3C Trace Context, version 00), found while the header block passes by.

use postroad_mail_types::{SpanId, TraceContext, TraceId};

/// Looks for the topmost `traceparent` field in the header block of a message, in whichever form and runs it arrives.
///
/// Only the topmost counts, and it counts only if it is well formed and not folded: whoever relays a message may put a
/// field of its own above, and nothing below it is believed instead.
#[derive(Debug, Default)]
pub struct TraceparentScanner {
    /// Octets of the header block so far.
    octets: usize,
    /// The beginning of the line that is being read.
    line: Vec<u8>,
    /// It is longer than what is kept of it.
    cut: bool,
    found: FoundContext,
    ended: bool,
}

/// What the header block says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FoundContext {
    /// No such field so far.
    #[default]
    Nothing,
    /// A field that cannot be used.
    Malformed,
    /// The context.
    Context(TraceContext),
}

const NAME: &[u8] = b"traceparent:";
/// What is kept of a line: a field with some white space.
const KEPT: usize = 128;

impl TraceparentScanner {
    /// Octets after which a header block is not looked through any further.
    pub const CAP: usize = 64 * 1024;

    /// Takes the next octets of the message. True once nothing more can be found: the header block has ended, is longer
    /// than [`Self::CAP`], or the field was there.
    pub fn scan(&mut self, octets: &[u8]) -> bool {
        let mut rest = octets;
        while !self.ended && !rest.is_empty() {
            let (text, tail, whole) = match memchr::memchr(b'\n', rest).and_then(|at| rest.split_at_checked(at + 1)) {
                Some((text, tail)) => (text, tail, true),
                None => (rest, &[][..], false),
            };
            self.octets += text.len();
            self.keep(text);
            if whole && (self.cut || self.line.ends_with(b"\r\n")) {
                self.line_end();
            }
            self.ended |= self.octets > Self::CAP;
            rest = tail;
        }
        self.ended
    }

    /// What was found so far. Until [`Self::scan`] says that it is over, or the message is at its end, a field may turn
    /// out to be folded.
    #[must_use]
    pub const fn found(&self) -> FoundContext {
        self.found
    }

    /// True once nothing more can be found.
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        self.ended
    }

    fn keep(&mut self, text: &[u8]) {
        let room = KEPT.saturating_sub(self.line.len());
        let (kept, cut) = text.split_at_checked(room).unwrap_or((text, &[]));
        self.line.extend_from_slice(kept);
        self.cut |= !cut.is_empty();
    }

    fn line_end(&mut self) {
        let line = self.line.strip_suffix(b"\r\n").unwrap_or(&self.line);
        let folded = matches!(line.first(), Some(b' ' | b'\t'));
        if self.found != FoundContext::Nothing {
            // The line behind the field: more of its value, or the next field.
            if folded {
                self.found = FoundContext::Malformed;
            }
            self.ended = true;
        } else if line.is_empty() {
            self.ended = true;
        } else if let Some((name, value)) = line.split_at_checked(NAME.len())
            && name.eq_ignore_ascii_case(NAME)
        {
            let context = if self.cut { None } else { parse(value.trim_ascii()) };
            self.found = context.map_or(FoundContext::Malformed, FoundContext::Context);
        }
        self.line.clear();
        self.cut = false;
    }
}

/// `00-<32 hex>-<16 hex>-<2 hex>`, lower case, no id all zero.
fn parse(value: &[u8]) -> Option<TraceContext> {
    let mut parts = value.split(|octet| *octet == b'-');
    let mut part = || parts.next();
    if part()? != b"00" {
        return None;
    }
    let trace_id = TraceId::from_bytes(hex(part()?)?)?;
    let span_id = SpanId::from_bytes(hex(part()?)?)?;
    let [flags] = hex(part()?)?;
    part().is_none().then_some(TraceContext { trace_id, span_id, flags })
}

/// Exactly `N` octets in lower-case hex digits.
fn hex<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    let mut octets = [0; N];
    let mut pairs = digits.chunks_exact(2);
    for (octet, pair) in octets.iter_mut().zip(pairs.by_ref()) {
        *octet = pair.iter().try_fold(0, |value: u8, digit| Some(value << 4 | nibble(*digit)?))?;
    }
    (digits.len() == 2 * N).then_some(octets)
}

const fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03";

    /// What is found, whole and octet by octet.
    fn found(message: &str) -> FoundContext {
        let mut whole = TraceparentScanner::default();
        whole.scan(message.as_bytes());
        let mut split = TraceparentScanner::default();
        for octet in message.as_bytes().chunks(1) {
            split.scan(octet);
        }
        assert_eq!((whole.found(), whole.has_ended()), (split.found(), split.has_ended()), "{message:?}");
        whole.found()
    }

    #[test]
    fn the_topmost_field_counts_wherever_it_stands_in_the_header() {
        for message in [
            format!("traceparent: {GOOD}\r\n\r\n"),
            format!("Subject: x\r\n folded: y\r\nTraceParent:{GOOD}\t\r\nTo: b\r\n\r\nbody"),
            format!("traceparent: {GOOD}\r\ntraceparent: 00-x\r\n\r\n"),
        ] {
            let FoundContext::Context(context) = found(&message) else { panic!("{message:?}") };
            let shown = format!("00-{}-{}-{:02x}", context.trace_id, context.span_id, context.flags);
            assert_eq!(shown, GOOD);
        }
        assert_eq!(found(&format!("traceparent: 00-x\r\ntraceparent: {GOOD}\r\n\r\n")), FoundContext::Malformed);
    }

    #[test]
    fn what_is_no_field_of_the_header_is_not_found() {
        for message in [
            format!("Subject: x\r\n\r\ntraceparent: {GOOD}\r\n"),
            format!("\r\ntraceparent: {GOOD}\r\n"),
            format!("Subject: x\r\n traceparent: {GOOD}\r\n\r\n"),
            format!("X-traceparent: {GOOD}\r\n\r\n"),
            format!("Subject: x\ntraceparent: {GOOD}\r\n\r\n"),
            format!("traceparent : {GOOD}\r\n\r\n"),
        ] {
            assert_eq!(found(&message), FoundContext::Nothing, "{message:?}");
        }
    }

    #[test]
    fn malformed_values_are_refused() {
        for value in [
            "",
            "00-1-2-01",
            "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-03",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03-",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-3",
            "00-00000000000000000000000000000000-b7ad6b7169203331-03",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-03",
            "00-+af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03",
            "0-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
            "00-0af7651916cd43dd8448eb211c80319c\r\n -b7ad6b7169203331-03",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03\r\n\t",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03 x",
        ] {
            assert_eq!(found(&format!("traceparent: {value}\r\nTo: b\r\n\r\n")), FoundContext::Malformed, "{value:?}");
        }
        let padded = format!("traceparent: {}{GOOD}\r\n\r\n", " ".repeat(200));
        assert_eq!(found(&padded), FoundContext::Malformed);
    }

    #[test]
    fn th13_a_header_without_end_is_looked_through_up_to_the_cap() {
        let mut scanner = TraceparentScanner::default();
        let long = vec![b'x'; 1024];
        let taken = (0..1000).find(|_| scanner.scan(&long)).unwrap();
        assert_eq!(taken, TraceparentScanner::CAP / 1024);
        assert!(scanner.line.capacity() <= 2 * KEPT);
        scanner.scan(format!("\r\ntraceparent: {GOOD}\r\n\r\n").as_bytes());
        assert_eq!(scanner.found(), FoundContext::Nothing);
    }
}
