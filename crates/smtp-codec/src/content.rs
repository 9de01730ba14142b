//! What is counted of a message while it streams.

/// Lines, octets and `Received` fields of a message so far. Shared by both forms of data.
#[derive(Clone, Debug)]
pub(crate) struct Content {
    line_empty: bool,
    in_header: bool,
    /// How many octets of `received:` the current header line has matched; `None` once it differs.
    field: Option<usize>,
    /// Octets, CRLFs counted and stuffing dots not (RFC 1870 §5).
    pub(crate) size: u64,
    /// Octets of the header so far, the empty line behind it included.
    pub(crate) header: u64,
    /// `Received` fields so far (RFC 5321 §6.3).
    pub(crate) hops: u32,
}

const RECEIVED: &[u8] = b"received:";

impl Default for Content {
    fn default() -> Self {
        Self { line_empty: true, in_header: true, field: Some(0), size: 0, header: 0, hops: 0 }
    }
}

impl Content {
    /// Text of a line, without its end.
    pub(crate) fn text(&mut self, text: &[u8]) {
        if text.is_empty() {
            return;
        }
        self.line_empty = false;
        self.count(text.len() as u64);
        if !self.in_header {
            return;
        }
        if let Some(matched) = self.field {
            let wanted = RECEIVED.get(matched..).unwrap_or_default();
            let compared = wanted.len().min(text.len());
            let same = text
                .get(..compared)
                .is_some_and(|t| t.eq_ignore_ascii_case(wanted.get(..compared).unwrap_or_default()));
            self.field = match (same, matched + compared == RECEIVED.len()) {
                (true, true) => {
                    self.hops += 1;
                    None
                }
                (true, false) => Some(matched + compared),
                (false, _) => None,
            };
        }
    }

    /// A CRLF.
    pub(crate) const fn line_end(&mut self) {
        self.count(2);
        if self.line_empty {
            self.in_header = false;
        }
        self.line_empty = true;
        self.field = Some(0);
    }

    const fn count(&mut self, octets: u64) {
        self.size += octets;
        if self.in_header {
            self.header += octets;
        }
    }
}
