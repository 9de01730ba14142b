use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;

use postroad_mail_types::{EnhancedCode, Reply};
use postroad_smtp_codec::sasl::Mechanism;
use postroad_smtp_codec::{BodyForm, ClientAttributes, Extensions, LineScanner};
use postroad_smtp_session::{
    Action, BodyEnd, Client, Event, MailRequest, RcptRequest, Said, SaslAnswer, SaslFailure, SaslInput, Session,
    SessionSettings, TlsFacts,
};

use crate::login::{Login, Submitter};
use crate::{Question, Setting};

/// A session, and a driver that does what it says without a socket. The pipeline says yes, unless it was told otherwise.
#[derive(Debug)]
pub struct Bench {
    /// The session.
    pub session: Session,
    /// Lines of replies that nobody has looked at.
    pub replies: VecDeque<String>,
    /// All that was said.
    pub said: Vec<Said>,
    /// All transactions that were begun.
    pub mails: Vec<MailRequest>,
    /// All recipients that were offered to the pipeline.
    pub rcpts: Vec<RcptRequest>,
    /// The form of each message that the pipeline was asked to take.
    pub forms: Vec<BodyForm>,
    /// Octets of the messages that the next hop took, one behind the other.
    pub taken: Vec<u8>,
    /// Messages that the pipeline took as whole.
    pub finished: u32,
    /// The server has closed.
    pub closed: bool,
    /// The server waits for the TLS handshake.
    pub handshake: bool,
    /// Octets of the message that is being passed on.
    message: Vec<u8>,
    setting: Setting,
    lines: LineScanner,
    input: Vec<u8>,
    answers: VecDeque<(Question, Reply)>,
    login: Login,
    /// A transaction is open at the pipeline.
    open: bool,
}

impl Bench {
    /// A session that has begun.
    #[must_use]
    pub fn new(setting: &Setting) -> Self {
        let client = Client {
            may_xclient: setting.may_xclient,
            tls: setting.implicit_tls.then(|| Arc::new(facts())),
            ..Client::new(setting.client(), setting.may_relay)
        };
        let mut bench = Self {
            session: Session::new(Arc::new(setting.session.clone()), client, Arc::new(setting.offer)),
            replies: VecDeque::new(),
            said: Vec::new(),
            mails: Vec::new(),
            rcpts: Vec::new(),
            forms: Vec::new(),
            taken: Vec::new(),
            finished: 0,
            message: Vec::new(),
            closed: false,
            handshake: false,
            setting: setting.clone(),
            lines: LineScanner::new(SessionSettings::LINE_LIMIT),
            input: Vec::new(),
            answers: VecDeque::new(),
            login: Login::default(),
            open: false,
        };
        bench.event(if setting.early { Event::SpokeEarly } else { Event::Connected });
        bench
    }

    /// What the others will answer to the next question of a kind.
    pub fn will_answer(&mut self, question: Question, reply: Reply) {
        self.answers.push_back((question, reply));
    }

    /// The next hop is lost: whoever is about to pass a message on is told so.
    pub fn lose(&mut self) {
        let text = "The connection to the smart host was lost, try again later";
        self.will_answer(Question::Data, Reply::fixed(451, Some(EnhancedCode::new(4, 4, 2)), text));
    }

    /// The client goes through a login by this mechanism, and does it right.
    pub fn log_in(&mut self, mechanism: Mechanism) {
        self.will_answer(Question::Login, Reply::fixed(235, None, "in"));
        self.receive(format!("AUTH {} bixh\r\n", mechanism.name()).as_bytes());
    }

    /// Answers that nobody has asked for.
    #[must_use]
    pub fn unasked(&self) -> usize {
        self.answers.len()
    }

    /// The next hops offer something else.
    pub fn offer(&mut self, offer: Extensions) {
        self.session.offer(Arc::new(offer));
    }

    /// The client sends octets. What it sends in place of a handshake fails the handshake.
    pub fn receive(&mut self, octets: &[u8]) {
        self.closed |= self.handshake;
        self.input.extend_from_slice(octets);
        while !self.closed && !self.handshake && self.step() {}
    }

    /// The handshake is done.
    ///
    /// # Panics
    /// When the server does not wait for one.
    pub fn tls(&mut self) {
        assert!(std::mem::take(&mut self.handshake), "no handshake is awaited");
        assert!(self.input.is_empty(), "octets in clear were kept");
        self.event(Event::TlsEstablished(facts()));
    }

    /// The reply that is due, as one text; panics when there is none.
    ///
    /// # Panics
    /// When there is none.
    pub fn reply(&mut self) -> String {
        let mut lines = Vec::new();
        loop {
            let line = self.replies.pop_front().expect("a reply");
            let more = line.as_bytes().get(3) == Some(&b'-');
            lines.push(line);
            if !more {
                return lines.join("\n");
            }
        }
    }

    /// The client sends a line and gets a reply.
    pub fn say(&mut self, line: &str) -> String {
        self.receive(format!("{line}\r\n").as_bytes());
        self.reply()
    }

    /// Something happens.
    pub fn event(&mut self, event: Event<'_>) {
        let action = self.session.on(event);
        self.act(action);
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
            self.message.extend_from_slice(chunk.octets);
        }
        let ended = end.is_some();
        match end {
            Some(BodyEnd::Complete) => {
                self.finished += 1;
                let reply = self.answer(Question::End, 250);
                let message = std::mem::take(&mut self.message);
                if reply.is_positive() {
                    self.taken.extend_from_slice(&message);
                }
                self.event(Event::Answer(reply));
            }
            Some(BodyEnd::Refused(reply)) => {
                self.message.clear();
                self.event(Event::Answer(reply));
            }
            Some(BodyEnd::Chunk(action)) => self.act(action),
            None => {}
        }
        (consumed, ended)
    }

    fn answer(&mut self, question: Question, yes: u16) -> Reply {
        match self.answers.front() {
            Some((kind, _)) if *kind == question => self.answers.pop_front().unwrap().1,
            _ => Reply::fixed(yes, Some(EnhancedCode::new(2, 1, 0)), "Ok"),
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Read => {}
            Action::Reply(said) | Action::ReplyNow(said) => self.write(said),
            Action::Abort(said) => {
                self.open = false;
                self.message.clear();
                self.write(said);
            }
            Action::Final(said) => {
                assert!(std::mem::take(&mut self.open), "the last word to no transaction");
                self.write(said);
            }
            Action::Close(said) => {
                self.open = false;
                self.write(said);
                self.closed = true;
            }
            Action::Challenge(line) => {
                self.replies.push_back(String::from_utf8(line).unwrap().trim_end_matches("\r\n").to_owned());
            }
            Action::StartTls(said) => self.start_tls(said),
            asked => {
                let event = self.asked(asked);
                self.event(event);
            }
        }
    }

    /// The answer to what the session asks.
    fn asked(&mut self, action: Action) -> Event<'static> {
        match action {
            Action::Mail(request) => {
                assert!(!self.open, "a transaction in a transaction");
                self.mails.push(*request);
                let reply = self.answer(Question::Mail, 250);
                self.open = reply.is_positive();
                Event::Answer(reply)
            }
            Action::Rcpt(request) => {
                assert!(self.open, "a recipient without a transaction");
                self.rcpts.push(request);
                Event::Answer(self.answer(Question::Rcpt, 250))
            }
            Action::Data(form) => {
                assert!(self.open, "data without a transaction");
                self.message.clear();
                let reply = self.answer(Question::Data, 354);
                self.forms.push(form);
                Event::Answer(reply)
            }
            Action::Sasl(input) => Event::Sasl(self.sasl(&input)),
            Action::Xclient(attributes) => Event::Client(self.reattribute(&attributes)),
            other => panic!("{other:?} asks nothing"),
        }
    }

    fn sasl(&mut self, input: &SaslInput) -> SaslAnswer {
        let answer = self.login.step(input);
        if matches!(input, SaslInput::Cancelled) || matches!(answer, SaslAnswer::Challenge(_)) {
            return answer;
        }
        match self.answers.front() {
            Some((Question::Login, _)) => match self.answers.pop_front().unwrap().1.class() {
                2 => SaslAnswer::Success(Arc::new(Submitter("guest".to_owned()))),
                4 => SaslAnswer::Failure(SaslFailure::Temporary),
                _ => SaslAnswer::Failure(SaslFailure::Credentials),
            },
            _ => answer,
        }
    }

    fn start_tls(&mut self, said: Said) {
        if matches!(self.answers.front(), Some((Question::Tls, _))) {
            self.answers.pop_front();
            return self.event(Event::TlsUnavailable);
        }
        self.write(said);
        self.handshake = true;
    }

    /// Clients in 192.0.2.0/24 may relay.
    fn reattribute(&self, attributes: &ClientAttributes) -> Client {
        let given = attributes.address.as_ref().and_then(|given| given.value().copied());
        let address: IpAddr = given.unwrap_or_else(|| "198.51.100.7".parse().unwrap());
        let may_relay = matches!(address, IpAddr::V4(v4) if v4.octets()[..3] == [192, 0, 2]);
        let login = attributes.login.as_ref().and_then(|given| given.value());
        Client {
            may_xclient: self.setting.may_xclient,
            identity: login.map(|user| Arc::new(Submitter(user.to_string())) as Arc<_>),
            ..Client::new(address, may_relay)
        }
    }

    fn write(&mut self, said: Said) {
        let mut wire = Vec::new();
        said.reply.write_to(&mut wire);
        let text = String::from_utf8(wire).unwrap();
        self.replies.extend(text.split_terminator("\r\n").map(str::to_owned));
        assert_eq!(
            said.refusal.is_some(),
            said.reply.class() > 3,
            "a refusal has its rule, and nothing else has: {text}"
        );
        self.said.push(said);
    }
}

fn facts() -> TlsFacts {
    TlsFacts {
        version: "TLSv1.3".to_owned(),
        cipher: "TLS_AES_256_GCM_SHA384".to_owned(),
        channel_binding: true,
        client_certificate: false,
    }
}
