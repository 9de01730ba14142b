mod message;

use std::collections::VecDeque;

use crate::house::{House, RECIPIENTS, SIZE};
use crate::line::{Address, Said, is_base64};
use crate::next_hop::{Answers, Heard, Question};
use crate::vocabulary::Parameter;

/// The states of a server as the RFCs tell them, in the plainest way.
///
/// A command that has faults gets the code of one of them, whichever, and changes nothing; which comes first is not for
/// the RFCs to say. So each reply is a set of codes.
pub(crate) struct Model {
    house: House,
    answers: Answers,
    pub(crate) replies: Vec<Vec<u16>>,
    pub(crate) heard: Vec<Heard>,
    pub(crate) closed: bool,
    input: VecDeque<u8>,
    mode: Mode,
    tls: bool,
    authenticated: bool,
    hello: Option<Hello>,
    transaction: Option<Transaction>,
    /// A chunk was refused and its transaction is over: RSET is due (RFC 3030 §2).
    failed: bool,
}

/// What the next octets are.
enum Mode {
    Line,
    Response,
    Data,
    Chunk { left: usize, fate: Fate },
}

/// What becomes of a chunk.
#[derive(Clone)]
enum Fate {
    Kept {
        last: bool,
    },
    /// Dropped, and this is said.
    Dropped(Vec<u16>),
    /// Dropped, and the transaction with it.
    GivenUp {
        code: u16,
        last: bool,
    },
}

struct Hello {
    extended: bool,
    /// AUTH was listed, or meant something: MAIL may have AUTH=.
    auth: bool,
}

#[derive(Default)]
struct Transaction {
    accepted: u32,
    utf8: bool,
    binary: bool,
    /// A chunk was accepted.
    begun: bool,
    /// A chunk was refused since nobody had been accepted.
    refused: bool,
    body: Vec<u8>,
    bare: bool,
}

impl Model {
    pub(crate) fn new(house: House, answers: Answers) -> Self {
        Self {
            house,
            answers,
            replies: vec![vec![if house.early { 554 } else { 220 }]],
            heard: Vec::new(),
            closed: false,
            input: VecDeque::new(),
            mode: Mode::Line,
            tls: house.implicit_tls,
            authenticated: false,
            hello: None,
            transaction: None,
            failed: false,
        }
    }

    pub(crate) fn receive(&mut self, octets: &[u8]) {
        self.input.extend(octets);
        while !self.closed && self.step() {}
    }

    /// False when more octets are needed.
    fn step(&mut self) -> bool {
        if let Mode::Chunk { left, fate } = &self.mode {
            let (left, fate) = (*left, fate.clone());
            return self.chunk(left, fate);
        }
        let Some(line) = self.take_line() else { return false };
        match self.mode {
            Mode::Data => self.text(&line),
            Mode::Response => self.response(&line),
            _ => self.line(&line),
        }
        true
    }

    /// Only CRLF ends a line.
    fn take_line(&mut self) -> Option<Vec<u8>> {
        let input = self.input.make_contiguous();
        let end = input.windows(2).position(|two| two == b"\r\n")?;
        let line: Vec<u8> = self.input.drain(..end + 2).collect();
        Some(line[..end].to_vec())
    }

    fn say(&mut self, codes: &[u16]) {
        self.replies.push(codes.to_vec());
    }

    fn close(&mut self, code: u16) {
        self.give_up();
        self.say(&[code]);
        self.closed = true;
    }

    fn give_up(&mut self) {
        if self.transaction.take().is_some() {
            self.heard.push(Heard::GivenUp);
        }
    }

    fn in_transaction(&self) -> bool {
        self.transaction.is_some() || self.failed
    }

    fn line(&mut self, line: &[u8]) {
        if is_malformed(line) || line.len() + 2 > 2048 {
            return self.say(&[500]);
        }
        if self.house.early {
            return if line.eq_ignore_ascii_case(b"QUIT") { self.close(221) } else { self.say(&[503]) };
        }
        let said = Said::read(line);
        let mut faults = Vec::new();
        let clear =
            matches!(said, Said::Noop | Said::Ehlo | Said::StartTls | Said::Quit | Said::Http | Said::Wrong(_, true));
        if self.house.require_tls && !self.tls && !clear {
            faults.push(530);
        }
        faults.extend(self.faults(&said));
        match said {
            Said::Http => return self.close(421),
            Said::Bdat { size, last } => return self.bdat(size, last, faults),
            _ if !faults.is_empty() => return self.say(&faults),
            _ => {}
        }
        self.carry_out(said);
    }

    /// What speaks against a command.
    fn faults(&self, said: &Said) -> Vec<u16> {
        let mut faults = Vec::new();
        let mut fault = |is: bool, code| faults.extend(is.then_some(code));
        match said {
            Said::Wrong(codes, _) => return codes.to_vec(),
            Said::Mail(from) => {
                fault(self.hello.is_none() || self.in_transaction(), 503);
                fault(self.house.require_auth && !self.authenticated, 530);
                fault(!from.mailbox.is_ascii() && !from.parameters.contains(&Parameter::Utf8), 553);
                fault(from.parameters.iter().any(|p| matches!(p, Parameter::Size(size) if *size > SIZE)), 552);
                fault(!self.are_offered(from), 555);
            }
            Said::Rcpt(to) => {
                let open = self.transaction.as_ref().filter(|open| !open.begun);
                fault(open.is_none(), 503);
                fault(!to.mailbox.is_ascii() && open.is_none_or(|open| !open.utf8), 553);
                fault(!self.house.may_relay && !self.authenticated, 550);
                fault(open.is_some_and(|open| open.accepted >= RECIPIENTS), 452);
                fault(!self.are_offered(to), 555);
            }
            Said::Data => fault(
                !self.takes_data() || self.transaction.as_ref().is_some_and(|open| open.binary || open.begun),
                503,
            ),
            Said::Bdat { .. } => {
                fault(!self.takes_data(), 503);
                fault(self.hello.as_ref().is_none_or(|hello| !hello.extended), 502);
            }
            Said::StartTls => {
                fault(self.tls || self.hello.is_none() || self.in_transaction(), 503);
                fault(!self.house.starttls, 502);
            }
            Said::Auth(mechanism) => {
                let extended = self.hello.as_ref().is_some_and(|hello| hello.extended);
                fault(!extended || self.authenticated || self.in_transaction(), 503);
                fault(!self.house.mechanisms, 502);
                fault(mechanism != "PLAIN" && mechanism != "SCRAM-SHA-256", 504);
                fault(mechanism == "PLAIN" && !self.tls && self.house.starttls, 530);
                fault(mechanism == "PLAIN" && !self.tls, 504);
            }
            Said::Xclient => {
                fault(!self.house.may_xclient, 550);
                fault(self.in_transaction(), 503);
            }
            _ => {}
        }
        faults
    }

    fn takes_data(&self) -> bool {
        self.transaction.as_ref().is_some_and(|open| open.accepted > 0 && !open.refused)
    }

    fn are_offered(&self, address: &Address) -> bool {
        let rich = self.house.rich;
        address.parameters.iter().all(|parameter| {
            let hello = self.hello.as_ref().filter(|hello| hello.extended);
            hello.is_some_and(|hello| match parameter {
                Parameter::Size(_) | Parameter::EightBit => true,
                Parameter::Auth => hello.auth,
                Parameter::RequireTls => rich && self.tls,
                _ => rich,
            })
        })
    }

    fn carry_out(&mut self, said: Said) {
        match said {
            Said::Ehlo | Said::Helo => {
                self.give_up();
                self.failed = false;
                self.hello =
                    Some(Hello { extended: said == Said::Ehlo, auth: self.house.mechanisms || self.authenticated });
                self.say(&[250]);
            }
            Said::Rset => {
                self.give_up();
                self.failed = false;
                self.say(&[250]);
            }
            Said::Noop => self.say(&[250]),
            Said::Verify => self.say(&[252]),
            Said::Help => self.say(&[214]),
            Said::Quit => self.close(221),
            Said::Mail(from) => self.mail(&from),
            Said::Rcpt(to) => self.rcpt(&to),
            Said::Data => {
                let code = self.ask_for_data();
                self.say(&[code]);
                if code == 354 {
                    self.mode = Mode::Data;
                } else {
                    self.give_up();
                }
            }
            Said::StartTls => self.starttls(),
            Said::Auth(_) => self.exchange(),
            Said::Xclient => {
                self.hello = None;
                self.authenticated = false;
                self.say(&[220]);
            }
            Said::Bdat { .. } | Said::Http | Said::Wrong(..) => unreachable!("done with before"),
        }
    }

    fn mail(&mut self, from: &Address) {
        self.heard.push(Heard::Mail(from.mailbox.to_owned(), from.parameters.len()));
        let code = self.answers.next(Question::Mail);
        self.say(&[code]);
        if code == 250 {
            let says = |parameter| from.parameters.contains(&parameter);
            let (utf8, binary) = (says(Parameter::Utf8), says(Parameter::Binary));
            self.transaction = Some(Transaction { utf8, binary, ..Transaction::default() });
        }
    }

    fn rcpt(&mut self, to: &Address) {
        self.heard.push(Heard::Rcpt(to.mailbox.to_owned(), to.parameters.len()));
        let code = self.answers.next(Question::Rcpt);
        self.say(&[code]);
        self.transaction.as_mut().unwrap().accepted += u32::from(code == 250);
    }

    fn ask_for_data(&mut self) -> u16 {
        self.heard.push(Heard::Data);
        self.answers.next(Question::Data)
    }

    /// Octets behind STARTTLS in the same segment would be carried out inside TLS (RFC 3207 §4.2).
    fn starttls(&mut self) {
        if !self.input.is_empty() {
            return self.close(421);
        }
        let code = self.answers.next(Question::Tls);
        self.say(&[code]);
        if code == 220 {
            (self.tls, self.hello, self.authenticated) = (true, None, false);
        }
    }

    fn exchange(&mut self) {
        let code = self.answers.next(Question::Sasl);
        self.say(&[code]);
        self.authenticated |= code == 235;
        self.mode = if code == 334 { Mode::Response } else { Mode::Line };
    }

    /// The client's part of a SASL exchange (RFC 4954 §4).
    fn response(&mut self, line: &[u8]) {
        if is_base64(line) {
            return self.exchange();
        }
        self.mode = Mode::Line;
        self.say(if is_malformed(line) { &[500, 501] } else { &[501] });
    }
}

fn is_malformed(line: &[u8]) -> bool {
    line.iter().any(|octet| matches!(octet, b'\r' | b'\n' | 0))
}
