use std::io;

use crate::{Class, Delivered, Heard, Payload, Talker, first_bare};

/// How a payload is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writing {
    /// All of it in one write.
    AtOnce,
    /// Octet by octet.
    OctetByOctet,
}

/// The verb that carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// DATA.
    Data,
    /// One chunk.
    Bdat,
    /// Two chunks, cut after so many octets of the payload.
    BdatCut(usize),
}

/// One attempt to make two messages out of one.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Its own id, part of both senders.
    pub id: String,
    /// What it tries.
    pub payload: Payload,
    /// How it is written.
    pub writing: Writing,
    /// What carries it.
    pub verb: Verb,
}

impl Attempt {
    /// Makes it with a client that may say MAIL; the replies after the data.
    ///
    /// # Errors
    /// Those of the socket, and every refusal before the data.
    pub fn make(&self, mut talker: Talker) -> io::Result<Vec<String>> {
        let body = self.payload.body(&self.id);
        talker.say(&format!("MAIL FROM:<first-{}@sender.example> BODY=8BITMIME", self.id), 250)?;
        talker.say("RCPT TO:<b@rcpt.example>", 250)?;
        let octets = match self.verb {
            Verb::Data => {
                talker.say("DATA", 354)?;
                [body.as_slice(), b".\r\nQUIT\r\n"].concat()
            }
            Verb::Bdat => [format!("BDAT {} LAST\r\n", body.len()).as_bytes(), &body, b"QUIT\r\n"].concat(),
            Verb::BdatCut(after) => {
                let place = body.windows(8).position(|window| window == b"message.").unwrap_or_default() + 8 + after;
                let (one, other) = body.split_at(place);
                let first = [format!("BDAT {}\r\n", one.len()).as_bytes(), one].concat();
                let second = [format!("BDAT {} LAST\r\n", other.len()).as_bytes(), other].concat();
                [first.as_slice(), &second, b"QUIT\r\n"].concat()
            }
        };
        match self.writing {
            Writing::AtOnce => talker.write(&octets)?,
            Writing::OctetByOctet => talker.write_each(&octets)?,
        }
        Ok(talker.replies())
    }

    /// The codes that the replies after the data may have, 5 for a refusal of content (550 or 554 with 5.6.0).
    fn possible_codes(&self) -> Vec<Vec<u16>> {
        // The commands behind a true end. A relay that takes pipelining at its word wants to be waited for at DATA.
        let obeyed = |first: u16| vec![vec![first, 250, 250, 354, 250, 221], vec![first, 250, 250, 421]];
        let is_text = matches!(self.payload.class, Class::Text | Class::End);
        match (self.verb, self.payload.class) {
            (Verb::Data, Class::Nothing) => vec![vec![5, 221]],
            (Verb::Data, Class::Text) => vec![vec![250, 221]],
            (Verb::Data, Class::End) => obeyed(250),
            (Verb::Data, Class::Late) => obeyed(5),
            (Verb::Bdat, _) => vec![vec![if is_text { 250 } else { 5 }, 221]],
            (Verb::BdatCut(_), _) if is_text => vec![vec![250, 250, 221]],
            // What is wrong shows in the second chunk, or in the first: then there is no second one (RFC 3030 §2).
            (Verb::BdatCut(_), _) => vec![vec![250, 5, 221], vec![5, 503, 221]],
        }
    }

    /// What is wrong with the replies, if anything.
    #[must_use]
    pub fn complaint(&self, replies: &[String]) -> Option<String> {
        let code = |reply: &String| match reply.get(..3) {
            Some("550" | "554") if reply.contains(" 5.6.0 ") => 5,
            Some(code) => code.parse().unwrap_or(0),
            None => 0,
        };
        let codes: Vec<u16> = replies.iter().map(code).collect();
        (!self.possible_codes().contains(&codes)).then(|| format!("{self:?}: {replies:?}"))
    }

    /// What is wrong with what a smart host heard of this attempt, if anything.
    #[must_use]
    pub fn breach(&self, heard: &[Heard]) -> Option<String> {
        let messages = || heard.iter().flat_map(|heard| &heard.messages);
        let of = |sender: &str| -> Vec<&Delivered> {
            let sender = format!("<{sender}-{}@", self.id);
            messages().filter(|message| message.mail.contains(&sender)).collect()
        };
        let (first, second) = (of("first"), of("second"));
        let (ones, most) = match (self.verb, self.payload.class) {
            (Verb::Data, Class::End) => (1, 1),
            (Verb::Data, Class::Late) => (0, 1),
            (_, Class::Nothing | Class::Late) => (0, 0),
            (_, Class::Text | Class::End) => (1, 0),
        };
        if first.len() != ones || second.len() > most {
            let came = (first.len(), second.len());
            return Some(format!("{self:?}: first and second came {came:?} times, not {ones} and at most {most}"));
        }
        let [message] = first.as_slice() else { return None };
        let mut body = self.payload.body(&self.id);
        if self.verb == Verb::Data {
            body = as_received(&body);
        }
        let came = message.without_received(1);
        (came != body).then(|| format!("{self:?}: changed to {:?}", String::from_utf8_lossy(came)))
    }
}

/// The message that a receiver makes of these lines: up to the end, dots unstuffed.
fn as_received(lines: &[u8]) -> Vec<u8> {
    let lines = lines.split_inclusive(|&octet| octet == b'\n').take_while(|line| *line != b".\r\n");
    lines.flat_map(|line| line.strip_prefix(b".").unwrap_or(line).iter().copied()).collect()
}

/// Where something bare left for a smart host, with what stands around it.
#[must_use]
pub fn bare_on_the_wire(heard: &[Heard]) -> Option<String> {
    heard.iter().find_map(|heard| {
        let at = first_bare(&heard.raw)?;
        let around = &heard.raw[at.saturating_sub(300)..heard.raw.len().min(at + 60)];
        Some(format!("a bare CR, LF or NUL left: {:?}", String::from_utf8_lossy(around)))
    })
}
