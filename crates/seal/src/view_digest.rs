//! The digest of a view.

use std::fmt;

/// The sum modulo 2^256 of the record hashes of a view; the empty view has zero.
///
/// Adding and removing a record costs the same whatever the view holds. It finds divergence and nothing else: whoever
/// chooses records can make two sums meet, so it is never what is signed.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct ViewDigest([u64; 4]);

impl ViewDigest {
    /// The digest of the empty view.
    pub const EMPTY: Self = Self([0; 4]);

    /// Counts a record in, by its [`record_hash`](crate::record_hash).
    pub fn add(&mut self, record_hash: &[u8; 32]) {
        let mut carry = false;
        for (limb, other) in self.0.iter_mut().zip(limbs(record_hash)) {
            let (sum, first) = limb.overflowing_add(other);
            let (sum, second) = sum.overflowing_add(u64::from(carry));
            *limb = sum;
            carry = first || second;
        }
    }

    /// Counts a record out again.
    pub fn remove(&mut self, record_hash: &[u8; 32]) {
        let mut borrow = false;
        for (limb, other) in self.0.iter_mut().zip(limbs(record_hash)) {
            let (rest, first) = limb.overflowing_sub(other);
            let (rest, second) = rest.overflowing_sub(u64::from(borrow));
            *limb = rest;
            borrow = first || second;
        }
    }

    /// As it travels: 32 octets, big endian.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (to, limb) in bytes.rchunks_exact_mut(8).zip(self.0) {
            to.copy_from_slice(&limb.to_be_bytes());
        }
        bytes
    }

    /// Reads what [`to_bytes`](Self::to_bytes) made.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(limbs(bytes))
    }
}

impl fmt::Debug for ViewDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ViewDigest({self})")
    }
}

impl fmt::Display for ViewDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Four limbs, the least significant first, of a big-endian number.
fn limbs(bytes: &[u8; 32]) -> [u64; 4] {
    let mut limbs = [0; 4];
    for (limb, from) in limbs.iter_mut().zip(bytes.rchunks_exact(8)) {
        *limb = from.iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte));
    }
    limbs
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    #[test]
    fn it_counts_modulo_two_to_the_256() {
        let mut one = [0; 32];
        one[31] = 1;
        let mut digest = ViewDigest::EMPTY;
        digest.remove(&one);
        assert_eq!(digest.to_bytes(), [0xff; 32]);
        digest.add(&one);
        assert_eq!(digest, ViewDigest::EMPTY);

        // A carry through every limb: (2^256 - 1) + (2^256 - 1) = 2^256 - 2.
        digest.add(&[0xff; 32]);
        digest.add(&[0xff; 32]);
        let mut expected = [0xff; 32];
        expected[31] = 0xfe;
        assert_eq!(digest.to_bytes(), expected);
    }

    proptest! {
        #[test]
        fn order_does_not_count_and_removing_undoes(
            hashes in proptest::collection::vec(any::<[u8; 32]>(), 0..20),
            gone in any::<[u8; 32]>(),
        ) {
            let mut forward = ViewDigest::EMPTY;
            hashes.iter().for_each(|hash| forward.add(hash));
            let mut backward = ViewDigest::EMPTY;
            backward.add(&gone);
            hashes.iter().rev().for_each(|hash| backward.add(hash));
            backward.remove(&gone);
            prop_assert_eq!(forward, backward);
            prop_assert_eq!(ViewDigest::from_bytes(&forward.to_bytes()), forward);
        }
    }
}
