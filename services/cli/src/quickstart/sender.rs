//! The client that hands one message to the relay.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufStream};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use super::message;

/// Longest wait for one reply: above the relay's own wait for a smart host.
const PATIENCE: Duration = Duration::from_secs(150);
/// Longest reply line (RFC 5321 §4.5.3.1.5 says 512; some write more).
const LINE: u64 = 2048;
/// Lines of a reply at most.
const LINES: usize = 100;

/// Who writes to whom.
#[derive(Clone, Debug)]
pub(super) struct Envelope {
    /// Reverse-path.
    pub(super) from: String,
    /// Recipient.
    pub(super) to: String,
}

/// A reply.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    code: u16,
    lines: Vec<String>,
}

/// What the relay said to the message.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    /// The command that the reply answers: `end of data`, or an earlier one that was refused.
    pub(super) stage: &'static str,
    /// The reply.
    pub(super) reply: Reply,
    /// When its last line had been read.
    pub(super) replied: Instant,
}

impl Reply {
    /// A reply of one line.
    #[cfg(test)]
    pub(super) fn of(code: u16, text: &str) -> Self {
        Self { code, lines: vec![text.to_owned()] }
    }

    /// True for 2yz.
    pub(super) const fn is_positive(&self) -> bool {
        self.code / 100 == 2
    }

    /// The code, then the texts of all lines.
    pub(super) fn text(&self) -> String {
        format!("{} {}", self.code, self.lines.join(" "))
    }

    /// The trace id at its end: the last word `id=` and 32 hex digits.
    pub(super) fn trace_id(&self) -> Option<&str> {
        let word = self.lines.last()?.split(' ').next_back()?;
        let id = word.strip_prefix("id=")?;
        let hex = |octet: u8| octet.is_ascii_digit() || matches!(octet, b'a'..=b'f');
        (id.len() == 32 && id.bytes().all(hex)).then_some(id)
    }
}

/// Sends a message and reads the reply to it. A refusal of any command ends the dialogue and is the result.
///
/// # Errors
/// In words, when the relay cannot be reached, goes away, or says what no SMTP server says.
pub(super) async fn send(relay: SocketAddr, envelope: &Envelope, message: &[u8]) -> Result<Sent, String> {
    let stream = timeout(PATIENCE, TcpStream::connect(relay))
        .await
        .map_err(|_elapsed| format!("no connection to {relay} within {PATIENCE:?}"))?
        .map_err(|error| format!("cannot connect to {relay}: {error}"))?;
    let mut dialogue = Dialogue { peer: BufStream::new(stream) };
    let commands = [
        ("greeting", None, 220),
        ("EHLO", Some("EHLO quickstart.invalid".to_owned()), 250),
        ("MAIL", Some(format!("MAIL FROM:<{}>", envelope.from)), 250),
        ("RCPT", Some(format!("RCPT TO:<{}>", envelope.to)), 250),
        ("DATA", Some("DATA".to_owned()), 354),
    ];
    for (stage, command, expected) in commands {
        let reply = dialogue.exchange(stage, command).await?;
        if reply.code != expected {
            let replied = Instant::now();
            dialogue.quit().await;
            return Ok(Sent { stage, reply, replied });
        }
    }
    dialogue.write("end of data", &message::stuffed(message)).await?;
    let reply = dialogue.reply("end of data").await?;
    let replied = Instant::now();
    dialogue.quit().await;
    Ok(Sent { stage: "end of data", reply, replied })
}

struct Dialogue {
    peer: BufStream<TcpStream>,
}

impl Dialogue {
    async fn exchange(&mut self, stage: &str, command: Option<String>) -> Result<Reply, String> {
        if let Some(command) = command {
            self.write(stage, format!("{command}\r\n").as_bytes()).await?;
        }
        self.reply(stage).await
    }

    async fn write(&mut self, stage: &str, octets: &[u8]) -> Result<(), String> {
        let written = timeout(PATIENCE, async {
            self.peer.write_all(octets).await?;
            self.peer.flush().await
        });
        match written.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(format!("at {stage}: cannot write: {error}")),
            Err(_elapsed) => Err(format!("at {stage}: the relay reads nothing for {PATIENCE:?}")),
        }
    }

    async fn reply(&mut self, stage: &str) -> Result<Reply, String> {
        let mut lines = Vec::new();
        while lines.len() < LINES {
            let line = self.line(stage).await?;
            let wrong = || format!("at {stage}: this is no reply of an SMTP server: {line:?}");
            let (code, rest) = line.split_at_checked(3).ok_or_else(wrong)?;
            let code = code.parse().map_err(|_not_a_number| wrong())?;
            let last = !rest.starts_with('-');
            lines.push(rest.get(1..).unwrap_or_default().to_owned());
            if last {
                return Ok(Reply { code, lines });
            }
        }
        Err(format!("at {stage}: the reply has more than {LINES} lines"))
    }

    async fn line(&mut self, stage: &str) -> Result<String, String> {
        let mut line = Vec::new();
        let mut bounded = (&mut self.peer).take(LINE);
        match timeout(PATIENCE, bounded.read_until(b'\n', &mut line)).await {
            Ok(Ok(_)) if line.ends_with(b"\n") => Ok(String::from_utf8_lossy(&line).trim_end().to_owned()),
            Ok(Ok(_)) => Err(format!("at {stage}: the relay closed the connection")),
            Ok(Err(error)) => Err(format!("at {stage}: {error}")),
            Err(_elapsed) => Err(format!("at {stage}: no reply within {PATIENCE:?}")),
        }
    }

    /// Takes leave. The message is settled by then, so nothing that happens here matters.
    async fn quit(&mut self) {
        if self.write("QUIT", b"QUIT\r\n").await.is_ok() {
            let _bye = timeout(Duration::from_secs(1), self.line("QUIT")).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(last: &str) -> Reply {
        Reply { code: 250, lines: vec!["2.0.0 one".into(), last.into()] }
    }

    #[test]
    fn the_trace_id_is_the_last_word() {
        let id = "0123456789abcdef0123456789abcdef";
        assert_eq!(reply(&format!("2.0.0 ok id={id}")).trace_id(), Some(id));
        assert_eq!(reply(&format!("id={id}")).trace_id(), Some(id));
        for text in [format!("id={id} more"), "id=0123".to_owned(), format!("id={}", id.to_uppercase()), id.into()] {
            assert_eq!(reply(&text).trace_id(), None, "{text}");
        }
    }

    #[test]
    fn a_reply_of_several_lines_is_one_text() {
        assert_eq!(reply("2.0.0 two").text(), "250 2.0.0 one 2.0.0 two");
    }
}
