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
