mod curl;
mod exim;
mod msmtp;
mod nodemailer;
mod postfix;
mod smtplib;
mod swaks;

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;

use crate::{Errand, Feature, Mechanism, Said};

/// Whether all these programs can be found, on the path or where daemons lie; else the first one missing.
///
/// # Errors
/// The name of the program that is not there.
pub fn have<'a>(programs: &[&'a str]) -> Result<(), &'a str> {
    let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin";
    let found = |program: &str| path.split(':').any(|folder| Path::new(folder).join(program).exists());
    programs.iter().find(|program| !found(program)).map_or(Ok(()), |program| Err(*program))
}

/// Whether this is root; else what it is needed for.
///
/// # Errors
/// A sentence for the reader.
pub fn root_for(what: &str) -> Result<(), String> {
    let root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.starts_with(b"0"));
    if root { Ok(()) } else { Err(format!("{what} by root only")) }
}

/// A foreign program that sends messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// swaks, the tester's tool.
    Swaks,
    /// Python's smtplib, the mailer of many applications.
    Smtplib,
    /// nodemailer, the mailer of many others.
    Nodemailer,
    /// msmtp, which knows more logins than most.
    Msmtp,
    /// curl.
    Curl,
    /// Exim, which sends in chunks where it can.
    Exim,
    /// Postfix, with a queue of its own.
    Postfix,
}

impl Client {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Swaks, Self::Smtplib, Self::Nodemailer, Self::Msmtp, Self::Curl, Self::Exim, Self::Postfix];

    /// Makes it ready to run.
    ///
    /// # Errors
    /// Why it cannot be run here.
    pub fn ready(self) -> Result<Ready, String> {
        let programs: &[&str] = match self {
            Self::Swaks => &["swaks"],
            Self::Smtplib => &["python3"],
            Self::Nodemailer => &["node", "npm"],
            Self::Msmtp => &["msmtp"],
            Self::Curl => &["curl"],
            Self::Exim => &[],
            Self::Postfix => &["postfix", "postconf"],
        };
        have(programs).and_then(|()| have(&["timeout"])).map_err(|missing| format!("{missing} is not installed"))?;
        let kind = match self {
            Self::Nodemailer => Kind::Nodemailer(nodemailer::install()?),
            Self::Exim => Kind::Exim(exim::Exim::find()?),
            Self::Postfix => {
                root_for("Postfix can be started")?;
                Kind::Postfix(Mutex::default())
            }
            _ => Kind::Program,
        };
        Ok(Ready { client: self, kind })
    }

    /// Whether it can do that.
    #[must_use]
    pub fn can(self, feature: Feature) -> bool {
        match feature {
            Feature::Utf8 => !matches!(self, Self::Swaks | Self::Msmtp),
            Feature::Dsn => !matches!(self, Self::Swaks | Self::Curl),
        }
    }

    /// The logins it knows, of those that a relay offers.
    #[must_use]
    pub const fn mechanisms(self) -> &'static [Mechanism] {
        match self {
            Self::Msmtp | Self::Postfix => &[Mechanism::Plain, Mechanism::Login, Mechanism::ScramSha256],
            _ => &[Mechanism::Plain, Mechanism::Login],
        }
    }
}

/// A client that can be run here.
#[derive(Debug)]
pub struct Ready {
    /// Which one.
    pub client: Client,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Program,
    Nodemailer(std::path::PathBuf),
    Exim(exim::Exim),
    Postfix(Mutex<postfix::Senders>),
}

impl Ready {
    /// Sends a message and waits until the peer has taken it.
    ///
    /// # Errors
    /// What it said when it failed.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn send(&self, errand: &Errand<'_>) -> Result<Said, String> {
        match (&self.kind, self.client) {
            (Kind::Nodemailer(folder), _) => nodemailer::send(folder, errand),
            (Kind::Exim(exim), _) => exim.send(errand),
            (Kind::Postfix(senders), _) => senders.lock().unwrap().send(errand),
            (Kind::Program, Client::Swaks) => swaks::send(errand),
            (Kind::Program, Client::Smtplib) => smtplib::send(errand),
            (Kind::Program, Client::Msmtp) => msmtp::send(errand),
            (Kind::Program, _) => curl::send(errand),
        }
    }

    /// How many Received fields it puts on top itself.
    #[must_use]
    pub const fn own_received(&self) -> usize {
        matches!(self.client, Client::Postfix) as usize
    }
}

/// A program that is ended when it does not end by itself: a client may wait for ever for a peer that is wedged.
fn patient(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new("timeout");
    command.arg("150").arg(program).stdin(Stdio::null());
    command
}

/// Runs it: what it said, as success or not.
fn run(command: &mut Command) -> Result<Said, String> {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    if output.status.success() { Ok(Said(said)) } else { Err(format!("{}: {said}", output.status)) }
}
