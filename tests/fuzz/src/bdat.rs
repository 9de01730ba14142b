use postroad_smtp_codec::{
    Body, BodyChunk, BodyForm, ChunkScanner, Command, DataScanner, DataViolation, Line, LineScanner,
};

use crate::cuts::cuts;
use crate::data::{first_violation, header, hops};

/// Chunks of BDAT: the message is what stands in the chunks however they are cut, its size, hops and first offence are
/// those of a naive reading, and the form for DATA carries the same message to its end and no further.
///
/// The input is what a client sends: MAIL lines begin a message, BDAT lines are followed by their chunk, the rest is
/// passed over.
pub fn bdat(input: &[u8]) {
    let whole = scanned(&[input]);
    for pieces in cuts(input) {
        assert_eq!(scanned(&pieces), whole, "the outcome depends on the cut");
    }
    assert_eq!(
        whole.iter().map(|message| &message.octets).collect::<Vec<_>>(),
        naive(input).iter().collect::<Vec<_>>()
    );
    whole.iter().for_each(Message::check);
}

/// A message whose last chunk was read.
#[derive(Debug, PartialEq, Eq)]
struct Message {
    binary: bool,
    octets: Vec<u8>,
    /// As it is written to a host without CHUNKING, without its end.
    stuffed: Vec<u8>,
    ends_line: bool,
    size: u64,
    header: u64,
    hops: u32,
    violation: Option<DataViolation>,
}

impl Message {
    fn check(&self) {
        assert_eq!(self.size, self.octets.len() as u64, "the size of {:?}", self.octets.escape_ascii().to_string());
        if self.binary {
            assert_eq!(self.violation, None, "lines mean nothing in a binary message");
            return;
        }
        assert_eq!(self.violation, first_violation(&self.octets));
        if self.violation.is_some() {
            return;
        }
        assert_eq!((self.header, self.hops), (header(&self.octets), hops(&self.octets)), "the header");
        assert_eq!(self.ends_line, self.octets.is_empty() || self.octets.ends_with(b"\r\n"));
        let mut wire = self.stuffed.clone();
        let mut expected = self.octets.clone();
        if !self.ends_line {
            wire.extend_from_slice(b"\r\n");
            expected.extend_from_slice(b"\r\n");
        }
        wire.extend_from_slice(b".\r\nQUIT\r\n");
        let mut scanner = DataScanner::default();
        let step = scanner.scan(&wire);
        assert!(step.end && step.consumed == wire.len() - 6, "another end: {:?}", wire.escape_ascii().to_string());
        assert_eq!(crate::data::unstuffed(&step.chunk), expected, "the form for DATA is another message");
    }
}

/// The messages of a dialogue, as the scanners find them.
fn scanned(pieces: &[&[u8]]) -> Vec<Message> {
    let mut server = Server { lines: LineScanner::new(2048), chunk: None, binary: false, messages: Vec::new() };
    let mut buffer = Vec::new();
    let mut message = (Vec::new(), Vec::new());
    for piece in pieces {
        buffer.extend_from_slice(piece);
        while let Some(consumed) = server.step(&buffer, &mut message) {
            buffer.drain(..consumed);
        }
    }
    server.messages
}

struct Server {
    lines: LineScanner,
    /// The scanner of the message, and whether a chunk is being read.
    chunk: Option<(ChunkScanner, bool)>,
    binary: bool,
    messages: Vec<Message>,
}

impl Server {
    /// Octets that are done with; `None` when more is needed.
    fn step(&mut self, buffer: &[u8], message: &mut (Vec<u8>, Vec<u8>)) -> Option<usize> {
        let Some((scanner, reading @ true)) = &mut self.chunk else {
            let scan = self.lines.scan(buffer);
            if let Some(Line::Text(line)) = scan.line {
                let line = line.to_vec();
                self.line(&line, message);
                return Some(scan.consumed);
            }
            return (scan.consumed > 0).then_some(scan.consumed);
        };
        let left = scanner.left();
        let step = scanner.scan(buffer);
        assert!(step.consumed as u64 <= left, "more than the chunk was taken");
        message.0.extend_from_slice(step.chunk.octets);
        stuff(&step.chunk, &mut message.1);
        let (consumed, end_of_chunk, end) = (step.consumed, step.end_of_chunk, step.end);
        if end_of_chunk {
            *reading = false;
        }
        assert_eq!(scanner.size(), message.0.len() as u64, "octets so far");
        if end {
            let (octets, stuffed) = std::mem::take(message);
            let (size, header, hops) = (scanner.size(), scanner.header(), scanner.hops());
            let (violation, ends_line, binary) = (scanner.violation(), scanner.ends_line(), self.binary);
            self.messages.push(Message { binary, octets, stuffed, ends_line, size, header, hops, violation });
            self.chunk = None;
        }
        (consumed > 0 || end_of_chunk).then_some(consumed)
    }

    fn line(&mut self, line: &[u8], message: &mut (Vec<u8>, Vec<u8>)) {
        match Command::parse(line) {
            Ok(Command::Mail(_, parameters)) => {
                self.binary = parameters.body == Some(Body::BinaryMime);
                self.chunk = None;
                *message = (Vec::new(), Vec::new());
            }
            Ok(Command::Bdat { size, last }) => {
                let (mut scanner, _) = self.chunk.take().unwrap_or_else(|| (ChunkScanner::new(self.binary), false));
                scanner.begin(size, last);
                self.chunk = Some((scanner, true));
            }
            _ => {}
        }
    }
}

/// Writes a chunk as DATA has it.
fn stuff(chunk: &BodyChunk<'_>, out: &mut Vec<u8>) {
    assert_eq!(chunk.form, BodyForm::Plain);
    let mut from = 0;
    for &dot in chunk.dots {
        out.extend_from_slice(&chunk.octets[from..dot]);
        out.push(b'.');
        from = dot;
    }
    out.extend_from_slice(&chunk.octets[from..]);
}

/// The messages of a dialogue, read in one go (RFC 3030 §2).
fn naive(mut input: &[u8]) -> Vec<Vec<u8>> {
    let (mut messages, mut message) = (Vec::new(), Vec::new());
    while let Some(end) = input.windows(2).position(|two| two == b"\r\n") {
        let line = &input[..end];
        input = &input[end + 2..];
        if line.len() + 2 > 2048 || line.iter().any(|octet| matches!(octet, b'\r' | b'\n' | 0)) {
            continue;
        }
        match Command::parse(line) {
            Ok(Command::Mail(..)) => message.clear(),
            Ok(Command::Bdat { size, last }) => {
                let Some(size) = usize::try_from(size).ok().filter(|size| *size <= input.len()) else { break };
                message.extend_from_slice(&input[..size]);
                input = &input[size..];
                if last {
                    messages.push(std::mem::take(&mut message));
                }
            }
            _ => {}
        }
    }
    messages
}
