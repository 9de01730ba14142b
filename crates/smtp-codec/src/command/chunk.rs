//! BDAT (RFC 3030 §2).

use super::{Command, CommandError};

/// Largest chunk; a counter of the peer or of the next hop may be signed.
const LARGEST: u64 = i64::MAX as u64;

pub(super) fn parse(argument: &str) -> Result<Command, CommandError> {
    let (digits, rest) = argument.split_once(' ').unwrap_or((argument, ""));
    let last = match rest {
        "" => false,
        word if word.eq_ignore_ascii_case("LAST") => true,
        _ => return Err(CommandError::ChunkSize),
    };
    let size = Some(digits)
        .filter(|d| (1..=20).contains(&d.len()) && d.bytes().all(|b| b.is_ascii_digit()))
        .and_then(|d| d.parse().ok())
        .filter(|size| *size <= LARGEST)
        .ok_or(CommandError::ChunkSize)?;
    Ok(Command::Bdat { size, last })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e3a_sizes_stay_below_two_to_the_63() {
        for (line, size, last) in [
            ("BDAT 0 LAST", 0, true),
            ("bdat 12 last", 12, true),
            ("BDAT 86401", 86_401, false),
            ("BDAT 9223372036854775807", LARGEST, false),
        ] {
            assert_eq!(Command::parse(line.as_bytes()), Ok(Command::Bdat { size, last }), "{line}");
        }
        for line in [
            "BDAT",
            "BDAT LAST",
            "BDAT -1",
            "BDAT +1",
            "BDAT 1 FIRST",
            "BDAT 1 LAST x",
            "BDAT  1",
            "BDAT 1  LAST",
            "BDAT 0x1",
            "BDAT 9223372036854775808",
            "BDAT 18446744073709551615",
            "BDAT 18446744073709551617",
            "BDAT 99999999999999999999999",
        ] {
            assert_eq!(Command::parse(line.as_bytes()), Err(CommandError::ChunkSize), "{line}");
        }
    }
}
