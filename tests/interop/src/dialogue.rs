use crate::sink::{Delivered, Reading};

/// The conversation of a stand-in, without a socket: octets in, replies out.
#[derive(Debug)]
pub(crate) struct Dialogue {
    reading: Reading,
    ehlo: String,
    line: Vec<u8>,
    /// The last line ended with a bare CR so far; an LF that follows belongs to it.
    after_cr: bool,
    phase: Phase,
    message: Delivered,
    pub(crate) commands: Vec<String>,
    pub(crate) messages: Vec<Delivered>,
}

#[derive(Debug, PartialEq, Eq)]
enum Phase {
    Commands,
    Data,
    Chunk { left: usize, last: bool },
    Over,
}

impl Dialogue {
    pub(crate) fn new(reading: Reading, offers: &[String]) -> Self {
        let mut lines: Vec<&str> = vec!["sink.example"];
        lines.extend(offers.iter().map(String::as_str));
        let last = lines.pop().unwrap_or_default();
        let mut ehlo: String = lines.iter().map(|line| format!("250-{line}\r\n")).collect();
        ehlo += &format!("250 {last}\r\n");
        Self {
            reading,
            ehlo,
            line: Vec::new(),
            after_cr: false,
            phase: Phase::Commands,
            message: Delivered::default(),
            commands: Vec::new(),
            messages: Vec::new(),
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.phase == Phase::Over
    }

    pub(crate) fn hear(&mut self, octets: &[u8], replies: &mut Vec<u8>) {
        for &octet in octets {
            if std::mem::take(&mut self.after_cr) && octet == b'\n' {
                continue;
            }
            match &mut self.phase {
                Phase::Over => return,
                Phase::Chunk { left, last } => {
                    self.message.bytes.push(octet);
                    *left -= 1;
                    if *left == 0 {
                        let last = *last;
                        self.chunk_ended(last, replies);
                    }
                }
                Phase::Commands | Phase::Data => self.hear_text(octet, replies),
            }
        }
    }

    fn hear_text(&mut self, octet: u8, replies: &mut Vec<u8>) {
        self.line.push(octet);
        let ended = match self.reading {
            Reading::Strict => self.line.ends_with(b"\r\n"),
            Reading::Lenient => matches!(octet, b'\r' | b'\n'),
        };
        if !ended {
            return;
        }
        self.after_cr = octet == b'\r';
        let mut line = std::mem::take(&mut self.line);
        let end = if self.reading == Reading::Strict { 2 } else { 1 };
        line.truncate(line.len() - end);
        if self.phase == Phase::Data {
            self.data_line(&line, replies);
        } else {
            let line = String::from_utf8_lossy(&line).into_owned();
            self.commands.push(line.clone());
            self.command(&line, replies);
        }
    }

    fn data_line(&mut self, line: &[u8], replies: &mut Vec<u8>) {
        if line == b"." {
            self.phase = Phase::Commands;
            self.taken(replies);
            return;
        }
        self.message.bytes.extend_from_slice(line.strip_prefix(b".").unwrap_or(line));
        self.message.bytes.extend_from_slice(b"\r\n");
    }

    fn chunk_ended(&mut self, last: bool, replies: &mut Vec<u8>) {
        self.phase = Phase::Commands;
        if last {
            self.message.in_chunks = true;
            self.taken(replies);
        } else {
            replies.extend_from_slice(b"250 2.0.0 more\r\n");
        }
    }

    fn taken(&mut self, replies: &mut Vec<u8>) {
        self.messages.push(std::mem::take(&mut self.message));
        replies.extend_from_slice(b"250 2.0.0 taken\r\n");
    }

    fn command(&mut self, line: &str, replies: &mut Vec<u8>) {
        let mut words = line.split_whitespace();
        let verb = words.next().unwrap_or_default().to_ascii_uppercase();
        let reply = match verb.as_str() {
            "EHLO" => self.ehlo.clone(),
            "HELO" | "NOOP" => "250 2.0.0 ok\r\n".to_owned(),
            "RSET" => {
                self.message = Delivered::default();
                "250 2.0.0 ok\r\n".to_owned()
            }
            "MAIL" => {
                self.message = Delivered { mail: line.to_owned(), ..Delivered::default() };
                "250 2.1.0 ok\r\n".to_owned()
            }
            "RCPT" => {
                self.message.rcpts.push(line.to_owned());
                "250 2.1.5 ok\r\n".to_owned()
            }
            "DATA" if self.message.rcpts.is_empty() => "503 5.5.1 to whom?\r\n".to_owned(),
            "DATA" => {
                self.phase = Phase::Data;
                "354 go ahead\r\n".to_owned()
            }
            "BDAT" => return self.chunk(words.next(), words.next(), replies),
            "QUIT" => {
                self.phase = Phase::Over;
                "221 2.0.0 bye\r\n".to_owned()
            }
            _ => "500 5.5.2 what?\r\n".to_owned(),
        };
        replies.extend_from_slice(reply.as_bytes());
    }

    fn chunk(&mut self, size: Option<&str>, last: Option<&str>, replies: &mut Vec<u8>) {
        let last = last.is_some_and(|word| word.eq_ignore_ascii_case("LAST"));
        match size.and_then(|size| size.parse().ok()) {
            Some(0) => self.chunk_ended(last, replies),
            Some(left) => self.phase = Phase::Chunk { left, last },
            None => replies.extend_from_slice(b"501 5.5.4 how much?\r\n"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hear(reading: Reading, octets: &[u8]) -> Dialogue {
        let mut dialogue = Dialogue::new(reading, &[]);
        for octet in octets {
            dialogue.hear(&[*octet], &mut Vec::new());
        }
        dialogue
    }

    const SMUGGLED: &[u8] =
        b"RCPT TO:<b@b>\r\nDATA\r\none\n.\nMAIL FROM:<x@x>\nRCPT TO:<y@y>\rDATA\r\ntwo\r.\r\r\n.\r\n";

    #[test]
    fn the_lenient_stand_in_takes_what_is_smuggled() {
        let dialogue = hear(Reading::Lenient, SMUGGLED);
        let bodies: Vec<&[u8]> = dialogue.messages.iter().map(|message| message.bytes.as_slice()).collect();
        assert_eq!(bodies, [b"one\r\n".as_slice(), b"two\r\n"]);
        assert_eq!(dialogue.messages[1].mail, "MAIL FROM:<x@x>");
    }

    #[test]
    fn the_strict_stand_in_takes_one_message() {
        let dialogue = hear(Reading::Strict, SMUGGLED);
        assert_eq!(dialogue.messages.len(), 1);
        assert!(dialogue.messages[0].bytes.starts_with(b"one\n.\nMAIL"));
    }

    #[test]
    fn chunks_are_counted_and_dots_lose_their_stuffing() {
        for reading in [Reading::Strict, Reading::Lenient] {
            let dialogue = hear(reading, b"MAIL FROM:<a>\r\nBDAT 5\r\n\r\n.\r\nBDAT 0\r\nBDAT 3 LAST\r\nend");
            assert_eq!(dialogue.messages[0].bytes, b"\r\n.\r\nend");
            assert!(dialogue.messages[0].in_chunks);
        }
        let dialogue = hear(Reading::Strict, b"RCPT TO:<b>\r\nDATA\r\n..\r\n.x\r\n.\r\nQUIT\r\n");
        assert_eq!(dialogue.messages[0].bytes, b".\r\nx\r\n");
        assert!(dialogue.is_over());
    }
}
