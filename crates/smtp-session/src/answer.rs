//! The pipeline's answers.

use postroad_mail_types::Reply;
use postroad_smtp_codec::{BodyForm, ChunkScanner, DataScanner};

use crate::state::{Rest, Scanner, State};
use crate::text::{self, No};
use crate::{Action, Phase, Refusal, Said, Session};

impl Session {
    pub(crate) fn answer(&mut self, reply: Reply) -> Action {
        match self.state {
            State::AskedMail => {
                self.state = if reply.is_positive() { State::Open } else { State::Idle };
                Action::Reply(self.passed_on(reply))
            }
            State::AskedRcpt => self.rcpt_answered(reply),
            State::AskedData(form) => self.data_answered(reply, form),
            State::AskedEnd { then } => {
                self.state = then.state();
                self.scanner = Scanner::None;
                if reply.is_positive() {
                    self.counters.idle_commands = 0;
                }
                self.phase = Phase::End;
                let said = match self.refused.take() {
                    Some(no) => self.refusal(No { rule: no.rule, reply }),
                    None => self.passed_on(reply),
                };
                Action::Final(said)
            }
            _ => self.lost_step(),
        }
    }

    /// What somebody else said; the log learns of a refusal.
    fn passed_on(&self, reply: Reply) -> Said {
        if reply.class() > 3 { self.refusal(No { rule: Refusal::NEXT_HOP, reply }) } else { Said::plain(reply) }
    }

    /// The pipeline has given the message up while a chunk was read: its last word is said in place of the 250 to that
    /// chunk, and every further chunk is refused until RSET (RFC 3030 §2). Only while [`Self::is_between_chunks`].
    pub fn chunk_refused(&mut self, reply: Reply) -> Action {
        if self.state != State::Chunks {
            return self.lost_step();
        }
        self.state = State::AskedEnd { then: Rest::after_chunk(false) };
        self.answer(reply)
    }

    fn rcpt_answered(&mut self, reply: Reply) -> Action {
        self.state = State::Open;
        self.progress.accepted += u32::from(reply.is_positive());
        let mut said = self.passed_on(reply);
        if said.reply.class() == 5 {
            if self.guesses_addresses() {
                return self.close(text::too_many_refused());
            }
            said.delay = self.counters.rcpt_delay(&self.settings);
        }
        Action::Reply(said)
    }

    /// One more recipient was refused for good (TH14).
    pub(crate) fn guesses_addresses(&mut self) -> bool {
        self.counters.refused_recipients += 1;
        self.counters.refused_recipients > self.settings.max_refused_recipients
    }

    fn data_answered(&mut self, reply: Reply, form: BodyForm) -> Action {
        let yes = reply.class() == 3;
        self.refused = None;
        match (form, yes) {
            (BodyForm::Stuffed, true) => {
                self.scanner = Scanner::Data(DataScanner::default());
                self.state = State::Data;
                Action::ReplyNow(Said::plain(reply))
            }
            (BodyForm::Stuffed, false) => {
                self.state = State::Idle;
                Action::Final(self.passed_on(reply))
            }
            (BodyForm::Plain, true) => {
                let (size, last) = self.first_chunk;
                let mut chunks = ChunkScanner::new(self.progress.binary);
                chunks.begin(size, last);
                self.scanner = Scanner::Chunks(chunks);
                self.state = State::Chunk { last };
                Action::Read
            }
            (BodyForm::Plain, false) => {
                let (size, last) = self.first_chunk;
                let said = self.passed_on(reply);
                self.drain(size, Rest::after_chunk(last), Action::Final(said))
            }
        }
    }
}
