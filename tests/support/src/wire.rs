use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

/// One end of an SMTP connection: lines in, bytes out, and everything that came in.
#[derive(Debug)]
pub struct Wire {
    reader: BufReader<TcpStream>,
    stream: TcpStream,
    /// Every byte that was read, while recording.
    pub record: Vec<u8>,
    recording: bool,
}

impl Wire {
    /// Connects; every read gives up after `patience`.
    ///
    /// # Errors
    /// Those of connecting.
    pub fn connect(address: SocketAddr, patience: Duration) -> io::Result<Self> {
        Self::over(TcpStream::connect_timeout(&address, patience)?, patience)
    }

    /// Takes an accepted connection.
    ///
    /// # Errors
    /// Those of setting socket options.
    pub fn over(stream: TcpStream, patience: Duration) -> io::Result<Self> {
        stream.set_read_timeout(Some(patience))?;
        stream.set_write_timeout(Some(patience))?;
        stream.set_nodelay(true)?;
        let reader = BufReader::with_capacity(64 * 1024, stream.try_clone()?);
        Ok(Self { reader, stream, record: Vec::new(), recording: true })
    }

    /// Records no longer: for bodies that would fill the memory.
    pub fn stop_recording(&mut self) {
        self.recording = false;
    }

    /// Reads up to and with the next LF.
    ///
    /// # Errors
    /// `UnexpectedEof` when the peer is gone, `WouldBlock` or `TimedOut` when it is silent.
    pub fn read_line(&mut self) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        self.reader.read_until(b'\n', &mut line)?;
        if self.recording {
            self.record.extend_from_slice(&line);
        }
        if line.last() == Some(&b'\n') { Ok(line) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    /// Writes all of it.
    ///
    /// # Errors
    /// Those of the socket.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// Whether nothing has come that was not read; waits so long for it.
    #[must_use]
    pub fn is_quiet_for(&mut self, time: Duration) -> bool {
        if !self.reader.buffer().is_empty() {
            return false;
        }
        let before = self.stream.read_timeout().ok().flatten();
        let _ = self.stream.set_read_timeout(Some(time));
        let came = self.stream.peek(&mut [0]);
        let _ = self.stream.set_read_timeout(before);
        matches!(came, Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut))
    }

    /// Reads until the peer closes or `stop` says so; nothing is answered.
    pub fn stall(&mut self, stop: impl Fn() -> bool) {
        let _ = self.stream.set_read_timeout(Some(Duration::from_millis(50)));
        let mut bytes = [0; 4096];
        while !stop() {
            match self.reader.read(&mut bytes) {
                Ok(0) => return,
                Ok(count) if self.recording => self.record.extend_from_slice(&bytes[..count]),
                Ok(_) => {}
                Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {}
                Err(_) => return,
            }
        }
    }

    /// Closes both directions.
    pub fn close(&self) {
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}
