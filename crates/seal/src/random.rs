//! Randomness.

/// Bytes nobody can guess: keys, nonces, salts, epochs and ids.
///
/// # Panics
/// Never in practice: the library ends the process itself when the system has no randomness to give.
#[must_use]
#[expect(
    clippy::expect_used,
    reason = "the library aborts before it returns an error, and going on without randomness would be worse"
)]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).expect("the system's source of randomness");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_draws_differ() {
        assert_ne!(random_bytes::<16>(), random_bytes::<16>());
        assert_eq!(random_bytes::<0>(), [0_u8; 0]);
    }
}
