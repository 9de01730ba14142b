use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

/// Whether all these programs can be found, on the path or where daemons lie; else the first one missing.
///
/// # Errors
/// The name of the program that is not there.
pub fn have<'a>(programs: &[&'a str]) -> Result<(), &'a str> {
    let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin";
    let found = |program: &str| path.split(':').any(|folder| Path::new(folder).join(program).exists());
    programs.iter().find(|program| !found(program)).map_or(Ok(()), |program| Err(*program))
}

/// A foreign program that sends a message from a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// swaks, the tester's tool.
    Swaks,
    /// Python's smtplib, the mailer of many applications.
    Smtplib,
}

const SCRIPT: &str = "
import smtplib, sys
host, port, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
with smtplib.SMTP(host, port, timeout=120) as smtp:
    refused = smtp.sendmail('a@sender.example', ['b@rcpt.example'], open(path, 'rb').read(), ['BODY=8BITMIME'])
    assert not refused, refused
";

impl Client {
    /// Sends the message in this file; what it said when it failed.
    ///
    /// # Errors
    /// Its output.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn send(self, to: SocketAddr, message: &Path) -> Result<(), String> {
        let path = message.to_str().unwrap();
        let mut command = Command::new("timeout");
        command.arg("150");
        match self {
            Self::Swaks => {
                command.args(["swaks", "--server", &to.to_string(), "--ehlo", "client.example", "--hide-all"]);
                command.args(["--from", "a@sender.example", "--to", "b@rcpt.example", "--data", &format!("@{path}")]);
            }
            Self::Smtplib => {
                command.args(["python3", "-c", SCRIPT, &to.ip().to_string(), &to.port().to_string(), path]);
            }
        }
        let output = command.output().unwrap();
        if output.status.success() {
            return Ok(());
        }
        let said = [output.stdout, output.stderr].concat();
        Err(format!("{}: {}", output.status, String::from_utf8_lossy(&said)))
    }
}
