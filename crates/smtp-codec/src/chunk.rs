//! Message data in the chunks of BDAT (RFC 3030 §2).

#[cfg(test)]
mod tests;

use crate::content::Content;
use crate::{BodyChunk, BodyForm, DataViolation};

/// Walks through the chunks of one message as they arrive, without copying them.
///
/// It knows how many octets of the chunk are left, checks across chunks that only CRLF ends lines (not in a binary
/// message, RFC 3030 §3), counts octets and `Received` fields, and finds the places where DATA needs a dot.
#[derive(Debug)]
pub struct ChunkScanner {
    binary: bool,
    left: u64,
    last: bool,
    /// The octet before was a CR; its LF may come, in the next chunk too.
    after_cr: bool,
    line_start: bool,
    content: Content,
    violation: Option<DataViolation>,
    dots: Vec<usize>,
}

/// What a scan found.
#[derive(Debug)]
pub struct ChunkStep<'b> {
    /// Octets to drop from the front of the buffer; what is left belongs to the chunk only if it did not end.
    pub consumed: usize,
    /// Data to pass on; may be empty.
    pub chunk: BodyChunk<'b>,
    /// The chunk was read whole.
    pub end_of_chunk: bool,
    /// The chunk was the last one, so the message was read whole.
    pub end: bool,
    /// Octets of the message so far.
    pub size: u64,
    /// Octets of its header so far.
    pub header: u64,
    /// `Received` fields so far (RFC 5321 §6.3).
    pub hops: u32,
    /// The first offence against the line rule, if there was one.
    pub violation: Option<DataViolation>,
}

impl ChunkScanner {
    /// A scanner for one message. `binary`: it was declared BINARYMIME.
    #[must_use]
    pub fn new(binary: bool) -> Self {
        Self {
            binary,
            left: 0,
            last: false,
            after_cr: false,
            line_start: true,
            content: Content::default(),
            violation: None,
            dots: Vec::new(),
        }
    }

    /// A BDAT was accepted: its chunk comes next, even if it is empty.
    pub const fn begin(&mut self, size: u64, last: bool) {
        self.left = size;
        self.last = last;
    }

    /// Looks at everything that was received and not consumed yet. Once the chunk has ended, the rest of the buffer
    /// belongs to the next command.
    pub fn scan<'b>(&'b mut self, buffer: &'b [u8]) -> ChunkStep<'b> {
        self.dots.clear();
        let room = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let octets = match buffer.get(..room).unwrap_or_default() {
            // It is passed on when it is known what it is; only at the end of a chunk it cannot wait.
            [octets @ .., b'\r'] if room as u64 != self.left => octets,
            octets => octets,
        };
        let mut at = 0;
        while let Some(rest) = octets.get(at..).filter(|rest| !rest.is_empty()) {
            at += self.segment(rest, at);
        }
        self.left -= octets.len() as u64;
        let end_of_chunk = self.left == 0;
        let end = end_of_chunk && self.last;
        if end && std::mem::take(&mut self.after_cr) {
            self.odd(b"\r", DataViolation::BareCr);
        }
        ChunkStep {
            consumed: octets.len(),
            chunk: BodyChunk { octets, dots: &self.dots, form: BodyForm::Plain },
            end_of_chunk,
            end,
            size: self.content.size + u64::from(self.after_cr),
            header: self.content.header,
            hops: self.content.hops,
            violation: self.violation,
        }
    }

    /// Takes the text up to the next CR, LF or NUL and that octet with it, or all there is. `at`: where it stands.
    fn segment(&mut self, rest: &[u8], at: usize) -> usize {
        if std::mem::take(&mut self.after_cr) {
            if rest.first() == Some(&b'\n') {
                self.content.line_end();
                self.line_start = true;
                return 1;
            }
            self.odd(b"\r", DataViolation::BareCr);
        }
        if std::mem::take(&mut self.line_start) && rest.first() == Some(&b'.') {
            self.dots.push(at);
        }
        let special = if self.binary { memchr::memchr(b'\r', rest) } else { memchr::memchr3(b'\r', b'\n', 0, rest) };
        let Some(special) = special else {
            self.content.text(rest);
            return rest.len();
        };
        let (text, tail) = rest.split_at(special);
        self.content.text(text);
        match tail.first() {
            Some(b'\r') => self.after_cr = true,
            Some(b'\n') => self.odd(b"\n", DataViolation::BareLf),
            _ => self.odd(b"\0", DataViolation::Nul),
        }
        special + 1
    }

    /// An octet that lines must not hold; a binary message has no lines.
    fn odd(&mut self, octet: &[u8], violation: DataViolation) {
        if !self.binary {
            self.violation.get_or_insert(violation);
        }
        self.content.text(octet);
    }

    /// Octets of the chunk that are still to come.
    #[must_use]
    pub const fn left(&self) -> u64 {
        self.left
    }

    /// Octets of the message so far.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.content.size + self.after_cr as u64
    }

    /// Octets of the header so far, the empty line behind it included.
    #[must_use]
    pub const fn header(&self) -> u64 {
        self.content.header
    }

    /// `Received` fields so far (RFC 5321 §6.3).
    #[must_use]
    pub const fn hops(&self) -> u32 {
        self.content.hops
    }

    /// True when the message so far is empty or ends with CRLF: what DATA must end with (RFC 5321 §4.1.1.4).
    #[must_use]
    pub const fn ends_line(&self) -> bool {
        self.line_start
    }

    /// The first offence against the line rule, if there was one.
    #[must_use]
    pub const fn violation(&self) -> Option<DataViolation> {
        self.violation
    }
}
