//! The header that a proxy puts in front of its client's octets (PROXY protocol, versions 1 and 2).

use std::io;

use postroad_smtp_codec::{ProxyHeader, ProxyScan};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

/// Reads the header, and not one octet more: what follows may be a TLS handshake.
///
/// # Errors
/// Those of the socket; a connection that ends early; `InvalidData`, with what is wrong, for anything but a header.
pub(crate) async fn read_header(stream: &mut TcpStream) -> io::Result<ProxyHeader> {
    let mut header = Vec::new();
    let mut seen = [0; 256];
    loop {
        let count = stream.peek(&mut seen).await?;
        if count == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the connection ended inside the PROXY header"));
        }
        let before = header.len();
        header.extend_from_slice(seen.get(..count).unwrap_or_default());
        let (found, of_it) = match ProxyHeader::scan(&header) {
            ProxyScan::NeedMore => (None, count),
            ProxyScan::Header(found) => (Some(found), found.consumed.saturating_sub(before)),
            ProxyScan::Malformed(why) => return Err(io::Error::new(io::ErrorKind::InvalidData, why.to_string())),
        };
        // All that was seen of an unfinished header belongs to it.
        stream.read_exact(seen.get_mut(..of_it).unwrap_or_default()).await?;
        if let Some(found) = found {
            return Ok(found);
        }
    }
}
