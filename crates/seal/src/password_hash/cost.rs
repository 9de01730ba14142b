//! What one check of a password takes.

/// Memory and time of argon2id, within bounds that a server can bear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PasswordCost {
    pub(super) memory: u32,
    pub(super) passes: u32,
    pub(super) lanes: u32,
}

/// Why a cost is out of bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordCostError {
    /// Too little or too much memory.
    #[error("m, the memory, should be 8 KiB for each lane at least and {} KiB at most", PasswordCost::MAX_MEMORY)]
    Memory,
    /// Too few or too many passes.
    #[error("t, the passes, should be 1 to {}", PasswordCost::MAX_PASSES)]
    Passes,
    /// Too few or too many lanes.
    #[error("p, the lanes, should be 1 to {}", PasswordCost::MAX_LANES)]
    Lanes,
    /// Too much work in all.
    #[error("m times t, the work, should be {} KiB at most", PasswordCost::MAX_WORK)]
    Work,
}

impl PasswordCost {
    /// What new hashes take: 19 MiB, two passes, one lane, the first choice of OWASP's password storage sheet.
    pub const RECOMMENDED: Self = Self { memory: 19 * 1024, passes: 2, lanes: 1 };
    /// Most memory of one check, in KiB: 64 MiB, the second choice of RFC 9106 §4.
    pub const MAX_MEMORY: u32 = 64 * 1024;
    /// Most passes over the memory.
    pub const MAX_PASSES: u32 = 64;
    /// Most lanes. They are computed one after the other here, so they win nothing.
    pub const MAX_LANES: u32 = 16;
    /// Most KiB written in all passes together: three passes over the most memory, some tenths of a second.
    pub const MAX_WORK: u32 = 3 * Self::MAX_MEMORY;

    /// Memory in KiB, passes over it, and lanes.
    ///
    /// # Errors
    /// Names the first number that is out of bounds.
    pub fn new(memory: u32, passes: u32, lanes: u32) -> Result<Self, PasswordCostError> {
        if !(1..=Self::MAX_LANES).contains(&lanes) {
            return Err(PasswordCostError::Lanes);
        }
        if !(1..=Self::MAX_PASSES).contains(&passes) {
            return Err(PasswordCostError::Passes);
        }
        if !(8 * lanes..=Self::MAX_MEMORY).contains(&memory) {
            return Err(PasswordCostError::Memory);
        }
        if memory * passes > Self::MAX_WORK {
            return Err(PasswordCostError::Work);
        }
        Ok(Self { memory, passes, lanes })
    }

    /// Memory that one check takes while it runs, in octets.
    #[must_use]
    pub fn octets(self) -> u64 {
        u64::from(self.memory) * 1024
    }
}
