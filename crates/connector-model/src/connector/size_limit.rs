//! How large a message may be.

use std::num::NonZeroU64;

use crate::limits;

/// Largest message in bytes, whole KB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizeLimit {
    /// No limit.
    Unlimited,
    /// At most so many bytes; equal is allowed.
    Bytes(NonZeroU64),
}

/// A size above the largest that a field can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The largest value is 2147483647.")]
pub struct InvalidSize;

impl SizeLimit {
    /// The limit where none is written: 36700160 bytes (35 MB).
    const DEFAULT: u64 = 35 * 1024 * 1024;

    /// Reads the field: absent means 35 MB, 0 means unlimited; anything else is rounded up to whole KB, but not above
    /// 2147483647, so that what is stored can be written again.
    ///
    /// # Errors
    /// Above 2147483647.
    pub fn from_field(bytes: Option<u64>) -> Result<Self, InvalidSize> {
        let bytes = bytes.unwrap_or(Self::DEFAULT);
        if bytes > limits::NUMBER {
            return Err(InvalidSize);
        }
        let rounded = bytes.next_multiple_of(1024).min(limits::NUMBER);
        Ok(NonZeroU64::new(rounded).map_or(Self::Unlimited, Self::Bytes))
    }

    /// True when a message of so many bytes may pass.
    #[must_use]
    pub fn allows(self, bytes: u64) -> bool {
        self.bytes().is_none_or(|limit| bytes <= limit)
    }

    /// The limit in bytes; `None`: unlimited.
    #[must_use]
    pub const fn bytes(self) -> Option<u64> {
        match self {
            Self::Unlimited => None,
            Self::Bytes(limit) => Some(limit.get()),
        }
    }
}
