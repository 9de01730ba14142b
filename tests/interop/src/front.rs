use std::fs;
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use postroad_test_support::{Bench, Process};

use crate::{Authority, Login, Mechanism, Mode, Talker};

/// The submission user of the tests.
const USER: &str = "app1";
const PASSWORD: &str = "correct horse";
/// `NUL app1 NUL correct horse` in base64: what PLAIN says.
const PLAIN: &str = "AGFwcDEAY29ycmVjdCBob3JzZQ==";

/// A relay with a listener for each mode, in front of these smart hosts. Clients of 127.0.0.1 may relay where there is
/// no login, those of other addresses on loopback may not.
#[derive(Debug)]
pub struct Front {
    /// The relay and its control plane.
    pub bench: Bench,
    /// Who signed its certificate.
    pub authority: Authority,
    folder: tempfile::TempDir,
}

impl Front {
    /// From where clients may relay without a login.
    pub const INSIDE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    /// From where they may not.
    pub const OUTSIDE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

    /// Starts it; the connector `main` takes everything.
    ///
    /// # Panics
    /// When something does not come up.
    #[must_use]
    pub fn start(hosts: &[SocketAddr]) -> Self {
        Self::with(hosts, "", &[])
    }

    /// As `start`, with further listeners (elements of the list in the file, each a line) and flags.
    ///
    /// # Panics
    /// When something does not come up.
    #[must_use]
    pub fn with(hosts: &[SocketAddr], further: &str, flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::found(folder.path());
        let path = folder.path().join("listeners.yaml");
        fs::write(&path, listeners(&authority) + further).unwrap();
        fs::write(folder.path().join("users.yaml"), users()).unwrap();
        let bench = Bench::start(hosts, &[&["--listeners", path.to_str().unwrap()], flags].concat());
        Self { bench, authority, folder }
    }

    /// Where its files lie: `users.yaml`, and those of the authority.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A client that is connected to the listener of this name, from this address; nothing is read yet.
    ///
    /// # Errors
    /// Those of the socket.
    pub fn caller(&self, listener: &str, source: IpAddr) -> std::io::Result<Talker> {
        Talker::connect_from(source, self.bench.relay.process.listener(listener))
    }

    /// Where it takes mail in this mode.
    ///
    /// # Panics
    /// When it does not.
    #[must_use]
    pub fn address(&self, mode: Mode) -> SocketAddr {
        self.bench.relay.process.listener(match mode {
            Mode::Clear => "smtp",
            Mode::StartTls => "smtp-tls",
            Mode::Submission => "submission",
            Mode::ImplicitTls => "implicit-tls",
        })
    }

    /// How its only user logs in, where the mode has a login.
    #[must_use]
    pub fn login(mode: Mode, mechanism: Mechanism) -> Option<Login> {
        mode.has_login().then_some(Login { user: USER, password: PASSWORD, mechanism })
    }

    /// A client that has said all that comes before MAIL: greeted, under TLS and logged in, as far as the mode goes.
    ///
    /// # Errors
    /// Those of the socket, and refusals.
    pub fn talker(&self, mode: Mode) -> std::io::Result<Talker> {
        let mut talker = self.stranger(mode, Self::INSIDE)?;
        if mode.has_login() {
            talker.say(&format!("AUTH PLAIN {PLAIN}"), 235)?;
        }
        Ok(talker)
    }

    /// As `talker`, from this address and without a login.
    ///
    /// # Errors
    /// Those of the socket, and refusals.
    pub fn stranger(&self, mode: Mode, source: IpAddr) -> std::io::Result<Talker> {
        let mut talker = Talker::connect_from(source, self.address(mode))?;
        talker.begin(mode, &self.authority.ca)?;
        Ok(talker)
    }

    /// Logs the talker in.
    ///
    /// # Errors
    /// Those of the socket, and a refusal.
    pub fn log_in(talker: &mut Talker) -> std::io::Result<String> {
        talker.say(&format!("AUTH PLAIN {PLAIN}"), 235)
    }

    /// Sends mail until EHLO offers these: what a smart host can do is known when it was used.
    ///
    /// # Panics
    /// When they are not offered within ten seconds.
    pub fn wait_until_offered(&self, keywords: &[&str]) {
        let began = Instant::now();
        loop {
            let mut talker = Talker::connect(self.address(Mode::Clear)).unwrap();
            talker.expect(220).unwrap();
            let offers = talker.say("EHLO client.example", 250).unwrap();
            let has =
                |keyword: &&str| offers.lines().any(|line| line.get(4..).is_some_and(|rest| rest.trim() == *keyword));
            if keywords.iter().all(has) {
                return;
            }
            assert!(began.elapsed() < Duration::from_secs(10), "{keywords:?} are not offered:\n{offers}");
            talker.say("MAIL FROM:<a@sender.example>", 250).unwrap();
            talker.say("RCPT TO:<b@rcpt.example>", 250).unwrap();
            talker.say("RSET", 250).unwrap();
        }
    }
}

fn listeners(authority: &Authority) -> String {
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let tls = format!("tls: {{ certificate: {}, key: {} }}", name(&authority.certificate), name(&authority.key));
    let (networks, auth) = ("allow_networks: [127.0.0.1/32]", "auth: { users: users.yaml }");
    let optional = "auth: { users: users.yaml, required: false }";
    format!(
        "listeners:
- {{ name: smtp, mode: smtp, listen: 127.0.0.1:0, {networks} }}
- {{ name: smtp-tls, mode: smtp, listen: 127.0.0.1:0, {networks}, {tls}, {optional} }}
- {{ name: submission, mode: submission, listen: 127.0.0.1:0, {tls}, {auth} }}
- {{ name: implicit-tls, mode: implicit-tls, listen: 127.0.0.1:0, {tls}, {auth} }}
"
    )
}

/// The users file; its verifiers take a moment and serve all tests of a program.
fn users() -> &'static str {
    static USERS: OnceLock<String> = OnceLock::new();
    USERS.get_or_init(|| format!("users:\n{}", user(USER, PASSWORD)))
}

/// An entry of a users file.
///
/// # Panics
/// When the program that makes it fails.
#[must_use]
pub fn user(name: &str, password: &str) -> String {
    let mut hash = Command::new(Process::path_of("postroad"));
    hash.args(["user", "hash", "--name", name, "--password-stdin"]);
    let mut child = hash.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "postroad user hash: {}", output.status);
    String::from_utf8(output.stdout).unwrap()
}
