//! The connection to a smart host, in clear or under TLS.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll};

use mail_send::SmtpClient;
use postroad_tls::TlsStream;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
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
    pub(crate) const fn is_tls(&self) -> bool {
        matches!(self, Self::Tls(_))
    }

    /// Looks whether anything can be read, without waiting for it.
    ///
    /// The socket itself is asked, for the runtime learns of arrivals later than the kernel.
    pub(crate) fn unread(&mut self) -> Unread {
        match self {
            Self::Plain(client) => unread_in_clear(&client.stream),
            Self::Tls(client) => unread_under_tls(&mut client.stream),
        }
    }
}

fn unread_in_clear(tcp: &TcpStream) -> Unread {
    let mut byte = [MaybeUninit::uninit(); 1];
    match SockRef::from(tcp).peek(&mut byte) {
        Ok(1..) => Unread::Octets,
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Unread::Nothing,
        Ok(0) | Err(_) => Unread::Closed,
    }
}

/// Records that are looked through before a peer is taken to be talking: a few session tickets are usual.
const RECORD_READS: usize = 16;

/// What lies in the socket may be a session ticket and no octet of the dialogue, so it is run through TLS; and what TLS
/// has decrypted already may lie behind the reply that was read last, in no socket any more.
fn unread_under_tls(stream: &mut TlsStream<TcpStream>) -> Unread {
    let (tcp, session) = stream.get_mut();
    let socket = SockRef::from(&*tcp);
    for _ in 0..RECORD_READS {
        match session.process_new_packets() {
            Ok(state) if state.plaintext_bytes_to_read() > 0 => return Unread::Octets,
            Ok(state) if !state.peer_has_closed() => {}
            Ok(_) | Err(_) => return Unread::Closed,
        }
        let mut octets: &socket2::Socket = &socket;
        match session.read_tls(&mut octets) {
            Ok(1..) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Unread::Nothing,
            Ok(0) | Err(_) => return Unread::Closed,
        }
    }
    Unread::Octets
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
