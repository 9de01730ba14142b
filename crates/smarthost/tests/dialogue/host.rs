//! A smart host that does what a test says, connection by connection.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

pub(crate) struct Host {
    pub(crate) address: SocketAddr,
    seen: Seen,
    task: JoinHandle<()>,
}

/// What the host was told: command lines, then the data, of all connections in order.
#[derive(Clone, Default)]
pub(crate) struct Seen(Arc<Mutex<Vec<String>>>);

trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// The host's end of one connection.
pub(crate) struct Peer {
    clear: Option<TcpStream>,
    secret: Option<Box<dyn Io>>,
    read: Vec<u8>,
    seen: Seen,
}

/// Lets a test say when a host goes on, and wait until it has.
#[derive(Clone)]
pub(crate) struct Cue(Arc<(Semaphore, Semaphore)>);

impl Cue {
    pub(crate) fn new() -> Self {
        Self(Arc::new((Semaphore::new(0), Semaphore::new(0))))
    }

    /// The test's side: the host goes on, and what it said has arrived.
    pub(crate) async fn give(&self) {
        self.0.0.add_permits(1);
        self.0.1.acquire().await.unwrap().forget();
        // What was written to a loopback socket can be read a moment later only, and nothing tells when.
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    /// The host's side.
    pub(crate) async fn awaited(&self) {
        self.0.0.acquire().await.unwrap().forget();
    }

    /// The host's side.
    pub(crate) fn done(&self) {
        self.0.1.add_permits(1);
    }
}

impl Host {
    /// Runs the script for each connection in turn; the number counts them from 0.
    pub(crate) async fn start<F, R>(script: F) -> Self
    where
        F: Fn(Peer, usize) -> R + Send + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Seen::default();
        let log = seen.clone();
        let task = tokio::spawn(async move {
            for number in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                script(Peer { clear: Some(stream), secret: None, read: Vec::new(), seen: log.clone() }, number).await;
            }
        });
        Self { address, seen, task }
    }

    /// Ends the host; fails when its script failed. What it was told so far.
    pub(crate) async fn seen(self) -> Vec<String> {
        // Whatever was written to it is read before it is asked: the scripts end with the connection.
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        if !self.task.is_finished() {
            self.task.abort();
        }
        match self.task.await {
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            _ => self.seen.0.lock().unwrap().clone(),
        }
    }
}

impl Peer {
    fn io(&mut self) -> &mut dyn Io {
        match (&mut self.clear, &mut self.secret) {
            (Some(stream), _) => stream,
            (None, Some(stream)) => stream.as_mut(),
            (None, None) => panic!("no connection"),
        }
    }

    /// Writes octets as they are, in one segment or TLS record.
    pub(crate) async fn say(&mut self, octets: impl AsRef<[u8]>) {
        // The courier may be gone already.
        let _written = self.io().write_all(octets.as_ref()).await.is_ok();
        let _flushed = self.io().flush().await.is_ok();
    }

    /// One octet at a time.
    pub(crate) async fn drip(&mut self, octets: &[u8], pause: Duration) {
        for octet in octets {
            self.say([*octet]).await;
            tokio::time::sleep(pause).await;
        }
    }

    async fn more(&mut self) -> bool {
        let mut piece = [0; 4096];
        let count = self.io().read(&mut piece).await.unwrap_or(0);
        self.read.extend_from_slice(&piece[..count]);
        count > 0
    }

    /// The next line, without CRLF; empty when the courier is gone.
    pub(crate) async fn line(&mut self) -> String {
        loop {
            if let Some(end) = self.read.windows(2).position(|pair| pair == b"\r\n") {
                let line: Vec<u8> = self.read.drain(..end + 2).collect();
                let line = String::from_utf8_lossy(&line[..end]).into_owned();
                self.seen.0.lock().unwrap().push(line.clone());
                return line;
            }
            if !self.more().await {
                return String::new();
            }
        }
    }

    /// Everything that is still to come, as it is, until the courier is gone.
    pub(crate) async fn rest(&mut self) -> Vec<u8> {
        while self.more().await {}
        std::mem::take(&mut self.read)
    }

    /// Reads a line that must begin so, and answers it.
    pub(crate) async fn answer(&mut self, command: &str, reply: impl AsRef<[u8]>) {
        let line = self.line().await;
        assert!(line.starts_with(command), "the courier said {line:?}, not {command:?}");
        self.say(reply).await;
    }

    /// Greeting and EHLO.
    pub(crate) async fn greet(&mut self, ehlo: &str) {
        self.say("220 host.example ESMTP\r\n").await;
        self.answer("EHLO relay.example", ehlo).await;
    }

    /// Greeting, EHLO, MAIL, one RCPT and DATA.
    pub(crate) async fn up_to_data(&mut self) {
        self.greet(PLAIN_EHLO).await;
        self.answer("MAIL FROM:<a@x.example>", "250 2.1.0 ok\r\n").await;
        self.answer("RCPT TO:<b@y.example>", "250 2.1.5 ok\r\n").await;
        self.answer("DATA", "354 go\r\n").await;
    }

    /// The data, dot included; `None` when the courier went away without it.
    pub(crate) async fn body(&mut self) -> Option<Vec<u8>> {
        loop {
            let end = if self.read.starts_with(b".\r\n") {
                Some(3)
            } else {
                self.read.windows(5).position(|five| five == b"\r\n.\r\n").map(|at| at + 5)
            };
            if let Some(end) = end {
                return Some(self.read.drain(..end).collect());
            }
            if !self.more().await {
                return None;
            }
        }
    }

    /// So many octets as they are; `None` when the courier went away before.
    pub(crate) async fn octets(&mut self, count: usize) -> Option<Vec<u8>> {
        while self.read.len() < count {
            if !self.more().await {
                return None;
            }
        }
        Some(self.read.drain(..count).collect())
    }

    /// TLS as the server, or the failure of it.
    pub(crate) async fn tls(&mut self) -> bool {
        let stream = self.clear.take().unwrap();
        match acceptor().accept(stream).await {
            Ok(stream) => {
                self.secret = Some(Box::new(stream));
                true
            }
            Err(_refused) => false,
        }
    }

    /// Reads lines until the courier goes away.
    pub(crate) async fn hold(&mut self) {
        while !self.line().await.is_empty() {}
    }
}

fn acceptor() -> TlsAcceptor {
    let key = rcgen::KeyPair::generate().unwrap();
    let params = rcgen::CertificateParams::new(vec!["host.example".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

pub(crate) const PLAIN_EHLO: &str = "250-host.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 1000000\r\n";
pub(crate) const TLS_EHLO: &str = "250-host.example\r\n250-STARTTLS\r\n250-AUTH PLAIN LOGIN\r\n250 SIZE 1000000\r\n";
