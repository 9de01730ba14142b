//! Command lines.

/// Finds command lines in what a client sent.
///
/// A line that is too long is read to its CRLF and reported once, so that the dialogue stays in step (RFC 5321
/// §4.5.3.1.9).
#[derive(Debug)]
pub struct LineScanner {
    limit: usize,
    skipping: bool,
}

/// A command line, without its CRLF.
#[derive(Debug, PartialEq, Eq)]
pub enum Line<'b> {
    /// A line of nothing but octets that may stand in a command.
    Text(&'b [u8]),
    /// It holds a bare CR, a bare LF or a NUL (RFC 5321 §2.3.8).
    Malformed,
    /// It was longer than the limit, and is gone.
    TooLong,
}

/// What a scan found, and how many octets of the buffer are done with.
#[derive(Debug, PartialEq, Eq)]
pub struct Scan<'b> {
    /// Octets to drop from the front of the buffer.
    pub consumed: usize,
    /// A whole line; `None`: read more.
    pub line: Option<Line<'b>>,
}

impl LineScanner {
    /// A scanner for lines of at most `limit` octets, CRLF included.
    #[must_use]
    pub const fn new(limit: usize) -> Self {
        Self { limit, skipping: false }
    }

    /// From now on lines of at most `limit` octets, CRLF included: an AUTH exchange has longer ones (RFC 4954 §4). A line
    /// that is being skipped is still reported as too long.
    pub const fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
    }

    /// True while the rest of a line that is too long is awaited.
    #[must_use]
    pub const fn is_skipping(&self) -> bool {
        self.skipping
    }

    /// Looks at everything that was received and not consumed yet.
    pub fn scan<'b>(&mut self, buffer: &'b [u8]) -> Scan<'b> {
        match memchr::memmem::find(buffer, b"\r\n") {
            Some(end) => {
                let consumed = end + 2;
                let long = std::mem::take(&mut self.skipping) || consumed > self.limit;
                let text = buffer.get(..end).unwrap_or_default();
                let line = if long {
                    Line::TooLong
                } else if memchr::memchr3(b'\r', b'\n', 0, text).is_some() {
                    Line::Malformed
                } else {
                    Line::Text(text)
                };
                Scan { consumed, line: Some(line) }
            }
            None if self.skipping || buffer.len() >= self.limit => {
                // A CR at the end may be the first half of the CRLF that is waited for.
                self.skipping = true;
                let keep = usize::from(buffer.last() == Some(&b'\r'));
                Scan { consumed: buffer.len() - keep, line: None }
            }
            None => Scan { consumed: 0, line: None },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds the input in two pieces, cut at every place, and returns the lines seen.
    fn lines(input: &[u8], limit: usize, cut: usize) -> Vec<String> {
        let mut scanner = LineScanner::new(limit);
        let mut seen = Vec::new();
        let mut buffer = Vec::new();
        for piece in [&input[..cut], &input[cut..]] {
            buffer.extend_from_slice(piece);
            loop {
                let scan = scanner.scan(&buffer);
                let (consumed, more) = (scan.consumed, scan.line.is_some());
                if let Some(line) = scan.line {
                    seen.push(match line {
                        Line::Text(text) => String::from_utf8(text.to_vec()).unwrap(),
                        other => format!("{other:?}"),
                    });
                }
                buffer.drain(..consumed);
                if !more {
                    break;
                }
            }
        }
        seen
    }

    #[test]
    fn s11_only_crlf_ends_a_line_wherever_the_input_is_cut() {
        let input = b"NOOP\nRSET\r\nEHLO a\rb\r\nQUIT\0\r\nNOOP\r\n";
        for cut in 0..input.len() {
            assert_eq!(lines(input, 512, cut), ["Malformed", "Malformed", "Malformed", "NOOP"], "cut at {cut}");
        }
    }

    #[test]
    fn l3_a_line_too_long_is_told_once_and_the_next_one_is_in_step() {
        let mut input = vec![b'x'; 5000];
        input.extend_from_slice(b"\r\nNOOP\r\n");
        for cut in [0, 100, 511, 512, 513, 4999, 5000, 5001, 5002, 5003] {
            assert_eq!(lines(&input, 512, cut), ["TooLong", "NOOP"], "cut at {cut}");
        }
    }

    #[test]
    fn l2b_another_limit_counts_from_the_next_scan_on() {
        let mut scanner = LineScanner::new(512);
        let long = [vec![b'x'; 12_286], b"\r\n".to_vec()].concat();
        scanner.set_limit(12_288);
        assert_eq!(scanner.scan(&long).line, Some(Line::Text(&long[..12_286])));
        scanner.set_limit(512);
        assert_eq!(scanner.scan(&long).line, Some(Line::TooLong));
    }

    #[test]
    fn l1_a_line_of_512_octets_is_taken() {
        let mut input = vec![b'x'; 510];
        input.extend_from_slice(b"\r\n");
        assert_eq!(lines(&input, 512, 0)[0].len(), 510);
        input.insert(0, b'x');
        assert_eq!(lines(&input, 512, 0), ["TooLong"]);
    }
}
