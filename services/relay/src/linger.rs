//! Closing so that the last reply arrives.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::wire::Wire;

/// How long a client may take to close its own side, and how much it may say meanwhile.
const PATIENCE: Duration = Duration::from_secs(1);
const OCTETS: usize = 256 * 1024;

/// Ends our side, then reads what the client still sends until it closes too. If octets were left unread, the system
/// would reset the connection, and a reply on its way would be lost with it (RFC 1122 §4.2.2.13).
pub(crate) async fn close(wire: &mut Wire) {
    let closing = async {
        if wire.shutdown().await.is_err() {
            return;
        }
        let mut rest = [0; 4096];
        let mut left = OCTETS;
        while left > 0 {
            match wire.read(&mut rest).await {
                Ok(0) | Err(_) => return,
                Ok(count) => left = left.saturating_sub(count),
            }
        }
    };
    // Whoever does not close in time is left to the system.
    let _closed = tokio::time::timeout(PATIENCE, closing).await.is_ok();
}
