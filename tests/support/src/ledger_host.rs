use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::Wire;

/// An honest smart host: it writes each message's `X-Id` into a file and syncs it before it says 250.
#[derive(Debug)]
pub struct LedgerHost {
    address: SocketAddr,
    path: PathBuf,
}

impl LedgerHost {
    /// Starts it on a free port of loopback; it serves until the process ends.
    ///
    /// # Panics
    /// When it cannot bind or create the file.
    #[must_use]
    pub fn start(path: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let file = OpenOptions::new().create(true).append(true).open(path).unwrap();
        let ledger = Arc::new(Mutex::new(file));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let ledger = Arc::clone(&ledger);
                thread::spawn(move || {
                    let wire = Wire::over(stream, Duration::from_secs(300));
                    // A peer that goes away in mid sentence is what these tests are about.
                    let _ = wire.and_then(|mut wire| serve(&mut wire, &ledger));
                });
            }
        });
        Self { address, path: path.to_owned() }
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// How often each id was stored, as it stands on disk.
    ///
    /// # Panics
    /// When the file cannot be read.
    #[must_use]
    pub fn stored(&self) -> HashMap<String, usize> {
        let mut stored = HashMap::new();
        for id in fs::read_to_string(&self.path).unwrap().lines() {
            *stored.entry(id.to_owned()).or_insert(0) += 1;
        }
        stored
    }
}

fn serve(wire: &mut Wire, ledger: &Mutex<File>) -> io::Result<()> {
    wire.stop_recording();
    wire.write(b"220 ledger.example ESMTP\r\n")?;
    loop {
        let line = wire.read_line()?;
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        match verb.as_slice() {
            b"EHLO" => {
                wire.write(b"250-ledger.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n")?;
            }
            b"DATA" => {
                wire.write(b"354 go ahead\r\n")?;
                let id = read_message(wire)?;
                let mut file = ledger.lock().unwrap();
                file.write_all(format!("{id}\n").as_bytes())?;
                file.sync_data()?;
                drop(file);
                wire.write(b"250 2.0.0 stored\r\n")?;
            }
            b"QUIT" => return wire.write(b"221 2.0.0 bye\r\n"),
            _ => wire.write(b"250 2.0.0 ok\r\n")?,
        }
    }
}

/// Reads to the end of the data; the id, or a remark that there was none.
fn read_message(wire: &mut Wire) -> io::Result<String> {
    let mut id = "without-id".to_owned();
    loop {
        let line = wire.read_line()?;
        if line == b".\r\n" {
            return Ok(id);
        }
        if let Some(value) = line.strip_prefix(b"X-Id: ") {
            id = String::from_utf8_lossy(value).trim().to_owned();
        }
    }
}
