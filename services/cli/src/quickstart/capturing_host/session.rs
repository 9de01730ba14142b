//! One session of the capturing smart host.

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufStream};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::data::{self, Data};
use super::{Captured, HOLD, LARGEST, patiently};

/// Longest command line with its end, in octets (RFC 5321 §4.5.3.1.4, with room for parameters).
const COMMAND: u64 = 2048;
/// Recipients of one message (RFC 5321 §4.5.3.1.8 asks for 100 at least).
const RECIPIENTS: usize = 1000;

/// The state of a session.
#[derive(Debug)]
pub(super) struct Session {
    peer: BufStream<TcpStream>,
    taken: mpsc::Sender<Captured>,
    sender: Option<String>,
    recipients: Vec<String>,
    count: u64,
}

impl Session {
    pub(super) fn new(stream: TcpStream, taken: mpsc::Sender<Captured>) -> Self {
        Self { peer: BufStream::new(stream), taken, sender: None, recipients: Vec::new(), count: 0 }
    }

    /// Serves until QUIT.
    ///
    /// # Errors
    /// When the peer goes away, is silent too long, or writes endless lines.
    pub(super) async fn run(mut self) -> std::io::Result<()> {
        self.reply("220 quickstart.invalid ESMTP capturing smart host").await?;
        loop {
            let line = self.command().await?;
            let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
            match verb.to_ascii_uppercase().as_str() {
                "EHLO" => {
                    self.reset();
                    let size = format!("250-SIZE {LARGEST}");
                    let lines = ["250-quickstart.invalid", "250-PIPELINING", "250-8BITMIME", &size];
                    self.reply(&[lines.join("\r\n").as_str(), "250 ENHANCEDSTATUSCODES"].join("\r\n")).await?;
                }
                "HELO" => {
                    self.reset();
                    self.reply("250 quickstart.invalid").await?;
                }
                "MAIL" => self.mail(rest).await?,
                "RCPT" => self.rcpt(rest).await?,
                "DATA" => self.data().await?,
                "RSET" => {
                    self.reset();
                    self.reply("250 2.0.0 reset").await?;
                }
                "NOOP" => self.reply("250 2.0.0 ok").await?,
                "VRFY" => self.reply("252 2.5.0 send it and see").await?,
                "QUIT" => return self.reply("221 2.0.0 bye").await,
                _ => self.reply("500 5.5.1 no such command here").await?,
            }
        }
    }

    async fn mail(&mut self, rest: &str) -> std::io::Result<()> {
        if self.sender.is_some() {
            return self.reply("503 5.5.1 there is a sender already").await;
        }
        let Some(path) = path(rest, "FROM:") else {
            return self.reply("501 5.5.4 write MAIL FROM:<address>").await;
        };
        self.sender = Some(path.clone());
        self.reply(&format!("250 2.1.0 sender <{path}> ok")).await
    }

    async fn rcpt(&mut self, rest: &str) -> std::io::Result<()> {
        if self.sender.is_none() {
            return self.reply("503 5.5.1 MAIL comes first").await;
        }
        if self.recipients.len() >= RECIPIENTS {
            return self.reply("452 4.5.3 too many recipients").await;
        }
        let Some(path) = path(rest, "TO:").filter(|path| !path.is_empty()) else {
            return self.reply("501 5.5.4 write RCPT TO:<address>").await;
        };
        self.recipients.push(path.clone());
        self.reply(&format!("250 2.1.5 recipient <{path}> ok")).await
    }

    async fn data(&mut self) -> std::io::Result<()> {
        if self.recipients.is_empty() {
            return self.reply("503 5.5.1 RCPT comes first").await;
        }
        self.reply("354 end with CRLF.CRLF").await?;
        let data = data::read(&mut self.peer, LARGEST).await?;
        let sender = self.sender.take().unwrap_or_default();
        let recipients = std::mem::take(&mut self.recipients);
        let Data::Whole(octets) = data else {
            return self.reply("552 5.3.4 the message is too large for this host").await;
        };
        tokio::time::sleep(HOLD).await;
        self.count += 1;
        let size = octets.len();
        let captured = Captured { sender, recipients, octets, replied: Instant::now() };
        if self.taken.try_send(captured).is_err() {
            tracing::debug!("nobody looks at captured messages; this one is forgotten");
        }
        self.reply(&format!("250 2.0.0 captured {size} octets as message {}", self.count)).await
    }

    fn reset(&mut self) {
        self.sender = None;
        self.recipients.clear();
    }

    async fn command(&mut self) -> std::io::Result<String> {
        let mut line = Vec::new();
        let mut bounded = (&mut self.peer).take(COMMAND);
        patiently(bounded.read_until(b'\n', &mut line)).await?;
        if !line.ends_with(b"\n") {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
    }

    async fn reply(&mut self, text: &str) -> std::io::Result<()> {
        patiently(async {
            self.peer.write_all(text.as_bytes()).await?;
            self.peer.write_all(b"\r\n").await?;
            self.peer.flush().await
        })
        .await
    }
}

/// The address of `FROM:<a@b> PARAMETERS`.
fn path(text: &str, keyword: &str) -> Option<String> {
    let (head, rest) = text.split_at_checked(keyword.len())?;
    let inside = rest.trim_start().strip_prefix('<')?;
    let (address, _parameters) = inside.rsplit_once('>')?;
    head.eq_ignore_ascii_case(keyword).then(|| address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn paths_are_read_without_brackets_and_parameters() {
        assert_eq!(path("FROM:<a@b> SIZE=5", "FROM:").as_deref(), Some("a@b"));
        assert_eq!(path("from:<>", "FROM:").as_deref(), Some(""));
        assert_eq!(path("TO:a@b", "TO:"), None);
        assert_eq!(path("TO", "TO:"), None);
    }
}
