//! The connection to a smart host, in clear or under TLS.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use mail_send::SmtpClient;
use postroad_tls::TlsStream;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// mail-send's client over either kind of stream.
pub(crate) enum Stream {
    Plain(SmtpClient<TcpStream>),
    Tls(Box<SmtpClient<TlsStream<TcpStream>>>),
}

/// What lies unread in a connection.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// Nothing: the peer has said no more than was asked.
    Nothing,
    /// Octets that nobody asked for.
    Octets,
    /// The end of the stream, or an error.
    Closed,
}

impl Stream {
    fn tcp(&self) -> &TcpStream {
        match self {
            Self::Plain(client) => &client.stream,
            Self::Tls(client) => client.stream.get_ref().0,
        }
    }

    /// Looks whether anything can be read, without waiting for it.
    ///
    /// The socket itself is asked, for the runtime learns of arrivals later than the kernel. Under TLS what lies there may
    /// be a session ticket and no octet of the dialogue, so it is run through TLS first.
    pub(crate) async fn unread(&mut self) -> Unread {
        let mut byte = [MaybeUninit::uninit(); 1];
        match socket2::SockRef::from(self.tcp()).peek(&mut byte) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Unread::Nothing,
            Err(_) | Ok(0) => return Unread::Closed,
            Ok(_) => {}
        }
        let Self::Tls(client) = self else { return Unread::Octets };
        let mut byte = [0; 1];
        match tokio::time::timeout(Duration::from_millis(5), client.stream.read(&mut byte)).await {
            Err(_elapsed) => Unread::Nothing,
            Ok(Ok(1..)) => Unread::Octets,
            Ok(_) => Unread::Closed,
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(client) => Pin::new(&mut client.stream).poll_read(cx, buf),
            Self::Tls(client) => Pin::new(&mut client.stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(client) => Pin::new(&mut client.stream).poll_write(cx, buf),
            Self::Tls(client) => Pin::new(&mut client.stream).poll_write(cx, buf),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(client) => Pin::new(&mut client.stream).poll_flush(cx),
            Self::Tls(client) => Pin::new(&mut client.stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(client) => Pin::new(&mut client.stream).poll_shutdown(cx),
            Self::Tls(client) => Pin::new(&mut client.stream).poll_shutdown(cx),
        }
    }
}
