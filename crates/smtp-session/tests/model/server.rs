use std::sync::Arc;

use postroad_mail_types::{EnhancedCode, Reply, ReversePath};
use postroad_smtp_codec::{BodyChunk, BodyForm, LineScanner, MailParameters, RcptParameters};
use postroad_smtp_session::{
    Action, BodyEnd, Client, Event, Identity, Said, SaslAnswer, SaslFailure, SaslInput, Session, SessionSettings,
    TlsFacts,
};

use crate::house::House;
use crate::next_hop::{Answers, Heard, Question};

/// A session with the least driver that can be.
pub(crate) struct Server {
    session: Session,
    house: House,
    answers: Answers,
    /// Codes of the replies.
    pub(crate) codes: Vec<u16>,
    pub(crate) heard: Vec<Heard>,
    pub(crate) closed: bool,
    lines: LineScanner,
    input: Vec<u8>,
    /// The next hop has a transaction open.
    open: bool,
    message: Vec<u8>,
}

#[derive(Debug)]
struct Anyone;

impl Identity for Anyone {
    fn user(&self) -> &str {
        "anyone"
    }

    fn may_send_as(&self, _reverse_path: &ReversePath) -> bool {
        true
    }
}

impl Server {
    pub(crate) fn new(house: House, answers: Answers) -> Self {
        let client = Client { tls: house.implicit_tls.then(Arc::default), ..client(house) };
        let mut server = Self {
            session: Session::new(Arc::new(house.settings()), client, house.extensions()),
            house,
            answers,
            codes: Vec::new(),
            heard: Vec::new(),
            closed: false,
            lines: LineScanner::new(SessionSettings::LINE_LIMIT),
            input: Vec::new(),
            open: false,
            message: Vec::new(),
        };
        server.event(if house.early { Event::SpokeEarly } else { Event::Connected });
        server
    }

    pub(crate) fn receive(&mut self, octets: &[u8]) {
        self.input.extend_from_slice(octets);
        while !self.closed && self.step() {}
    }

    fn step(&mut self) -> bool {
        let input = std::mem::take(&mut self.input);
        let (consumed, went_on) = if self.session.expects_data() { self.data(&input) } else { self.line(&input) };
        self.input = input[consumed..].to_vec();
        went_on
    }

    fn line(&mut self, input: &[u8]) -> (usize, bool) {
        self.lines.set_limit(self.session.line_limit());
        let scan = self.lines.scan(input);
        let (consumed, whole) = (scan.consumed, scan.line.is_some());
        if let Some(line) = scan.line {
            self.event(Event::Line { line, more: input.len() > consumed });
        }
        (consumed, whole)
    }

    fn data(&mut self, input: &[u8]) -> (usize, bool) {
        let step = self.session.body(input);
        let (consumed, end) = (step.consumed, step.end);
        if let Some(chunk) = step.chunk {
            assert!(self.open, "data without a transaction");
            self.message.extend(plain(&chunk));
        }
        let ended = end.is_some();
        match end {
            Some(BodyEnd::Complete) => {
                self.heard.push(Heard::Message(std::mem::take(&mut self.message)));
                let code = self.answers.next(Question::End);
                self.answer(code);
            }
            Some(BodyEnd::Refused(reply)) => {
                self.heard.push(Heard::GivenUp);
                self.event(Event::Answer(reply));
            }
            Some(BodyEnd::Chunk(action)) => self.act(action),
            None => {}
        }
        (consumed, ended)
    }

    fn event(&mut self, event: Event<'_>) {
        let action = self.session.on(event);
        self.act(action);
    }

    fn answer(&mut self, code: u16) {
        self.event(Event::Answer(Reply::fixed(code, class(code), "so be it")));
    }

    fn write(&mut self, said: &Said) {
        let mut wire = Vec::new();
        said.reply.write_to(&mut wire);
        let text = String::from_utf8(wire).unwrap();
        let code = said.reply.code();
        let enhanced = said.reply.enhanced().map(|enhanced| format!("{enhanced} ")).unwrap_or_default();
        assert!(text.bytes().all(|octet| matches!(octet, b'\r' | b'\n' | b'\t' | b' '..=b'~')), "{text:?}");
        let mut lines = text.strip_suffix("\r\n").unwrap().split("\r\n").peekable();
        while let Some(line) = lines.next() {
            let start = format!("{code}{}{enhanced}", if lines.peek().is_some() { '-' } else { ' ' });
            assert!(line.starts_with(&start) && line.len() <= 510, "{line:?} does not begin with {start:?}");
        }
        assert_eq!(said.refusal.is_some(), code >= 400, "{text:?} and the log's rule");
        self.codes.push(code);
    }

    fn give_up(&mut self) {
        if std::mem::take(&mut self.open) {
            self.heard.push(Heard::GivenUp);
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Read => {}
            Action::Reply(said) | Action::ReplyNow(said) => self.write(&said),
            Action::Abort(said) => {
                self.give_up();
                self.write(&said);
            }
            Action::Final(said) => {
                assert!(std::mem::take(&mut self.open), "the last word to no transaction");
                // A message that was refused or taken has been heard of; a refusal of its beginning has not.
                if self.heard.last() == Some(&Heard::Data) {
                    self.heard.push(Heard::GivenUp);
                }
                self.write(&said);
            }
            Action::Close(said) => {
                self.give_up();
                self.write(&said);
                self.closed = true;
            }
            Action::Mail(request) => {
                assert!(!self.open, "MAIL inside of a transaction");
                let path = request.reverse_path.to_string();
                self.heard.push(Heard::Mail(path, of_mail(&request.parameters)));
                let code = self.answers.next(Question::Mail);
                self.open = code == 250;
                self.answer(code);
            }
            Action::Rcpt(request) => {
                assert!(self.open, "RCPT outside of a transaction");
                self.heard.push(Heard::Rcpt(request.mailbox.to_string(), of_rcpt(&request.parameters)));
                let code = self.answers.next(Question::Rcpt);
                self.answer(code);
            }
            Action::Data(_) => {
                assert!(self.open, "DATA outside of a transaction");
                self.heard.push(Heard::Data);
                self.message.clear();
                let code = self.answers.next(Question::Data);
                self.answer(code);
            }
            Action::Sasl(input) => self.sasl(&input),
            Action::Challenge(line) => {
                assert!(line.starts_with(b"334 ") && line.ends_with(b"\r\n"));
                self.codes.push(334);
            }
            Action::StartTls(said) => self.starttls(&said),
            Action::Xclient(_) => self.event(Event::Client(client(self.house))),
        }
    }

    fn sasl(&mut self, input: &SaslInput) {
        if matches!(input, SaslInput::Cancelled) {
            return self.event(Event::Sasl(SaslAnswer::Failure(SaslFailure::Cancelled)));
        }
        let answer = match self.answers.next(Question::Sasl) {
            235 => SaslAnswer::Success(Arc::new(Anyone)),
            334 => SaslAnswer::Challenge(b"more".to_vec()),
            535 => SaslAnswer::Failure(SaslFailure::Credentials),
            454 => SaslAnswer::Failure(SaslFailure::Temporary),
            501 => SaslAnswer::Failure(SaslFailure::Malformed),
            _ => SaslAnswer::Failure(SaslFailure::Mechanism),
        };
        self.event(Event::Sasl(answer));
    }

    fn starttls(&mut self, said: &Said) {
        if self.answers.next(Question::Tls) != 220 {
            return self.event(Event::TlsUnavailable);
        }
        self.write(said);
        self.event(Event::TlsEstablished(TlsFacts::default()));
    }
}

fn client(house: House) -> Client {
    Client { may_xclient: house.may_xclient, ..Client::new("192.0.2.7".parse().unwrap(), house.may_relay) }
}

fn class(code: u16) -> Option<EnhancedCode> {
    let class = u8::try_from(code / 100).unwrap();
    (class != 3).then(|| EnhancedCode::new(class, 0, 0))
}

/// The octets of the message in a chunk.
fn plain(chunk: &BodyChunk<'_>) -> Vec<u8> {
    let stuffed = |at: &usize| chunk.form == BodyForm::Stuffed && chunk.dots.contains(at);
    chunk.octets.iter().enumerate().filter(|(at, _)| !stuffed(at)).map(|(_, octet)| *octet).collect()
}

/// How many parameters there are.
fn of_mail(seen: &MailParameters) -> usize {
    let MailParameters { size, body, smtputf8, require_tls, auth, ret, envid } = seen;
    let given =
        [size.is_some(), body.is_some(), *smtputf8, *require_tls, auth.is_some(), ret.is_some(), envid.is_some()];
    given.into_iter().filter(|given| *given).count()
}

fn of_rcpt(seen: &RcptParameters) -> usize {
    usize::from(seen.notify.is_some()) + usize::from(seen.orcpt.is_some())
}
