use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use crate::{Message, Wire};

/// A whole reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Three digits.
    pub code: u16,
    /// All its lines, without line ends.
    pub lines: Vec<String>,
}

impl Answer {
    /// Whether it begins so, for example `451 4.3.2`.
    #[must_use]
    pub fn starts_with(&self, start: &str) -> bool {
        self.lines.first().is_some_and(|line| line.starts_with(start))
    }
}

/// What became of a message, as its sender sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// 250 after the end of the data.
    Acked(Answer),
    /// 4xx or 5xx somewhere.
    Nacked(Answer),
    /// The connection was lost first.
    Unknown(String),
}

/// An SMTP client without any cleverness.
#[derive(Debug)]
pub struct Sender {
    /// The connection.
    pub wire: Wire,
}

impl Sender {
    /// Connects and reads the greeting; says EHLO.
    ///
    /// # Errors
    /// Those of the socket, or what came instead of 2xx.
    pub fn connect(address: SocketAddr) -> io::Result<Self> {
        Self::connect_with(address, Duration::from_secs(60))
    }

    /// As `connect`, with its own patience for each reply.
    ///
    /// # Errors
    /// Those of the socket, or what came instead of 2xx.
    pub fn connect_with(address: SocketAddr, patience: Duration) -> io::Result<Self> {
        let mut sender = Self { wire: Wire::connect(address, patience)? };
        for answer in [sender.answer()?, sender.command("EHLO client.example")?] {
            if answer.code / 100 != 2 {
                return Err(io::Error::other(format!("unwelcome: {:?}", answer.lines)));
            }
        }
        Ok(sender)
    }

    /// Reads one reply.
    ///
    /// # Errors
    /// Those of the socket, or a line that is none of a reply.
    pub fn answer(&mut self) -> io::Result<Answer> {
        let mut lines = Vec::new();
        loop {
            let line = self.wire.read_line()?;
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            let last = text.as_bytes().get(3) != Some(&b'-');
            let code = text.get(..3).and_then(|code| code.parse().ok());
            lines.push(text);
            let Some(code) = code else { return Err(io::Error::other(format!("no reply: {lines:?}"))) };
            if last {
                return Ok(Answer { code, lines });
            }
        }
    }

    /// Says one line and reads the reply.
    ///
    /// # Errors
    /// As `answer`.
    pub fn command(&mut self, line: &str) -> io::Result<Answer> {
        self.wire.write(format!("{line}\r\n").as_bytes())?;
        self.answer()
    }

    /// MAIL and RCPT: the answer to RCPT, or to MAIL if that was refused.
    ///
    /// # Errors
    /// As `answer`.
    pub fn envelope(&mut self, from: &str, to: &str) -> io::Result<Answer> {
        let answer = self.command(&format!("MAIL FROM:<{from}>"))?;
        if answer.code != 250 { Ok(answer) } else { self.command(&format!("RCPT TO:<{to}>")) }
    }

    /// One transaction with one recipient.
    pub fn send(&mut self, from: &str, to: &str, message: &Message) -> Verdict {
        let ended = self.transaction(from, to, message);
        match ended {
            Ok(answer) if answer.code == 250 => Verdict::Acked(answer),
            Ok(answer) => {
                if self.command("RSET").is_err() {
                    self.wire.close();
                }
                Verdict::Nacked(answer)
            }
            Err(error) => Verdict::Unknown(error.to_string()),
        }
    }

    fn transaction(&mut self, from: &str, to: &str, message: &Message) -> io::Result<Answer> {
        let answer = self.envelope(from, to)?;
        if answer.code != 250 {
            return Ok(answer);
        }
        let answer = self.command("DATA")?;
        if answer.code != 354 {
            return Ok(answer);
        }
        self.wire.write(&message.stuffed())?;
        self.answer()
    }
}
