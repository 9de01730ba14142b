use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::process::{number, text};
use crate::{Process, Wire};

/// A control plane in a process of its own.
#[derive(Debug)]
pub struct ControlPlane {
    /// The process.
    pub process: Process,
    grpc: SocketAddr,
    folder: PathBuf,
}

impl ControlPlane {
    /// Starts one that keeps its data in this folder, and waits until it serves.
    #[must_use]
    pub fn start(folder: &Path) -> Self {
        Self::start_at(folder, "127.0.0.1:0")
    }

    /// As `start`, on this address and port.
    #[must_use]
    pub fn start_at(folder: &Path, listen: &str) -> Self {
        Self::start_with(folder, listen, &[])
    }

    /// As `start_at`, with these flags too.
    #[must_use]
    pub fn start_with(folder: &Path, listen: &str, flags: &[&str]) -> Self {
        let own = ["--grpc-listen", listen, "--admin-listen", "127.0.0.1:0", "--data-dir", folder.to_str().unwrap()];
        let arguments: Vec<String> = own.iter().chain(flags).map(|&argument| argument.to_owned()).collect();
        let process = Process::start("postroad-control-plane", &arguments);
        let grpc = process.listener("grpc");
        Self { process, grpc, folder: folder.to_owned() }
    }

    /// Where its gRPC listens.
    #[must_use]
    pub const fn grpc(&self) -> SocketAddr {
        self.grpc
    }

    /// Kills it and starts another one on the same data and the same port.
    pub fn kill_and_restart(&mut self) {
        self.process.kill();
        self.restart();
    }

    /// Starts it again after it was killed, on the same data and the same port.
    pub fn restart(&mut self) {
        *self = Self::start_at(&self.folder.clone(), &self.grpc.to_string());
    }
}

/// How a relay is to be started.
#[derive(Clone, Debug)]
pub struct RelaySetup {
    /// Its name.
    pub name: String,
    /// Where it looks for the control plane.
    pub control_plane: SocketAddr,
    /// More flags.
    pub flags: Vec<String>,
}

impl RelaySetup {
    /// A relay of this name, with nothing special.
    #[must_use]
    pub fn new(name: &str, control_plane: SocketAddr) -> Self {
        Self { name: name.to_owned(), control_plane, flags: Vec::new() }
    }

    /// With these flags too.
    #[must_use]
    pub fn with(mut self, flags: &[&str]) -> Self {
        self.flags.extend(flags.iter().map(|flag| (*flag).to_owned()));
        self
    }
}

/// A relay in a process of its own.
#[derive(Debug)]
pub struct Relay {
    /// The process.
    pub process: Process,
    smtp: SocketAddr,
    admin: SocketAddr,
}

impl Relay {
    /// Starts one and waits until it listens; it may have no configuration yet.
    #[must_use]
    pub fn start(setup: &RelaySetup) -> Self {
        let mut arguments: Vec<String> = vec![
            "--name".to_owned(),
            setup.name.clone(),
            "--host-name".to_owned(),
            format!("{}.relay.example", setup.name),
            "--control-plane".to_owned(),
            format!("http://{}", setup.control_plane),
        ];
        arguments.extend(["--admin-listen", "127.0.0.1:0"].map(str::to_owned));
        // A file of listeners says itself where they listen; one of them is to be called `smtp`.
        if !setup.flags.iter().any(|flag| flag == "--listeners") {
            arguments.extend(["--smtp-listen", "127.0.0.1:0"].map(str::to_owned));
        }
        arguments.extend(setup.flags.iter().cloned());
        let process = Process::start("postroad-relay", &arguments);
        let smtp = process.listener("smtp");
        let admin = process.listener("admin");
        Self { process, smtp, admin }
    }

    /// Where it takes mail.
    #[must_use]
    pub const fn smtp(&self) -> SocketAddr {
        self.smtp
    }

    /// Where it tells of its health.
    #[must_use]
    pub const fn admin(&self) -> SocketAddr {
        self.admin
    }

    /// The HTTP status of a health path, for example `/readyz`.
    ///
    /// # Panics
    /// When nothing answers.
    #[must_use]
    pub fn health(&self, path: &str) -> u16 {
        let mut wire = Wire::connect(self.admin, Duration::from_secs(5)).unwrap();
        wire.write(format!("GET {path} HTTP/1.1\r\nhost: relay\r\nconnection: close\r\n\r\n").as_bytes()).unwrap();
        let line = String::from_utf8(wire.read_line().unwrap()).unwrap();
        line.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("an HTTP status line")
    }

    /// Waits until `/readyz` says 200; the log line of the configuration comes a moment before.
    ///
    /// # Panics
    /// When it does not within five seconds.
    pub fn wait_until_ready(&self) {
        let began = Instant::now();
        while self.health("/readyz") != 200 {
            assert!(began.elapsed() < Duration::from_secs(5), "the relay has its configuration and is not ready");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits until it says that it has applied this revision or a later one.
    pub fn wait_for_revision(&self, revision: u64, time: Duration) {
        self.process.wait_for(&format!("that revision {revision} is applied"), time, |line| {
            let applied = text(line, "message")? == "configuration applied";
            (applied && number(line, "revision")? >= revision).then_some(())
        });
    }
}
