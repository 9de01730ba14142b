//! Message data in wire form (RFC 5321 §4.1.1.4, §4.5.2).

#[cfg(test)]
mod tests;

use crate::content::Content;
use crate::{BodyChunk, BodyForm, DataViolation};

/// Walks through the data of a message as it arrives, without copying it.
///
/// It finds the true end (`CRLF.CRLF`, and the dot at once for an empty message), checks that only CRLF ends lines, and
/// counts octets and `Received` fields. What it hands out is still in wire form: stuffed dots stay, so that it can be
/// written to another DATA as it is.
#[derive(Debug)]
pub struct DataScanner {
    line_start: bool,
    content: Content,
    violation: Option<DataViolation>,
    dots: Vec<usize>,
}

/// What a scan found.
#[derive(Debug)]
pub struct DataStep<'b> {
    /// Octets to drop from the front of the buffer; what is left must be shown again with more behind it.
    pub consumed: usize,
    /// Data to pass on; may be empty.
    pub chunk: BodyChunk<'b>,
    /// The end of the data was read.
    pub end: bool,
    /// Octets of the message so far, CRLFs counted and stuffed dots not (RFC 1870 §5).
    pub size: u64,
    /// Octets of the header so far, the empty line behind it included.
    pub header: u64,
    /// `Received` fields so far (RFC 5321 §6.3).
    pub hops: u32,
    /// The first offence against the line rule, if there was one.
    pub violation: Option<DataViolation>,
}

impl Default for DataScanner {
    fn default() -> Self {
        Self { line_start: true, content: Content::default(), violation: None, dots: Vec::new() }
    }
}

impl DataScanner {
    /// Looks at everything that was received and not consumed yet.
    pub fn scan<'b>(&'b mut self, buffer: &'b [u8]) -> DataStep<'b> {
        self.dots.clear();
        let mut at = 0;
        let mut end = false;
        while let Some(rest) = buffer.get(at..).filter(|r| !r.is_empty()) {
            if self.line_start && rest.first() == Some(&b'.') {
                match rest {
                    [_] | [_, b'\r'] => break,
                    [_, b'\r', b'\n', ..] => {
                        end = true;
                        break;
                    }
                    _ => {
                        self.dots.push(at);
                        self.line_start = false;
                        at += 1;
                        continue;
                    }
                }
            }
            self.line_start = false;
            match self.segment(rest) {
                Some(0) => break,
                Some(taken) => at += taken,
                None => {
                    self.content.text(rest);
                    at += rest.len();
                }
            }
        }
        let octets = buffer.get(..at).unwrap_or_default();
        let consumed = if end { at + 3 } else { at };
        DataStep {
            consumed,
            chunk: BodyChunk { octets, dots: &self.dots, form: BodyForm::Stuffed },
            end,
            size: self.content.size,
            header: self.content.header,
            hops: self.content.hops,
            violation: self.violation,
        }
    }

    /// Takes the text up to the next CR, LF or NUL and that octet with it. `Some(0)`: a CR whose LF is still to come;
    /// `None`: no such octet.
    fn segment(&mut self, rest: &[u8]) -> Option<usize> {
        let special = memchr::memchr3(b'\r', b'\n', 0, rest)?;
        let (text, tail) = rest.split_at(special);
        self.content.text(text);
        let violation = match tail {
            [b'\r'] => return Some(special),
            [b'\r', b'\n', ..] => {
                self.content.line_end();
                self.line_start = true;
                return Some(special + 2);
            }
            [b'\r', ..] => DataViolation::BareCr,
            [b'\n', ..] => DataViolation::BareLf,
            _ => DataViolation::Nul,
        };
        self.violation.get_or_insert(violation);
        self.content.text(tail.get(..1).unwrap_or_default());
        Some(special + 1)
    }

    /// Octets so far, CRLFs counted and stuffed dots not (RFC 1870 §5).
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.content.size
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

    /// The first offence against the line rule, if there was one.
    #[must_use]
    pub const fn violation(&self) -> Option<DataViolation> {
        self.violation
    }
}
