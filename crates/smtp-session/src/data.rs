//! DATA (RFC 5321 §4.1.1.4) and BDAT (RFC 3030 §2).

use postroad_smtp_codec::BodyForm;

use crate::state::{Rest, Scanner, State};
use crate::text::{self, No};
use crate::{Action, Session};

impl Session {
    pub(crate) fn data_command(&mut self) -> Action {
        let no = match self.state {
            State::Open if self.progress.chunk_refused => text::chunk_failed(),
            State::Open if self.progress.binary => text::binary_needs_bdat(),
            // Under PIPELINING it is no fault of the client to have sent DATA before the recipients were answered.
            State::Open if self.progress.accepted == 0 => return Action::ReplyNow(self.refusal(text::no_recipient())),
            State::Open => {
                self.state = State::AskedData(BodyForm::Stuffed);
                return Action::Data(BodyForm::Stuffed);
            }
            State::Chunks => text::chunks_under_way(),
            State::Failed => text::chunk_failed(),
            _ => text::bad_sequence("data-before-rcpt", "Say MAIL and RCPT first"),
        };
        self.error(no)
    }

    pub(crate) fn bdat(&mut self, size: u64, last: bool) -> Action {
        let extended = self.hello.as_ref().is_some_and(|(_, offered)| offered.extended);
        match self.state {
            State::Open if !extended => self.refuse_chunk(size, Rest::Open, text::not_offered("Say EHLO to use BDAT")),
            State::Open if self.progress.chunk_refused => self.refuse_chunk(size, Rest::Open, text::chunk_failed()),
            State::Open if self.progress.accepted == 0 => {
                self.progress.chunk_refused = true;
                let said = self.refusal(text::no_recipient());
                self.drain(size, Rest::Open, Action::Reply(said))
            }
            State::Open => {
                self.first_chunk = (size, last);
                self.state = State::AskedData(BodyForm::Plain);
                Action::Data(BodyForm::Plain)
            }
            State::Chunks => self.next_chunk(size, last),
            State::Failed => self.refuse_chunk(size, Rest::Failed, text::chunk_failed()),
            _ => self.refuse_chunk(size, Rest::Idle, text::bad_sequence("data-before-rcpt", "Say MAIL and RCPT first")),
        }
    }

    fn next_chunk(&mut self, size: u64, last: bool) -> Action {
        let Scanner::Chunks(chunks) = &mut self.scanner else { return self.lost_step() };
        chunks.begin(size, last);
        self.state = State::Chunk { last };
        Action::Read
    }

    /// Refuses a BDAT: its chunk is read and dropped, and answered then. Nothing in it is carried out.
    pub(crate) fn refuse_chunk(&mut self, size: u64, then: Rest, no: No) -> Action {
        match self.error(no) {
            close @ Action::Close(_) => close,
            said => self.drain(size, then, said),
        }
    }

    pub(crate) fn drain(&mut self, left: u64, then: Rest, said: Action) -> Action {
        self.pending = Some(said);
        self.state = State::Drain { left, then };
        Action::Read
    }
}
