/// The ways in which an input arrives: whole, octet by octet, and in pieces that its own octets decide, so that a seed
/// stays readable and a finding stays what it was.
pub(crate) fn cuts(input: &[u8]) -> [Vec<&[u8]>; 3] {
    [vec![input], input.chunks(1).collect(), uneven(input)]
}

/// Pieces of 0 to 9 octets.
fn uneven(input: &[u8]) -> Vec<&[u8]> {
    // FNV-1a, then xorshift: any spread will do.
    let mut state = input
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, octet| (hash ^ u64::from(*octet)).wrapping_mul(0x0100_0000_01b3))
        | 1;
    let mut rest = input;
    let mut pieces = Vec::new();
    while !rest.is_empty() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let (piece, more) = rest.split_at(usize::try_from(state % 10).unwrap().min(rest.len()));
        pieces.push(piece);
        rest = more;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_octet_is_lost() {
        let input: Vec<u8> = (0..=255).collect();
        for pieces in cuts(&input) {
            assert_eq!(pieces.concat(), input);
        }
        assert!(uneven(&input).len() > 20);
    }
}
