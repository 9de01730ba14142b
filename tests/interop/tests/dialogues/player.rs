use std::collections::VecDeque;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::Path;

use postroad_dialogs::{Dialogue, Step};
use postroad_interop::{Front, Talker};

use crate::host::Host;
use crate::listener::SIZE;

/// How a dialogue gets to the relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Way {
    /// In clear, at least in the beginning.
    Clear,
    /// Inside TLS as a whole.
    Tls,
}

/// One dialogue over a socket.
pub(crate) struct Player<'a> {
    talker: Talker,
    host: &'a Host,
    ca: &'a Path,
    /// Lines that nobody has looked at.
    lines: VecDeque<String>,
    /// The lines of the last whole reply.
    last: Vec<String>,
}

impl<'a> Player<'a> {
    /// Plays it; the error is the first step that does not go as written, with its place.
    pub(crate) fn play(
        dialogue: &Dialogue,
        way: Way,
        to: SocketAddr,
        ca: &'a Path,
        host: &'a Host,
    ) -> Result<(), String> {
        std::mem::take(&mut *host.script());
        let source = if dialogue.setting.may_relay { Front::INSIDE } else { Front::OUTSIDE };
        let place = |number| format!("{}, {way:?}", dialogue.place(number));
        let talker = Talker::connect_from(source, to).map_err(|error| format!("{}: {error}", place(0)))?;
        let lines = VecDeque::new();
        let mut player = Player { talker, host, ca, lines, last: Vec::new() };
        if way == Way::Tls {
            let implicit = dialogue.setting.implicit_tls && dialogue.setting.session.submission;
            player.go_inside(implicit).map_err(|error| format!("{}: {error}", place(0)))?;
        }
        for (number, step) in &dialogue.steps {
            player.step(step).map_err(|error| format!("{}: {error}", place(*number)))?;
        }
        player.finish().map_err(|error| format!("{}, at its end: {error}", place(0)))
    }

    /// With STARTTLS the greeting that came in clear is kept for the dialogue: there is no second one.
    fn go_inside(&mut self, implicit: bool) -> Result<(), String> {
        if !implicit {
            let greeting = self.line()?;
            self.lines.push_back(greeting);
            for line in ["EHLO preamble.example", "STARTTLS"] {
                self.talker.answer(line).map_err(|error| format!("{line}: {error}"))?;
            }
        }
        self.talker.shake_hands(self.ca).map_err(|error| format!("the handshake: {error}"))
    }

    fn finish(self) -> Result<(), String> {
        if !self.lines.is_empty() {
            return Err(format!("replies that nobody expected: {:?}", self.lines));
        }
        if !self.host.script().answers.is_empty() {
            return Err("the smart host was never asked for an answer".to_owned());
        }
        Ok(())
    }

    fn step(&mut self, step: &Step) -> Result<(), String> {
        match step {
            // Whoever was closed on sees it when it reads.
            Step::Send(octets) => drop(self.talker.write(octets)),
            Step::Line(line) => self.expect(line, |said, wanted| said == wanted.trim_end())?,
            Step::LineBegins(begin) => self.expect(begin, |said, wanted| said.starts_with(wanted))?,
            Step::Reply(begin) => self.whole(&here(begin))?,
            Step::Has(line, has) => {
                let line = here(line);
                if self.last.iter().any(|said| said.get(4..) == Some(&line)) != *has {
                    return Err(format!("{line:?} should {}be in {:?}", if *has { "" } else { "not " }, self.last));
                }
            }
            Step::Answer(question, reply) => self.host.script().answers.push_back((*question, reply.clone())),
            Step::Passed(octets) => self.passed(octets)?,
            Step::Closed => self.closed()?,
            Step::Tls => self.talker.shake_hands(self.ca).map_err(|error| format!("the handshake: {error}"))?,
            Step::Offer(_) | Step::Timeout(_) | Step::Shutdown => return Err("not over a socket".to_owned()),
        }
        Ok(())
    }

    /// In a dialogue the dots of DATA are still doubled.
    fn passed(&self, octets: &[u8]) -> Result<(), String> {
        let mut script = self.host.script();
        let (taken, wire) = (std::mem::take(&mut script.taken), std::mem::take(&mut script.wire));
        if taken == octets || wire == octets {
            return Ok(());
        }
        Err(format!("passed on was {:?}", String::from_utf8_lossy(&taken)))
    }

    fn closed(&mut self) -> Result<(), String> {
        if !self.lines.is_empty() {
            return Err(format!("before the end: {:?}", self.lines));
        }
        match self.talker.reply() {
            Err(error) if matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset) => Ok(()),
            other => Err(format!("not closed: {other:?}")),
        }
    }

    fn expect(&mut self, wanted: &str, fits: impl Fn(&str, &str) -> bool) -> Result<(), String> {
        let (said, wanted) = (self.line()?, here(wanted));
        if fits(&said, &wanted) { Ok(()) } else { Err(format!("{said:?}, where {wanted:?} was expected")) }
    }

    fn whole(&mut self, begin: &str) -> Result<(), String> {
        self.last.clear();
        loop {
            let line = self.line().map_err(|error| format!("{error}, where {begin:?} was expected"))?;
            let fits = line.get(..3) == begin.get(..3)
                && line.get(4..).unwrap_or_default().starts_with(begin.get(4..).unwrap_or(""));
            if !fits {
                return Err(format!("{line:?}, where {begin:?} was expected"));
            }
            let more = line.as_bytes().get(3) == Some(&b'-');
            self.last.push(line);
            if !more {
                return Ok(());
            }
        }
    }

    fn line(&mut self) -> Result<String, String> {
        if self.lines.is_empty() {
            let reply = self.talker.reply().map_err(|error| format!("no reply: {error}"))?;
            self.lines.extend(reply.lines().map(|line| without_id(line).to_owned()));
        }
        self.lines.pop_front().ok_or_else(|| "an empty reply".to_owned())
    }
}

/// What this relay says in place of a text: it cannot be held to 1000 octets, its client has another address, and its
/// LOGIN asks in the words that most clients know.
fn here(text: &str) -> String {
    let text = match text {
        "334 VXNlciBOYW1lAA==" => "334 VXNlcm5hbWU6",
        "334 UGFzc3dvcmQA" => "334 UGFzc3dvcmQ6",
        other => other,
    };
    let text = text.replace("198.51.100.7", &Front::OUTSIDE.to_string());
    text.strip_suffix("SIZE 1000").map_or_else(|| text.clone(), |rest| format!("{rest}SIZE {SIZE}"))
}

/// A line of a reply without the id of the transaction at its end.
fn without_id(line: &str) -> &str {
    match line.trim_end().rsplit_once(" id=") {
        Some((rest, id)) if id.len() == 32 && id.bytes().all(|octet| octet.is_ascii_hexdigit()) => rest,
        _ => line.trim_end(),
    }
}
