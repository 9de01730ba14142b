use std::fs;
use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::client::Resumption;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion};
use socket2::{Domain, Socket, Type};

use crate::Mode;

/// How long any answer is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// A client that says exactly what it is told to say, in clear or under TLS.
#[derive(Debug)]
pub struct Talker {
    stream: Option<Stream>,
    buffer: Vec<u8>,
}

#[derive(Debug)]
enum Stream {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Talker {
    /// Connects; reads nothing yet.
    ///
    /// # Errors
    /// Those of the socket.
    pub fn connect(to: SocketAddr) -> io::Result<Self> {
        Self::over(TcpStream::connect_timeout(&to, PATIENCE)?)
    }

    /// Connects from this address.
    ///
    /// # Errors
    /// Those of the socket.
    pub fn connect_from(source: IpAddr, to: SocketAddr) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(to), Type::STREAM, None)?;
        socket.bind(&SocketAddr::from((source, 0)).into())?;
        socket.connect_timeout(&to.into(), PATIENCE)?;
        Self::over(socket.into())
    }

    fn over(stream: TcpStream) -> io::Result<Self> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: Some(Stream::Plain(stream)), buffer: Vec::new() })
    }

    /// Makes the handshake with a peer whose certificate for `localhost` this authority has signed.
    ///
    /// # Errors
    /// Those of the handshake; clear octets that came before it and were not read are one of them.
    ///
    /// # Panics
    /// When the authority's file cannot be used.
    pub fn shake_hands(&mut self, ca: &Path) -> io::Result<()> {
        self.shake_hands_by(ca, rustls::ALL_VERSIONS)
    }

    /// As `shake_hands`, by these versions of TLS only.
    ///
    /// # Errors
    /// As there.
    ///
    /// # Panics
    /// As there.
    pub fn shake_hands_by(&mut self, ca: &Path, versions: &[&'static SupportedProtocolVersion]) -> io::Result<()> {
        if !self.buffer.is_empty() {
            return Err(io::Error::other(format!("clear text before the handshake: {:?}", self.buffer)));
        }
        let Some(Stream::Plain(mut stream)) = self.stream.take() else { return Err(io::Error::other("TLS twice")) };
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(&fs::read(ca)?).unwrap()).unwrap();
        let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        // It is for this one handshake: tickets would be of no use.
        config.resumption = Resumption::disabled();
        let name = ServerName::try_from("localhost").unwrap();
        let mut connection = ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?;
        while connection.is_handshaking() {
            connection.complete_io(&mut stream)?;
        }
        self.stream = Some(Stream::Tls(Box::new(StreamOwned::new(connection, stream))));
        Ok(())
    }

    /// Reads the greeting and says EHLO, under TLS if the mode has it; `STARTTLS` is said where it belongs.
    ///
    /// # Errors
    /// Those of the socket and of the handshake, and refusals.
    pub fn begin(&mut self, mode: Mode, ca: &Path) -> io::Result<()> {
        if mode == Mode::ImplicitTls {
            self.shake_hands(ca)?;
        }
        self.expect(220)?;
        self.say("EHLO client.example", 250)?;
        if matches!(mode, Mode::StartTls | Mode::Submission) {
            self.say("STARTTLS", 220)?;
            self.shake_hands(ca)?;
            self.say("EHLO client.example", 250)?;
        }
        Ok(())
    }

    /// Writes these octets at once.
    ///
    /// # Errors
    /// Those of the socket.
    pub fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        let stream = self.stream()?;
        stream.write_all(octets)?;
        stream.flush()
    }

    /// Writes these octets one by one, each in a segment and, under TLS, in a record of its own.
    ///
    /// # Errors
    /// Those of the socket.
    pub fn write_each(&mut self, octets: &[u8]) -> io::Result<()> {
        octets.iter().try_for_each(|octet| self.write(&[*octet]))
    }

    /// Reads one reply, all its lines, without the last CRLF.
    ///
    /// # Errors
    /// Those of the socket; `UnexpectedEof` when the peer has closed.
    pub fn reply(&mut self) -> io::Result<String> {
        let mut reply = String::new();
        loop {
            let line = self.line()?;
            let last = line.as_bytes().get(3) != Some(&b'-');
            reply += &line;
            if last {
                return Ok(reply.trim_end().to_owned());
            }
        }
    }

    /// Reads all replies until the peer closes.
    pub fn replies(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.reply().ok()).collect()
    }

    /// Reads a reply that must have this code.
    ///
    /// # Errors
    /// Those of the socket, or the other reply.
    pub fn expect(&mut self, code: u16) -> io::Result<String> {
        let reply = self.reply()?;
        let same = reply.starts_with(&code.to_string());
        if same { Ok(reply) } else { Err(io::Error::other(format!("not {code} but {reply}"))) }
    }

    /// Says a line; the reply must have this code.
    ///
    /// # Errors
    /// Those of the socket, or the other reply.
    pub fn say(&mut self, line: &str, code: u16) -> io::Result<String> {
        self.ask(line)?;
        self.expect(code).map_err(|error| io::Error::new(error.kind(), format!("{line}: {error}")))
    }

    /// Says a line and reads the reply, whatever it is.
    ///
    /// # Errors
    /// Those of the socket.
    pub fn answer(&mut self, line: &str) -> io::Result<String> {
        self.ask(line)?;
        self.reply()
    }

    fn ask(&mut self, line: &str) -> io::Result<()> {
        self.write(format!("{line}\r\n").as_bytes())
    }

    fn line(&mut self) -> io::Result<String> {
        loop {
            if let Some(end) = self.buffer.iter().position(|&octet| octet == b'\n') {
                let line: Vec<u8> = self.buffer.drain(..=end).collect();
                return Ok(String::from_utf8_lossy(&line).into_owned());
            }
            let mut octets = [0; 4096];
            let count = self.stream()?.read(&mut octets)?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.buffer.extend_from_slice(&octets[..count]);
        }
    }

    fn stream(&mut self) -> io::Result<&mut dyn ReadWrite> {
        match &mut self.stream {
            Some(Stream::Plain(stream)) => Ok(stream),
            Some(Stream::Tls(stream)) => Ok(stream),
            None => Err(io::ErrorKind::NotConnected.into()),
        }
    }
}

trait ReadWrite: Read + Write {}

impl<T: Read + Write> ReadWrite for T {}
