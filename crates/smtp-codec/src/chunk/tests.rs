//! Chunks cut in every way.

use proptest::prelude::*;

use super::*;

#[derive(Debug, PartialEq, Eq)]
struct Seen {
    octets: Vec<u8>,
    dots: Vec<usize>,
    size: u64,
    header: u64,
    hops: u32,
    ends_line: bool,
    violation: Option<DataViolation>,
}

/// Shows the message in chunks of these sizes, each read `step` octets at a time with others behind it.
fn feed(message: &[u8], chunks: &[usize], step: usize, binary: bool) -> Seen {
    let mut scanner = ChunkScanner::new(binary);
    let (mut octets, mut dots, mut from) = (Vec::new(), Vec::new(), 0);
    let ends = chunks.iter().map(|size| Some(*size)).chain([None]);
    for size in ends {
        let end = size.map_or(message.len(), |size| message.len().min(from + size));
        let (chunk, last) = (&message[from..end], size.is_none());
        scanner.begin(chunk.len() as u64, last);
        let stream = [chunk, b"QUIT\r\n"].concat();
        let (mut at, mut shown) = (0, 0);
        loop {
            shown = stream.len().min(shown + step);
            let found = scanner.scan(&stream[at..shown]);
            dots.extend(found.chunk.dots.iter().map(|dot| octets.len() + dot));
            octets.extend_from_slice(found.chunk.octets);
            at += found.consumed;
            if found.end_of_chunk {
                assert_eq!((at, found.end), (chunk.len(), last));
                break;
            }
            assert!(shown < stream.len(), "the chunk does not end");
        }
        assert_eq!(scanner.left(), 0);
        from = end;
    }
    let (size, header, hops) = (scanner.size(), scanner.header(), scanner.hops());
    Seen { octets, dots, size, header, hops, ends_line: scanner.ends_line(), violation: scanner.violation() }
}

#[test]
fn s11_a_crlf_may_lie_across_chunks() {
    let message = b"a\r\n.b\r\n";
    for cut in 0..=message.len() {
        for step in [1, 2, 100] {
            let seen = feed(message, &[cut], step, false);
            assert_eq!((seen.violation, seen.ends_line, seen.dots), (None, true, vec![3]), "cut at {cut}");
        }
    }
}

#[test]
fn e3d_the_line_rule_holds_across_chunks_but_not_in_a_binary_message() {
    for (message, violation) in [
        (&b"a\rb\r\n"[..], DataViolation::BareCr),
        (b"a\nb\r\n", DataViolation::BareLf),
        (b"\na", DataViolation::BareLf),
        (b"a\0b\r\n", DataViolation::Nul),
        (b"a\r\r\n", DataViolation::BareCr),
        (b"a\r", DataViolation::BareCr),
        (b"a\r\n\r", DataViolation::BareCr),
    ] {
        for cut in 0..=message.len() {
            for step in [1, 100] {
                let seen = feed(message, &[cut], step, false);
                assert_eq!(seen.violation, Some(violation), "{message:?} cut at {cut}");
                assert_eq!(feed(message, &[cut], step, true).violation, None, "{message:?} as binary");
                assert_eq!((seen.octets.as_slice(), seen.size), (message, message.len() as u64));
            }
        }
    }
}

#[test]
fn a_cr_is_held_back_until_it_is_known_what_it_is() {
    let mut scanner = ChunkScanner::new(false);
    scanner.begin(4, true);
    let step = scanner.scan(b"a\r");
    assert_eq!((step.consumed, step.chunk.octets), (1, &b"a"[..]));
    let step = scanner.scan(b"\rb");
    assert_eq!(step.violation, Some(DataViolation::BareCr));
}

#[test]
fn e3a_an_empty_last_chunk_ends_the_message() {
    let mut scanner = ChunkScanner::new(false);
    scanner.begin(3, false);
    assert!(!scanner.scan(b"a\r\nBDAT 0 LAST\r\n").end);
    scanner.begin(0, true);
    let step = scanner.scan(b"QUIT\r\n");
    assert!(step.end && step.end_of_chunk && step.consumed == 0 && step.chunk.is_empty());
    assert!(scanner.ends_line());
    let mut scanner = ChunkScanner::new(false);
    scanner.begin(2, true);
    assert!(scanner.scan(b"ab").end);
    assert!(!scanner.ends_line(), "DATA needs a CRLF behind it");
}

#[test]
fn e3c_nothing_behind_a_chunk_is_touched() {
    let mut scanner = ChunkScanner::new(false);
    scanner.begin(4, false);
    let step = scanner.scan(b"a\r\n.MAIL FROM:<x@y.example>\r\n");
    assert_eq!((step.consumed, step.chunk.octets, step.chunk.dots), (4, &b"a\r\n."[..], &[3][..]));
}

#[test]
fn t04_hops_and_the_header_are_counted_across_chunks() {
    let message = b"Received: a\r\nreceived:b\r\nX: y\r\n\r\nReceived: body\r\n";
    for cut in 0..=message.len() {
        let seen = feed(message, &[cut], 3, false);
        assert_eq!((seen.hops, seen.header), (2, 33), "cut at {cut}");
    }
}

#[test]
fn th09_a_chunk_of_any_size_needs_no_memory() {
    let mut scanner = ChunkScanner::new(false);
    scanner.begin(i64::MAX as u64, true);
    let block = [b'x'; 4096];
    for _ in 0..1000 {
        let step = scanner.scan(&block);
        assert_eq!((step.consumed, step.chunk.octets.as_ptr()), (4096, block.as_ptr()));
    }
    assert_eq!(scanner.left(), i64::MAX as u64 - 4_096_000);
    let mut scanner = ChunkScanner::new(false);
    for _ in 0..1_000_000 {
        scanner.begin(1, false);
        assert!(scanner.scan(b".").end_of_chunk);
    }
    assert_eq!((scanner.size(), scanner.dots.capacity() < 64), (1_000_000, true));
}

proptest! {
    #[test]
    fn the_outcome_does_not_depend_on_how_the_message_is_cut(
        message in proptest::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), Just(b'.'), Just(b'a'), Just(0)], 0..40),
        chunks in proptest::collection::vec(0_usize..10, 0..8),
        step in 1_usize..12,
        binary: bool,
    ) {
        prop_assert_eq!(feed(&message, &chunks, step, binary), feed(&message, &[], usize::MAX / 2, binary));
    }

    #[test]
    fn e4a_every_octet_survives_in_a_binary_message(
        message in proptest::collection::vec(any::<u8>(), 0..60),
        chunks in proptest::collection::vec(0_usize..10, 0..8),
    ) {
        let seen = feed(&message, &chunks, 5, true);
        prop_assert_eq!(seen.violation, None);
        prop_assert_eq!(seen.octets, message);
    }
}
