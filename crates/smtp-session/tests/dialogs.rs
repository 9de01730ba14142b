//! Runs the dialogues of `tests/dialogs` without a socket, whole lines at a time and octet by octet.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;

use postroad_mail_types::{EnhancedCode, HostName, Reply};
use postroad_smtp_codec::{Extensions, LineScanner};
use postroad_smtp_session::{Action, BodyEnd, Client, Event, Session, SessionSettings};

/// A session with a pipeline that answers as the dialogue says.
struct Server {
    session: Session,
    lines: LineScanner,
    input: Vec<u8>,
    replies: VecDeque<String>,
    answers: VecDeque<(String, Reply)>,
    passed: Vec<u8>,
    closed: bool,
}

fn session(settings: SessionSettings, may_relay: bool) -> Session {
    let client = Client::new("192.0.2.7".parse().unwrap(), may_relay);
    Session::new(Arc::new(settings), client, Arc::new(Extensions::of_unknown_host()))
}

impl Server {
    fn new() -> Self {
        let settings = SessionSettings {
            max_message_size: Some(1000),
            ..SessionSettings::new(HostName::parse("relay.example").unwrap())
        };
        let mut server = Self {
            session: session(settings, true),
            lines: LineScanner::new(SessionSettings::LINE_LIMIT),
            input: Vec::new(),
            replies: VecDeque::new(),
            answers: VecDeque::new(),
            passed: Vec::new(),
            closed: false,
        };
        let greeting = server.session.on(Event::Connected);
        server.act(greeting);
        server
    }

    fn answer(&mut self, what: &str, yes: u16) -> Reply {
        match self.answers.front() {
            Some((kind, _)) if kind == what => self.answers.pop_front().unwrap().1,
            _ => Reply::fixed(yes, None, "yes"),
        }
    }

    fn act(&mut self, action: Action) {
        let (said, closes) = match action {
            Action::Read => return,
            Action::Reply(said) | Action::ReplyNow(said) | Action::Abort(said) | Action::Final(said) => (said, false),
            Action::Close(said) => (said, true),
            Action::Mail(_) => {
                return self.event(Event::Answer(Reply::fixed(250, Some(EnhancedCode::new(2, 1, 0)), "Ok")));
            }
            Action::Rcpt(_) => {
                let reply = self.answer("rcpt", 250);
                return self.event(Event::Answer(reply));
            }
            Action::Data(_) => {
                let reply = self.answer("data", 354);
                return self.event(Event::Answer(reply));
            }
            other => panic!("what is {other:?}?"),
        };
        let mut wire = Vec::new();
        said.reply.write_to(&mut wire);
        let text = String::from_utf8(wire).unwrap();
        self.replies.extend(text.split_terminator("\r\n").map(str::to_owned));
        self.closed |= closes;
    }

    fn event(&mut self, event: Event<'_>) {
        let action = self.session.on(event);
        self.act(action);
    }

    fn receive(&mut self, octets: &[u8]) {
        self.input.extend_from_slice(octets);
        while !self.closed && self.step() {}
    }

    fn step(&mut self) -> bool {
        let input = std::mem::take(&mut self.input);
        let (consumed, went_on) = if self.session.expects_data() {
            let step = self.session.body(&input);
            let (consumed, end) = (step.consumed, step.end);
            if let Some(chunk) = step.chunk {
                self.passed.extend_from_slice(chunk.octets);
            }
            let ended = end.is_some();
            match end {
                Some(BodyEnd::Complete) => {
                    let reply = self.answer("end", 250);
                    self.event(Event::Answer(reply));
                }
                Some(BodyEnd::Refused(reply)) => {
                    self.passed.clear();
                    self.event(Event::Answer(reply));
                }
                Some(BodyEnd::Chunk(action)) => self.act(action),
                None => {}
            }
            (consumed, ended)
        } else {
            let scan = self.lines.scan(&input);
            let (consumed, whole) = (scan.consumed, scan.line.is_some());
            if let Some(line) = scan.line {
                let action = self.session.on(Event::Line { line, more: input.len() > consumed });
                self.act(action);
            }
            (consumed, whole)
        };
        self.input = input[consumed..].to_vec();
        went_on
    }
}

fn unescape(text: &str) -> Vec<u8> {
    text.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0").replace("\\\\", "\\").into_bytes()
}

fn reply(text: &str) -> Reply {
    let (code, rest) = text.split_at(3);
    let rest = rest.trim_start();
    let (enhanced, text) = EnhancedCode::split_from(rest).map_or((None, rest), |(code, rest)| (Some(code), rest));
    Reply::made(code.parse().unwrap(), enhanced, text)
}

fn run(name: &str, text: &str, octets_at_a_time: usize) {
    let mut server = Server::new();
    for (number, line) in text.lines().enumerate() {
        let place = format!("{name}, line {}, {octets_at_a_time} octets at a time", number + 1);
        let (mark, rest) = line.split_at_checked(2).unwrap_or((line, ""));
        let rest = rest.strip_prefix(' ').unwrap_or(rest);
        match mark {
            "" | "# " | "#" => {}
            "->" => [rest.as_bytes(), b"\r\n"].concat().chunks(octets_at_a_time).for_each(|c| server.receive(c)),
            "=>" => unescape(rest).chunks(octets_at_a_time).for_each(|c| server.receive(c)),
            "<-" => assert_eq!(server.replies.pop_front().as_deref(), Some(rest), "{place}"),
            "<~" => {
                let line = server.replies.pop_front().unwrap_or_else(|| panic!("{place}: no reply"));
                assert!(line.starts_with(rest), "{place}: {line:?} does not begin with {rest:?}");
            }
            "??" => {
                let (kind, answer) = rest.split_once(' ').unwrap();
                server.answers.push_back((kind.to_owned(), reply(answer)));
            }
            "!!" => assert_eq!(std::mem::take(&mut server.passed), unescape(rest), "{place}"),
            "<<" => assert!(server.closed, "{place}: still open"),
            other => panic!("{place}: what is {other:?}?"),
        }
    }
    assert!(server.replies.is_empty(), "{name}: replies that nobody expected: {:?}", server.replies);
    assert!(server.answers.is_empty(), "{name}: an answer was never asked for");
}

#[test]
fn every_dialogue_goes_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/dialogs");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "smtp") {
            let text = std::fs::read_to_string(&path).unwrap();
            let name = path.file_name().unwrap().to_string_lossy();
            for octets_at_a_time in [usize::MAX, 1, 7] {
                run(&name, &text, octets_at_a_time);
            }
            seen += 1;
        }
    }
    assert!(seen >= 9, "only {seen} dialogues were found");
}

#[test]
fn s17_who_may_not_relay_is_told_at_rcpt() {
    let mut server = Server::new();
    let settings = SessionSettings::new(HostName::parse("relay.example").unwrap());
    server.session = session(settings, false);
    server.receive(b"HELO c.example\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<u@y.example>\r\n");
    assert_eq!(server.replies.pop_back().unwrap(), "550 5.7.1 Relaying is not allowed from your address 192.0.2.7: ask to have it allowed");
}

#[test]
fn too_many_errors_end_in_421() {
    let mut server = Server::new();
    for _ in 0..21 {
        assert!(!server.closed);
        server.receive(b"FOO\r\n");
    }
    assert!(server.closed);
    assert!(server.replies.back().unwrap().starts_with("421 4.7.0 relay.example "));
}

#[test]
fn th15_a_request_of_another_protocol_ends_the_session() {
    for first in ["GET / HTTP/1.1", "post /x HTTP/1.1", "CONNECT a.example:25 HTTP/1.1"] {
        let mut server = Server::new();
        server.receive(format!("{first}\r\nEHLO c.example\r\nMAIL FROM:<a@x.example>\r\n").as_bytes());
        assert!(server.closed, "{first}");
        assert!(
            server.replies.back().unwrap().starts_with("421 4.7.0 relay.example "),
            "{first}: {:?}",
            server.replies
        );
    }
}

/// Gives the server one recipient and goes on to the data.
fn up_to_the_data(server: &mut Server) {
    server.receive(b"HELO c.example\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<u@y.example>\r\nDATA\r\n");
    assert!(server.replies.pop_back().unwrap().starts_with("354 "));
}

#[test]
fn m15_data_that_is_really_larger_is_refused_after_its_end() {
    for (octets, code) in [(998, "250"), (999, "552 5.3.4")] {
        let mut server = Server::new();
        up_to_the_data(&mut server);
        server.receive(&[vec![b'x'; octets], b"\r\n".to_vec()].concat());
        assert!(!server.replies.back().unwrap().starts_with("552"), "told before the end");
        server.receive(b".\r\n");
        let reply = server.replies.pop_back().unwrap();
        assert!(reply.starts_with(code), "{octets} octets and CRLF: {reply}");
    }
}

#[test]
fn m16_more_than_a_hundred_hops_are_refused_after_the_end() {
    for (hops, code) in [(100, "250"), (101, "554 5.4.6")] {
        let mut server = Server::new();
        let settings = SessionSettings::new(HostName::parse("relay.example").unwrap());
        server.session = session(settings, true);
        up_to_the_data(&mut server);
        server.receive("received: x\r\n".repeat(hops).as_bytes());
        server.receive(b"\r\nReceived: in the body\r\n.\r\n");
        let reply = server.replies.pop_back().unwrap();
        assert!(reply.starts_with(code), "{hops} hops: {reply}");
    }
}

#[test]
fn l3_recipients_above_the_limit_get_452_and_the_others_stay() {
    let mut server = Server::new();
    server.receive(b"HELO c.example\r\nMAIL FROM:<a@x.example>\r\n");
    for number in 0..1001 {
        server.receive(format!("RCPT TO:<u{number}@y.example>\r\n").as_bytes());
        let reply = server.replies.pop_back().unwrap();
        let expected = if number < 1000 { "250" } else { "452 4.5.3" };
        assert!(reply.starts_with(expected), "recipient {number}: {reply}");
    }
    server.receive(b"DATA\r\n");
    assert!(server.replies.pop_back().unwrap().starts_with("354 "));
}
