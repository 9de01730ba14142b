//! The octets between DATA and the final dot.

use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _};

use super::patiently;

/// Octets taken at a time.
const PIECE: u64 = 64 << 10;

/// What DATA brought.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Data {
    /// The message, dots undone.
    Whole(Vec<u8>),
    /// More than the limit; read to its end and dropped.
    TooLarge,
}

/// Reads up to the end of data, which is CRLF "." CRLF and nothing else (RFC 5321 §4.1.1.4). A line starts after CRLF
/// only, so a bare LF neither ends the data nor lets a dot be undone.
///
/// # Errors
/// When the peer goes away or is silent too long.
pub(super) async fn read(peer: &mut (impl AsyncBufRead + Unpin), limit: usize) -> std::io::Result<Data> {
    let mut message = Vec::new();
    let mut too_large = false;
    let mut piece = Vec::new();
    let mut line_start = true;
    let mut ended_in_cr = false;
    loop {
        piece.clear();
        let mut bounded = (&mut *peer).take(PIECE);
        if patiently(bounded.read_until(b'\n', &mut piece)).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line_start && piece == b".\r\n" {
            return Ok(if too_large { Data::TooLarge } else { Data::Whole(message) });
        }
        let body = match piece.strip_prefix(b".") {
            Some(rest) if line_start => rest,
            _ => piece.as_slice(),
        };
        too_large |= message.len() + body.len() > limit;
        if too_large {
            message = Vec::new();
        } else {
            message.extend_from_slice(body);
        }
        line_start = piece.ends_with(b"\r\n") || (ended_in_cr && piece == b"\n");
        ended_in_cr = piece.ends_with(b"\r");
    }
}
