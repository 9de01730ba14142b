//! TLS handshakes with clients.

use std::time::Duration;

use postroad_tls::{ServerTls, ServerTlsFacts, ServerTlsStream, describe_server};
use tokio::net::TcpStream;

/// Lets a client go through its handshake.
///
/// # Errors
/// What went wrong, in words for the log.
pub(crate) async fn accept(
    tls: &ServerTls,
    stream: TcpStream,
    within: Duration,
) -> Result<(Box<ServerTlsStream<TcpStream>>, ServerTlsFacts), String> {
    match tokio::time::timeout(within, Box::pin(tls.accept(stream))).await {
        Ok(Ok(stream)) => {
            let facts = describe_server(stream.get_ref().1);
            Ok((Box::new(stream), facts))
        }
        Ok(Err(error)) => Err(error.to_string()),
        Err(_elapsed) => Err(format!("the handshake was not done within {within:?}")),
    }
}
