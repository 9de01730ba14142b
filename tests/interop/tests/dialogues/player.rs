use std::collections::VecDeque;
use std::io::ErrorKind;
use std::path::Path;

use postroad_dialogs::{Dialogue, PASSWORD, Question, Setting, Step, USER, Way, offer};
use postroad_interop::Talker;
use postroad_smtp_codec::sasl::Mechanism;

use crate::host::Host;
use crate::offers;
use crate::relay::Relay;
use crate::scram;

/// Where dialogues are played.
pub(crate) struct Stage<'a> {
    pub(crate) relay: &'a Relay,
    pub(crate) host: &'a Host,
    /// Who signed the relay's certificate.
    pub(crate) ca: &'a Path,
    /// The listener that takes everything.
    pub(crate) open: &'a str,
}

/// One dialogue over a socket.
pub(crate) struct Player<'a> {
    talker: Talker,
    stage: &'a Stage<'a>,
    /// What goes in front of the next octets of the client.
    ahead: Vec<u8>,
    /// Lines that nobody has looked at.
    lines: VecDeque<String>,
    /// The lines of the last whole reply.
    last: Vec<String>,
}

impl<'a> Player<'a> {
    /// Plays it at this listener; the error is the first step that does not go as written, with its place.
    pub(crate) fn play(dialogue: &Dialogue, way: Way, listener: &str, stage: &'a Stage<'a>) -> Result<(), String> {
        let setting = &dialogue.setting;
        let place = |number| format!("{}, {way:?}", dialogue.place(number));
        stage.host.begin(offers::of_host(&setting.offer));
        let talker =
            Talker::connect(stage.relay.address(listener)).map_err(|error| format!("{}: {error}", place(0)))?;
        let (lines, ahead) = (VecDeque::new(), by_proxy(setting));
        let mut player = Player { talker, stage, ahead, lines, last: Vec::new() };
        // Whoever is not greeted has spoken before the relay sees that there is a client.
        if !setting.early {
            player.send(b"").map_err(|error| format!("{}: {error}", place(0)))?;
        }
        if way == Way::Tls {
            let implicit = setting.implicit_tls && setting.session.submission;
            player.go_inside(implicit).map_err(|error| format!("{}: {error}", place(0)))?;
        }
        for (number, step) in &dialogue.steps {
            player.step(step).map_err(|error| format!("{}: {error}", place(*number)))?;
        }
        player.finish().map_err(|error| format!("{}, at its end: {error}", place(0)))
    }

    fn send(&mut self, octets: &[u8]) -> std::io::Result<()> {
        let ahead = std::mem::take(&mut self.ahead);
        self.talker.write(&[&ahead, octets].concat())
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
        self.talker.shake_hands(self.stage.ca).map_err(|error| format!("the handshake: {error}"))
    }

    fn finish(self) -> Result<(), String> {
        if !self.lines.is_empty() {
            return Err(format!("replies that nobody expected: {:?}", self.lines));
        }
        if !self.stage.host.script().answers.is_empty() {
            return Err("nobody ever asked for an answer".to_owned());
        }
        Ok(())
    }

    fn step(&mut self, step: &Step) -> Result<(), String> {
        match step {
            // Whoever was closed on sees it when it reads.
            Step::Send(octets) => drop(self.send(octets)),
            Step::Line(line) => self.expect(line, |said, wanted| said == wanted.trim_end())?,
            Step::LineBegins(begin) => self.expect(begin, |said, wanted| said.starts_with(wanted))?,
            Step::Reply(begin) => self.whole(begin)?,
            Step::Has(line, has) => {
                if self.last.iter().any(|said| said.get(4..) == Some(line)) != *has {
                    return Err(format!("{line:?} should {}be in {:?}", if *has { "" } else { "not " }, self.last));
                }
            }
            Step::Answer(Question::Mail | Question::Tls, _) => return Err("a relay answers that by itself".to_owned()),
            Step::Answer(question, text) => {
                self.stage.host.script().answers.push_back((*question, text.clone()));
            }
            Step::Taken(octets) => self.taken(octets)?,
            Step::Closed => self.closed()?,
            Step::Tls => self.talker.shake_hands(self.stage.ca).map_err(|error| format!("the handshake: {error}"))?,
            Step::Login(Mechanism::ScramSha256) => {
                scram::log_in(&mut self.talker, USER, PASSWORD).map_err(|error| format!("the login: {error}"))?;
            }
            Step::Login(other) => return Err(format!("nobody here can log in by {other}")),
            Step::Lost => self.stage.host.script().lose(),
            Step::Offer(words) => {
                let offer = offer(words)?;
                self.stage.host.script().offers = offers::of_host(&offer);
                offers::wait_until_learned(self.stage.relay.address(self.stage.open), &offer);
            }
            // The listener's patience is short.
            Step::Timeout(_) => {}
            Step::Shutdown => self.stage.relay.shut_down(),
        }
        Ok(())
    }

    fn taken(&self, octets: &[u8]) -> Result<(), String> {
        let taken = std::mem::take(&mut self.stage.host.script().taken);
        if taken == octets { Ok(()) } else { Err(format!("taken was {:?}", String::from_utf8_lossy(&taken))) }
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
        let said = self.line()?;
        if fits(&said, wanted) { Ok(()) } else { Err(format!("{said:?}, where {wanted:?} was expected")) }
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

/// What a proxy says of the client.
fn by_proxy(setting: &Setting) -> Vec<u8> {
    format!("PROXY TCP4 {} 203.0.113.25 40000 25\r\n", setting.client()).into_bytes()
}

/// A line of a reply without the id of the transaction at its end.
fn without_id(line: &str) -> &str {
    match line.trim_end().rsplit_once(" id=") {
        Some((rest, id)) if id.len() == 32 && id.bytes().all(|octet| octet.is_ascii_hexdigit()) => rest,
        _ => line.trim_end(),
    }
}
