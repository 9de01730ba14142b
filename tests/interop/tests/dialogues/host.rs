use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

use postroad_dialogs::Question;
use postroad_mail_types::Reply;

/// A smart host that says yes, unless the dialogue that is being played says something else.
pub(crate) struct Host {
    pub(crate) address: SocketAddr,
    script: Arc<Mutex<Script>>,
}

/// What is to be answered, and what came.
#[derive(Default)]
pub(crate) struct Script {
    pub(crate) answers: VecDeque<(Question, Reply)>,
    /// Messages that were taken, one behind the other, without the trace field on top.
    pub(crate) taken: Vec<u8>,
    /// The same, with the dots of DATA still doubled.
    pub(crate) wire: Vec<u8>,
}

impl Host {
    /// It offers these and nothing else.
    pub(crate) fn start(offers: &[String]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let script = Arc::new(Mutex::new(Script::default()));
        let shared = Arc::clone(&script);
        let offers = [&["host.example".to_owned()], offers].concat();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (script, offers) = (Arc::clone(&shared), offers.clone());
                // A relay that goes away is no fault.
                thread::spawn(move || {
                    drop(
                        Talk { stream: BufReader::new(stream), script, message: Vec::new(), wire: Vec::new() }
                            .run(&offers),
                    )
                });
            }
        });
        Self { address, script }
    }

    pub(crate) fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap()
    }
}

struct Talk {
    stream: BufReader<TcpStream>,
    script: Arc<Mutex<Script>>,
    message: Vec<u8>,
    wire: Vec<u8>,
}

impl Talk {
    fn run(&mut self, offers: &[String]) -> io::Result<()> {
        self.say("220 host.example ESMTP")?;
        loop {
            let line = String::from_utf8_lossy(&self.line()?).trim_end().to_ascii_uppercase();
            match line.get(..4).unwrap_or_default() {
                "EHLO" => {
                    for (left, offer) in offers.iter().enumerate().map(|(at, offer)| (offers.len() - at - 1, offer)) {
                        self.say(&format!("250{}{offer}", if left == 0 { ' ' } else { '-' }))?;
                    }
                }
                "MAIL" => {
                    self.message.clear();
                    self.wire.clear();
                    self.say("250 2.1.0 ok")?;
                }
                "RCPT" => drop(self.answer(Question::Rcpt, "250 2.1.0 ok")?),
                "DATA" => {
                    if self.answer(Question::Data, "354 go ahead")? == 354 {
                        self.body()?;
                        self.end()?;
                    }
                }
                "BDAT" => self.chunk(&line)?,
                "QUIT" => return self.say("221 2.0.0 bye"),
                _ => self.say("250 2.0.0 ok")?,
            }
        }
    }

    fn body(&mut self) -> io::Result<()> {
        loop {
            let line = self.line()?;
            if line == b".\r\n" {
                return Ok(());
            }
            self.wire.extend_from_slice(&line);
            self.message.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
    }

    fn chunk(&mut self, line: &str) -> io::Result<()> {
        let mut words = line.split(' ').skip(1);
        let mut octets = vec![0; words.next().unwrap().parse().unwrap()];
        self.stream.read_exact(&mut octets)?;
        self.wire.extend_from_slice(&octets);
        self.message.append(&mut octets);
        let last = words.next().is_some();
        let next = self.script.lock().unwrap().answers.front().map(|(kind, _)| *kind);
        match next {
            Some(Question::Data) => self.answer(Question::Data, "250 2.0.0 more").map(drop),
            _ if last => self.end(),
            _ => self.say("250 2.0.0 more"),
        }
    }

    fn end(&mut self) -> io::Result<()> {
        let message = std::mem::take(&mut self.message);
        let wire = std::mem::take(&mut self.wire);
        let mut script = self.script.lock().unwrap();
        script.taken.extend_from_slice(without_trace(&message));
        script.wire.extend_from_slice(without_trace(&wire));
        drop(script);
        self.answer(Question::End, "250 2.0.0 stored").map(drop)
    }

    fn answer(&mut self, question: Question, yes: &str) -> io::Result<u16> {
        let answer = self.script.lock().unwrap().answers.pop_front_if(|(kind, _)| *kind == question);
        let Some((_, reply)) = answer else {
            self.say(yes)?;
            return Ok(yes[..3].parse().unwrap());
        };
        let mut wire = Vec::new();
        reply.write_to(&mut wire);
        self.stream.get_mut().write_all(&wire)?;
        Ok(String::from_utf8_lossy(&wire)[..3].parse().unwrap())
    }

    fn say(&mut self, line: &str) -> io::Result<()> {
        self.stream.get_mut().write_all(format!("{line}\r\n").as_bytes())
    }

    fn line(&mut self) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        self.stream.read_until(b'\n', &mut line)?;
        if line.ends_with(b"\n") { Ok(line) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

/// The message without the Received field that the relay put on its top.
fn without_trace(message: &[u8]) -> &[u8] {
    let mut rest = message;
    let mut first = true;
    while let Some(end) = rest.windows(2).position(|pair| pair == b"\r\n").map(|at| at + 2) {
        let trace = if first { rest.starts_with(b"Received:") } else { matches!(rest[0], b' ' | b'\t') };
        if !trace {
            break;
        }
        first = false;
        rest = &rest[end..];
    }
    rest
}
