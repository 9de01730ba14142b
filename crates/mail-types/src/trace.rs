//! Trace ids as plain bytes (W3C Trace Context §3.2.2).

use std::fmt;

/// 16 octets, not all zero: the id that a whole journey of a message shares.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TraceId([u8; 16]);

/// 8 octets, not all zero: the id of one span.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SpanId([u8; 8]);

/// Where a span hangs: the trace, the parent span, and whether the sender recorded it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceContext {
    /// The trace.
    pub trace_id: TraceId,
    /// The parent span.
    pub span_id: SpanId,
    /// Trace flags; bit 0 is "sampled".
    pub flags: u8,
}

macro_rules! id {
    ($name:ident, $len:literal) => {
        impl $name {
            /// Makes an id of random octets. All zero is no id and becomes 1.
            #[must_use]
            pub const fn from_random(mut bytes: [u8; $len]) -> Self {
                let mut at = 0;
                let mut zero = true;
                while at < $len {
                    #[allow(clippy::indexing_slicing, reason = "const loop below the array's length")]
                    if bytes[at] != 0 {
                        zero = false;
                    }
                    at += 1;
                }
                if zero {
                    #[allow(clippy::indexing_slicing, reason = "the array is not empty")]
                    {
                        bytes[$len - 1] = 1;
                    }
                }
                Self(bytes)
            }

            /// Makes an id of these octets; `None` when all are zero.
            #[must_use]
            pub fn from_bytes(bytes: [u8; $len]) -> Option<Self> {
                bytes.iter().any(|octet| *octet != 0).then_some(Self(bytes))
            }

            /// The octets.
            #[must_use]
            pub const fn to_bytes(self) -> [u8; $len] {
                self.0
            }
        }

        /// Lower-case hex digits.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    };
}

id!(TraceId, 16);
id!(SpanId, 8);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_print_as_hex_and_are_never_zero() {
        assert_eq!(SpanId::from_random([0; 8]).to_string(), "0000000000000001");
        assert_eq!(TraceId::from_random([0xab; 16]).to_string(), "ab".repeat(16));
    }
}
