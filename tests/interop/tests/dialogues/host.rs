use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

use postroad_dialogs::Question;

/// A smart host that says yes, unless the dialogue that is being played says something else.
pub(crate) struct Host {
    pub(crate) address: SocketAddr,
    script: Arc<Mutex<Script>>,
}

/// What is to be answered, and what came.
#[derive(Default)]
pub(crate) struct Script {
    pub(crate) answers: VecDeque<(Question, String)>,
    /// The keywords of EHLO.
    pub(crate) offers: Vec<String>,
    /// Messages that were taken, one behind the other, as they came, without the trace field on top.
    pub(crate) taken: Vec<u8>,
    /// Connections, the closed ones too.
    connections: Vec<TcpStream>,
}

impl Script {
    /// What is to be answered next, if that is such a question.
    pub(crate) fn next(&mut self, question: Question) -> Option<String> {
        self.answers.pop_front_if(|(kind, _)| *kind == question).map(|(_, text)| text)
    }

    /// Closes all connections.
    pub(crate) fn lose(&mut self) {
        for connection in self.connections.drain(..) {
            // One that the relay has closed is gone already.
            drop(connection.shutdown(Shutdown::Both));
        }
    }
}

impl Host {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let script = Arc::new(Mutex::new(Script::default()));
        let shared = Arc::clone(&script);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let script = Arc::clone(&shared);
                script.lock().unwrap().connections.push(stream.try_clone().unwrap());
                // A relay that goes away is no fault.
                thread::spawn(move || drop(Talk { stream: BufReader::new(stream), script, message: Vec::new() }.run()));
            }
        });
        Self { address, script }
    }

    /// Forgets what was, and offers this from now on.
    pub(crate) fn begin(&self, offers: Vec<String>) {
        let mut script = self.script();
        script.lose();
        *script = Script { offers, ..Script::default() };
    }

    /// The script, for whoever else takes answers from it.
    pub(crate) fn shared(&self) -> Arc<Mutex<Script>> {
        Arc::clone(&self.script)
    }

    pub(crate) fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap()
    }
}

struct Talk {
    stream: BufReader<TcpStream>,
    script: Arc<Mutex<Script>>,
    message: Vec<u8>,
}

impl Talk {
    fn run(&mut self) -> io::Result<()> {
        self.say("220 host.example ESMTP")?;
        loop {
            let line = String::from_utf8_lossy(&self.line()?).trim_end().to_ascii_uppercase();
            match line.get(..4).unwrap_or_default() {
                "EHLO" => {
                    let offers = self.script.lock().unwrap().offers.clone();
                    let reply: String = offers.iter().map(|offer| format!("250-{offer}\r\n")).collect();
                    self.say(&format!("{reply}250 HELP"))?;
                }
                "MAIL" => {
                    self.message.clear();
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
            self.message.extend_from_slice(&line);
        }
    }

    fn chunk(&mut self, line: &str) -> io::Result<()> {
        let mut words = line.split(' ').skip(1);
        let mut octets = vec![0; words.next().unwrap().parse().unwrap()];
        self.stream.read_exact(&mut octets)?;
        self.message.append(&mut octets);
        if words.next().is_some() { self.end() } else { self.say("250 2.0.0 more") }
    }

    fn end(&mut self) -> io::Result<()> {
        let message = std::mem::take(&mut self.message);
        let mut script = self.script.lock().unwrap();
        let answer = script.next(Question::End).unwrap_or_else(|| "250 2.0.0 stored".to_owned());
        if answer.starts_with('2') {
            script.taken.extend_from_slice(without_trace(&message));
        }
        drop(script);
        self.say(&answer)
    }

    /// The code that was answered.
    fn answer(&mut self, question: Question, yes: &str) -> io::Result<u16> {
        let answer = self.script.lock().unwrap().next(question).unwrap_or_else(|| yes.to_owned());
        self.say(&answer)?;
        Ok(answer[..3].parse().unwrap())
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
