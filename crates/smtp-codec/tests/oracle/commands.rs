//! Command lines.

use proptest::prelude::*;

use crate::differences::{Difference, Side, list};
use crate::lines::line;
use crate::seen::{Seen, ours, theirs};

/// What both make of one line, in pieces.
fn both(line: &[u8], cuts: &[prop::sample::Index]) -> (Option<Seen>, Option<Seen>) {
    let wire = [line, b"\r\n"].concat();
    let mut places: Vec<_> = cuts.iter().map(|cut| cut.index(wire.len())).chain([0, wire.len()]).collect();
    places.sort_unstable();
    let pieces: Vec<_> = places.windows(2).map(|pair| &wire[pair[0]..pair[1]]).collect();
    let (mut ours, mut theirs) = (ours(pieces.iter().copied()), theirs(pieces));
    assert_eq!(ours.len(), 1, "{wire:?} is one line");
    let theirs = if theirs.len() == 1 { theirs.remove(0) } else { Some(Seen::out_of_step()) };
    (ours.remove(0), theirs)
}

const fn side(ours: Option<&Seen>, theirs: Option<&Seen>) -> Side {
    match (ours, theirs) {
        (Some(_), Some(_)) => Side::Both,
        (Some(_), None) => Side::We,
        _ => Side::They,
    }
}

fn explains(difference: &Difference, side: Side, line: &[u8]) -> bool {
    difference.side == side && (difference.holds)(&String::from_utf8_lossy(line))
}

proptest! {
    #![proptest_config(crate::cases(20_000))]

    #[test]
    fn lines_mean_the_same_to_both_but_for_the_listed_differences(
        line in line(),
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..4),
    ) {
        let (ours, theirs) = both(&line, &cuts);
        if ours != theirs {
            let side = side(ours.as_ref(), theirs.as_ref());
            prop_assert!(
                list().any(|difference| explains(difference, side, &line)),
                "{:?}\nours: {ours:?}\ntheirs: {theirs:?}", String::from_utf8_lossy(&line)
            );
        }
    }
}

#[test]
fn every_listed_difference_is_one() {
    for difference in list() {
        assert!(
            difference.rule.contains('§') || difference.rule.contains("README"),
            "{} names no section",
            difference.name
        );
        for example in difference.examples {
            let (ours, theirs) = both(example.as_bytes(), &[]);
            assert_ne!(ours, theirs, "{}: {example:?} is none any more", difference.name);
            assert_eq!(side(ours.as_ref(), theirs.as_ref()), difference.side, "{}: {example:?}", difference.name);
            assert!((difference.holds)(example), "{} does not hold for {example:?}", difference.name);
        }
    }
}

#[test]
fn s11_line_ends_that_only_they_take() {
    for (wire, expected) in [(&b"NOOP\nRSET\r\n"[..], 1), (b"RSET\r\r\n", 1), (b"RS\rET\r\n", 1), (b"RSET\0\r\n", 1)] {
        assert_eq!(ours([wire]), [None], "{wire:?}");
        assert!(theirs([wire]).len() >= expected, "{wire:?}");
    }
    assert_eq!(theirs([&b"NOOP\nRSET\r\n"[..]]).len(), 2, "one line to us, two to them");
}
