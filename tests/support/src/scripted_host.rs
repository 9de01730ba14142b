use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::{Act, At, Conversation, Wire};

/// A smart host that follows a script and remembers everything.
#[derive(Debug)]
pub struct ScriptedHost {
    address: SocketAddr,
    memory: Arc<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    stop: AtomicBool,
    body_bytes: AtomicU64,
    seen: Mutex<Vec<Seen>>,
}

/// One connection that came.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Command lines, without line ends.
    pub commands: Vec<String>,
    /// Messages that were stored.
    pub messages: Vec<SeenMessage>,
    /// Every byte, once the connection is over.
    pub raw: Vec<u8>,
    /// The connection is over.
    pub over: bool,
}

/// One message that was stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeenMessage {
    /// The MAIL command.
    pub mail: String,
    /// The RCPT commands.
    pub rcpts: Vec<String>,
    /// The message with its dots unstuffed.
    pub bytes: Vec<u8>,
}

impl SeenMessage {
    /// The message without the Received field on its top.
    #[must_use]
    pub fn without_received(&self) -> Vec<u8> {
        let mut rest = self.bytes.as_slice();
        let mut first = true;
        while !rest.is_empty() {
            let end = rest.windows(2).position(|pair| pair == b"\r\n").map_or(rest.len(), |at| at + 2);
            let is_ours = if first { rest.starts_with(b"Received:") } else { matches!(rest[0], b' ' | b'\t') };
            if !is_ours {
                break;
            }
            first = false;
            rest = &rest[end..];
        }
        rest.to_vec()
    }
}

impl ScriptedHost {
    /// Starts it on a free port; the first connection follows the first conversation, and so on; the last repeats.
    ///
    /// # Panics
    /// When it cannot bind, or there is no conversation.
    #[must_use]
    pub fn start(script: Vec<Conversation>) -> Self {
        assert!(!script.is_empty(), "a script has at least one conversation");
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let memory = Arc::new(Memory::default());
        let shared = Arc::clone(&memory);
        thread::spawn(move || {
            for (number, stream) in listener.incoming().map_while(Result::ok).enumerate() {
                if shared.stop.load(Ordering::SeqCst) {
                    return;
                }
                let conversation = script[number.min(script.len() - 1)].clone();
                let memory = Arc::clone(&shared);
                memory.seen.lock().unwrap().push(Seen::default());
                thread::spawn(move || Talk::new(stream, number, conversation, memory).run());
            }
        });
        Self { address, memory }
    }

    /// An honest one.
    #[must_use]
    pub fn honest() -> Self {
        Self::start(vec![Conversation::honest()])
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The connections so far.
    ///
    /// # Panics
    /// When a thread of it panicked.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        self.memory.seen.lock().unwrap().clone()
    }

    /// The messages stored so far, over all connections.
    #[must_use]
    pub fn messages(&self) -> Vec<SeenMessage> {
        self.seen().into_iter().flat_map(|seen| seen.messages).collect()
    }

    /// Body bytes read so far, over all connections.
    #[must_use]
    pub fn body_bytes(&self) -> u64 {
        self.memory.body_bytes.load(Ordering::SeqCst)
    }

    /// Waits until every connection is over, at most ten seconds.
    ///
    /// # Panics
    /// When one stays open.
    pub fn wait_until_left(&self) {
        let began = Instant::now();
        while !self.seen().iter().all(|seen| seen.over) {
            assert!(began.elapsed() < Duration::from_secs(10), "the relay keeps a connection to the smart host open");
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for ScriptedHost {
    fn drop(&mut self) {
        self.memory.stop.store(true, Ordering::SeqCst);
        // Wakes the accepting thread, which then ends and frees the port.
        drop(TcpStream::connect_timeout(&self.address, Duration::from_secs(1)));
    }
}

/// The honest answer to EHLO.
const EHLO: &str = "250-host.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n";

struct Talk {
    wire: Option<Wire>,
    number: usize,
    conversation: Conversation,
    memory: Arc<Memory>,
    message: SeenMessage,
}

impl Talk {
    fn new(stream: TcpStream, number: usize, conversation: Conversation, memory: Arc<Memory>) -> Self {
        let wire = Wire::over(stream, Duration::from_secs(300)).ok();
        Self { wire, number, conversation, memory, message: SeenMessage::default() }
    }

    fn run(mut self) {
        let Some(mut wire) = self.wire.take() else { return };
        if self.conversation.forget_bodies {
            wire.stop_recording();
        }
        // A peer that goes away is not this host's fault.
        let _ = self.talk(&mut wire);
        wire.close();
        self.note(|seen| {
            seen.raw.clone_from(&wire.record);
            seen.over = true;
        });
    }

    fn note(&self, change: impl FnOnce(&mut Seen)) {
        change(&mut self.memory.seen.lock().unwrap()[self.number]);
    }

    /// Does what the script says at this point, else says `honest`; breaks when the connection is to end.
    fn step(&self, wire: &mut Wire, at: At, honest: &str) -> io::Result<ControlFlow<()>> {
        match self.conversation.act(at) {
            None => wire.write(honest.as_bytes())?,
            Some(Act::Say(text)) => wire.write(format!("{text}\r\n").as_bytes())?,
            Some(Act::Raw(bytes)) => wire.write(bytes)?,
            Some(Act::RawThenClose(bytes)) => {
                wire.write(bytes)?;
                return Ok(ControlFlow::Break(()));
            }
            Some(Act::Close) => return Ok(ControlFlow::Break(())),
            Some(Act::Stall) => {
                wire.stall(|| self.memory.stop.load(Ordering::SeqCst));
                return Ok(ControlFlow::Break(()));
            }
            Some(Act::Late(time)) => {
                thread::sleep(*time);
                wire.write(honest.as_bytes())?;
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn talk(&mut self, wire: &mut Wire) -> io::Result<()> {
        if self.step(wire, At::Greeting, "220 host.example ESMTP\r\n")?.is_break() {
            return Ok(());
        }
        loop {
            let line = String::from_utf8_lossy(&wire.read_line()?).trim_end().to_owned();
            self.note(|seen| seen.commands.push(line.clone()));
            if self.answer(wire, &line)?.is_break() {
                return Ok(());
            }
        }
    }

    fn answer(&mut self, wire: &mut Wire, line: &str) -> io::Result<ControlFlow<()>> {
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" => self.step(wire, At::Ehlo, EHLO),
            "MAIL" => {
                self.message = SeenMessage { mail: line.to_owned(), ..SeenMessage::default() };
                self.step(wire, At::Mail, "250 2.1.0 ok\r\n")
            }
            "RCPT" => {
                self.message.rcpts.push(line.to_owned());
                self.step(wire, At::Rcpt, "250 2.1.5 ok\r\n")
            }
            "DATA" => self.data(wire),
            "RSET" => self.step(wire, At::Rset, "250 2.0.0 ok\r\n"),
            "NOOP" => wire.write(b"250 2.0.0 ok\r\n").map(|()| ControlFlow::Continue(())),
            "QUIT" => self.step(wire, At::Quit, "221 2.0.0 bye\r\n").map(|_| ControlFlow::Break(())),
            _ => wire.write(b"500 5.5.2 what?\r\n").map(|()| ControlFlow::Continue(())),
        }
    }

    fn data(&mut self, wire: &mut Wire) -> io::Result<ControlFlow<()>> {
        let flow = self.step(wire, At::Data, "354 go ahead\r\n")?;
        let goes_on = match self.conversation.act(At::Data) {
            None | Some(Act::Late(_)) => true,
            Some(Act::Say(text)) => text.starts_with("354"),
            Some(Act::Raw(bytes)) => bytes.starts_with(b"354"),
            _ => false,
        };
        if flow.is_break() || !goes_on {
            return Ok(flow);
        }
        if self.body(wire)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        if self.conversation.act(At::DotUnstored).is_some() {
            return self.step(wire, At::DotUnstored, "");
        }
        let message = std::mem::take(&mut self.message);
        self.note(|seen| seen.messages.push(message));
        self.step(wire, At::Dot, "250 2.0.0 stored as 42\r\n")
    }

    /// Reads the message to its end.
    fn body(&mut self, wire: &mut Wire) -> io::Result<ControlFlow<()>> {
        let mut since_pause = 0;
        let mut first = true;
        loop {
            let line = wire.read_line()?;
            if line == b".\r\n" {
                return Ok(ControlFlow::Continue(()));
            }
            self.memory.body_bytes.fetch_add(line.len() as u64, Ordering::SeqCst);
            if !self.conversation.forget_bodies {
                self.message.bytes.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
            }
            if first && self.conversation.act(At::Body).is_some() && self.step(wire, At::Body, "")?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            first = false;
            since_pause += line.len();
            if let Some((bytes, pause)) = self.conversation.slow
                && since_pause >= bytes
            {
                since_pause = 0;
                thread::sleep(pause);
            }
        }
    }
}
