//! Data cut in every way.

use proptest::prelude::*;

use super::*;

struct Seen {
    wire: Vec<u8>,
    end: bool,
    left: Vec<u8>,
    size: u64,
    hops: u32,
    violation: Option<DataViolation>,
}

/// Feeds the pieces one after the other.
fn feed<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Seen {
    let mut scanner = DataScanner::default();
    let (mut wire, mut buffer, mut end) = (Vec::new(), Vec::new(), false);
    for piece in pieces {
        buffer.extend_from_slice(piece);
        if end {
            continue;
        }
        let step = scanner.scan(&buffer);
        for &dot in step.chunk.dots {
            assert_eq!(step.chunk.octets[dot], b'.');
        }
        wire.extend_from_slice(step.chunk.octets);
        end = step.end;
        let consumed = step.consumed;
        buffer.drain(..consumed);
    }
    Seen { wire, end, left: buffer, size: scanner.size(), hops: scanner.hops(), violation: scanner.violation() }
}

fn bytes(input: &[u8]) -> Seen {
    feed(input.chunks(1))
}

#[test]
fn s12_the_end_is_a_dot_alone_and_nothing_else() {
    for input in [&b"a\r\n.\r\nQUIT\r\n"[..], b"a\r\n..\r\n.b\r\n.\r\nQUIT\r\n"] {
        for seen in [feed([input]), bytes(input)] {
            assert!(seen.end);
            assert_eq!(seen.left, b"QUIT\r\n");
            assert!(seen.wire.ends_with(b"\r\n"));
            assert_eq!(seen.violation, None);
        }
    }
}

#[test]
fn s12_a_dot_at_once_is_an_empty_message() {
    let seen = bytes(b".\r\n");
    assert!(seen.end && seen.wire.is_empty() && seen.size == 0);
}

#[test]
fn th01_no_other_sequence_ends_the_data() {
    for payload in [
        &b"a\n.\r\n"[..],
        b"a\r\n.\n",
        b"a\n.\n",
        b"a\r.\r",
        b"a\r\n.\r",
        b"a\r.\r\n",
        b"a\r\n\0.\r\n",
        b"a\r\n.\0\r\n",
        b"a\r\n.\r\r\n",
        b"a\n\n.\r\n",
        b"a\r\n\r.\r\n",
    ] {
        let seen = bytes(payload);
        assert!(!seen.end, "{payload:?} ended the data");
        let mut whole = payload.to_vec();
        whole.extend_from_slice(b"x\r\n.\r\n");
        let seen = bytes(&whole);
        assert!(seen.end, "{payload:?} hid the true end");
        assert!(seen.violation.is_some(), "{payload:?} passed the line rule");
    }
}

#[test]
fn t04_received_fields_are_counted_in_the_header_only() {
    let seen = bytes(
        b"Received: a\r\nRECEIVED:b\r\n received: c\r\nReceivedX: d\r\nX: Received: e\r\n\r\nReceived: f\r\n.\r\n",
    );
    assert_eq!(seen.hops, 2);
}

#[test]
fn the_header_is_counted_with_the_empty_line_behind_it() {
    let mut scanner = DataScanner::default();
    assert_eq!(scanner.scan(b"A: b\r\n..c: d\r\n\r\nbody\r\n").header, 6 + 7 + 2);
    assert_eq!(scanner.scan(b"more\r\n").header, 15);
    let mut scanner = DataScanner::default();
    assert_eq!(scanner.scan(&[b'x'; 5000]).header, 5000, "a header line without an end counts as it comes");
}

#[test]
fn l4_a_line_of_any_length_passes_unchanged() {
    for length in [998, 999, 5000, 100_000] {
        let wire = [vec![b'x'; length], b"\r\n.\r\n".to_vec()].concat();
        let seen = feed(wire.chunks(4096));
        assert!(seen.end && seen.violation.is_none());
        assert_eq!(seen.wire.len(), length + 2);
    }
}

#[test]
fn e1b_sizes_count_crlf_and_not_stuffed_dots() {
    assert_eq!(bytes(b"..a\r\n.\r\n").size, 4);
}

proptest! {
    #[test]
    fn the_outcome_does_not_depend_on_how_the_input_is_cut(
        input in proptest::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), Just(b'.'), Just(b'a'), Just(0)], 0..60),
        cuts in proptest::collection::vec(0_usize..60, 0..8),
    ) {
        let mut cuts: Vec<_> = cuts.into_iter().filter(|c| *c < input.len()).collect();
        cuts.sort_unstable();
        let mut pieces = Vec::new();
        let mut from = 0;
        for cut in cuts {
            pieces.push(&input[from..cut]);
            from = cut;
        }
        pieces.push(&input[from..]);
        let whole = feed([&input[..]]);
        let cut = feed(pieces);
        prop_assert_eq!(whole.wire, cut.wire);
        prop_assert_eq!(whole.end, cut.end);
        prop_assert_eq!(whole.left, cut.left);
        prop_assert_eq!(whole.size, cut.size);
        prop_assert_eq!(whole.violation, cut.violation);
    }

    #[test]
    fn a_stuffed_message_comes_through_whole(lines in proptest::collection::vec("[.a-z]{0,6}", 0..12), step in 1_usize..7) {
        let mut wire = Vec::new();
        let mut plain = 0;
        for line in &lines {
            if line.starts_with('.') {
                wire.push(b'.');
            }
            wire.extend_from_slice(line.as_bytes());
            wire.extend_from_slice(b"\r\n");
            plain += line.len() as u64 + 2;
        }
        let body = wire.clone();
        wire.extend_from_slice(b".\r\n");
        let seen = feed(wire.chunks(step));
        prop_assert!(seen.end);
        prop_assert_eq!(seen.wire, body);
        prop_assert_eq!(seen.size, plain);
        prop_assert_eq!(seen.violation, None);
    }
}
