//! Message data, whole or in chunks.

use super::{Fate, Mode, Model, Transaction, is_malformed};
use crate::house::{HOPS, SIZE};
use crate::next_hop::{Heard, Question};

impl Model {
    pub(super) fn text(&mut self, line: &[u8]) {
        if line == b"." {
            self.mode = Mode::Line;
            return self.end_of_message();
        }
        let open = self.transaction.as_mut().unwrap();
        open.bare |= is_malformed(line);
        open.body.extend_from_slice(line.strip_prefix(b".").unwrap_or(line));
        open.body.extend_from_slice(b"\r\n");
    }

    pub(super) fn bdat(&mut self, size: usize, last: bool, faults: Vec<u16>) {
        let extended = self.hello.as_ref().is_some_and(|hello| hello.extended);
        let allowed = !self.house.require_tls || self.tls;
        let fate = match &mut self.transaction {
            _ if !faults.is_empty() && (!extended || !allowed) => Fate::Dropped(faults),
            Some(open) if !faults.is_empty() => {
                // Nobody was accepted, or a chunk was refused before.
                open.refused = true;
                Fate::Dropped(faults)
            }
            None => Fate::Dropped(faults),
            Some(open) if open.begun => Fate::Kept { last },
            Some(_) => match self.ask_for_data() {
                354 => {
                    self.transaction.as_mut().unwrap().begun = true;
                    Fate::Kept { last }
                }
                code => Fate::GivenUp { code, last },
            },
        };
        self.mode = Mode::Chunk { left: size, fate };
    }

    pub(super) fn chunk(&mut self, left: usize, fate: Fate) -> bool {
        let taken: Vec<u8> = self.input.drain(..left.min(self.input.len())).collect();
        if let Fate::Kept { .. } = fate {
            self.transaction.as_mut().unwrap().body.extend_from_slice(&taken);
        }
        let left = left - taken.len();
        if left > 0 {
            self.mode = Mode::Chunk { left, fate };
            return false;
        }
        self.mode = Mode::Line;
        match fate {
            Fate::Dropped(codes) => self.say(&codes),
            Fate::GivenUp { code, last } => {
                self.give_up();
                self.failed = !last;
                self.say(&[code]);
            }
            Fate::Kept { last } => {
                let open = self.transaction.as_mut().unwrap();
                open.bare = !open.binary && has_bare(&open.body, last);
                if last {
                    self.end_of_message();
                } else {
                    self.end_of_chunk();
                }
            }
        }
        true
    }

    fn end_of_chunk(&mut self) {
        let broken = self.transaction.as_ref().unwrap().broken_rules();
        if broken.is_empty() {
            return self.say(&[250]);
        }
        self.give_up();
        self.failed = true;
        self.say(&broken);
    }

    fn end_of_message(&mut self) {
        let open = self.transaction.as_ref().unwrap();
        let broken = open.broken_rules();
        if !broken.is_empty() {
            self.give_up();
            return self.say(&broken);
        }
        let body = self.transaction.take().unwrap().body;
        self.heard.push(Heard::Message(body));
        let code = self.answers.next(Question::End);
        self.say(&[code]);
    }
}

impl Transaction {
    fn broken_rules(&self) -> Vec<u16> {
        let lines = self.body.split(|octet| *octet == b'\n');
        let header = lines.take_while(|line| *line != b"\r");
        let hops = header.filter(|line| line.to_ascii_lowercase().starts_with(b"received:")).count();
        let rules = [(self.bare, 550), (self.body.len() > SIZE, 552), (hops > HOPS, 554)];
        rules.into_iter().filter(|(broken, _)| *broken).map(|(_, code)| code).collect()
    }
}

/// A CR at the end may have its LF in the next chunk.
fn has_bare(body: &[u8], whole: bool) -> bool {
    let body = if whole { body } else { body.strip_suffix(b"\r").unwrap_or(body) };
    String::from_utf8_lossy(body).split("\r\n").any(|line| is_malformed(line.as_bytes()))
}
