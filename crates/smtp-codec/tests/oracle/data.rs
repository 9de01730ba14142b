//! Message data.

use postroad_smtp_codec::{BodyForm, ChunkScanner, DataScanner};
use proptest::prelude::*;
use smtp_proto::request::receiver::{BdatReceiver, DataReceiver};

fn octets() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => Just(&b"\r\n"[..]), 3 => Just(&b"."[..]), 3 => Just(&b"a"[..]), 1 => Just(&b"\r"[..]), 1 => Just(&b"\n"[..]), 1 => Just(&b"\0"[..]),
    ];
    proptest::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

fn pieces<'w>(wire: &'w [u8], cuts: &[prop::sample::Index]) -> Vec<&'w [u8]> {
    let mut places: Vec<_> = cuts.iter().map(|cut| cut.index(wire.len())).chain([0, wire.len()]).collect();
    places.sort_unstable();
    places.windows(2).map(|pair| &wire[pair[0]..pair[1]]).collect()
}

/// The message without its stuffing, and what is left behind its end. `None`: no end.
fn our_data(pieces: &[&[u8]]) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut scanner = DataScanner::default();
    let (mut message, mut buffer) = (Vec::new(), Vec::new());
    for (at, piece) in pieces.iter().enumerate() {
        buffer.extend_from_slice(piece);
        let step = scanner.scan(&buffer);
        step.chunk.pieces(BodyForm::Plain).for_each(|piece| message.extend_from_slice(piece));
        let (consumed, end) = (step.consumed, step.end);
        buffer.drain(..consumed);
        if end {
            pieces[at + 1..].iter().for_each(|piece| buffer.extend_from_slice(piece));
            return Some((message, buffer));
        }
    }
    None
}

fn their_data(pieces: &[&[u8]]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (mut receiver, mut message) = (DataReceiver::new(), Vec::new());
    for (at, piece) in pieces.iter().enumerate() {
        let mut octets = piece.iter();
        if receiver.ingest(&mut octets, &mut message) {
            return Some((message, [octets.as_slice(), &pieces[at + 1..].concat()].concat()));
        }
    }
    None
}

/// The differences of TR1 and TR2: RFC 5321 §4.5.2 makes a dot at the start of the data a dot at the start of a line, and
/// §4.1.1.4 lets nothing but CRLF dot CRLF end the data.
fn differs(wire: &[u8]) -> bool {
    wire.starts_with(b".") || memchr::memmem::find(wire, b"\r\n.\r\r").is_some()
}

proptest! {
    #![proptest_config(crate::cases(5_000))]

    #[test]
    fn data_means_the_same_to_both_but_for_the_listed_differences(
        body in octets(),
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let wire = [&body, &b"\r\n.\r\nQUIT\r\n"[..]].concat();
        let pieces = pieces(&wire, &cuts);
        let ours = our_data(&pieces);
        prop_assert!(ours.is_some(), "no end");
        prop_assert!(ours == their_data(&pieces) || differs(&wire), "{:?}", ours);
    }

    #[test]
    fn chunks_mean_the_same_to_both(
        body in octets(),
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let wire = [&body, &b"QUIT\r\n"[..]].concat();
        let mut ours = ChunkScanner::new(true);
        let mut theirs = BdatReceiver::new(body.len(), true);
        ours.begin(body.len() as u64, true);
        let (mut buffer, mut our_octets, mut their_octets) = (Vec::new(), Vec::new(), Vec::new());
        let (mut our_end, mut their_end) = (false, false);
        for piece in pieces(&wire, &cuts) {
            buffer.extend_from_slice(piece);
            if !our_end {
                let step = ours.scan(&buffer);
                our_octets.extend_from_slice(step.chunk.octets);
                our_end = step.end;
                let consumed = step.consumed;
                buffer.drain(..consumed);
            }
            their_end = their_end || theirs.ingest(&mut piece.iter(), &mut their_octets);
        }
        prop_assert_eq!((our_end, &buffer[..]), (their_end, &b"QUIT\r\n"[..]));
        prop_assert_eq!(our_octets, their_octets);
    }
}

#[test]
fn th01_the_listed_differences_of_data_are_some() {
    for wire in [&b".\r\nQUIT\r\n"[..], b"..a\r\n.\r\n", b"a\r\n.\r\r\nMAIL FROM:<x@y.example>\r\n.\r\n"] {
        assert!(differs(wire));
        assert_ne!(our_data(&[wire]), their_data(&[wire]), "{wire:?} is none any more");
    }
}
