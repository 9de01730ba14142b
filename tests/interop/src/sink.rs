use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::dialogue::Dialogue;

/// What a stand-in of a smart host takes for the end of a line, and so for the end of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// CRLF only (RFC 5321 §2.3.8).
    Strict,
    /// CRLF, a bare LF and a bare CR: the victim of smuggled messages.
    Lenient,
}

/// A stand-in of a smart host that accepts everything and keeps every octet that it was sent.
#[derive(Debug)]
pub struct Sink {
    address: SocketAddr,
    memory: Arc<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    stop: AtomicBool,
    count: AtomicUsize,
    heard: Mutex<Vec<Heard>>,
    grown: Condvar,
}

/// One connection that came.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    /// Every octet so far.
    pub raw: Vec<u8>,
    /// Command lines so far, without line ends.
    pub commands: Vec<String>,
    /// Messages that were taken.
    pub messages: Vec<Delivered>,
    /// The connection is over.
    pub over: bool,
}

/// One message that was taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// The MAIL command.
    pub mail: String,
    /// The RCPT commands.
    pub rcpts: Vec<String>,
    /// The message, its dots unstuffed.
    pub bytes: Vec<u8>,
    /// It came in chunks (RFC 3030), not after DATA.
    pub in_chunks: bool,
    /// Its place among all messages, from 0 on.
    pub number: usize,
}

impl Delivered {
    /// The message without so many Received fields on its top.
    ///
    /// # Panics
    /// When there are fewer.
    #[must_use]
    pub fn without_received(&self, count: usize) -> &[u8] {
        let mut rest = self.bytes.as_slice();
        for _ in 0..count {
            assert!(rest.starts_with(b"Received:"), "no Received field: {:?}", String::from_utf8_lossy(rest));
            let folded =
                |at: &usize| rest[*at..].starts_with(b"\r\n") && !matches!(rest.get(at + 2), Some(b' ' | b'\t'));
            let end = (0..rest.len()).find(folded).map_or(rest.len(), |at| at + 2);
            rest = &rest[end..];
        }
        rest
    }
}

impl Sink {
    /// Starts one on a free port of loopback that reads so and offers these extensions.
    ///
    /// # Panics
    /// When it cannot bind.
    #[must_use]
    pub fn start(reading: Reading, offers: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let memory = Arc::new(Memory::default());
        let shared = Arc::clone(&memory);
        let offers: Vec<String> = offers.iter().map(|offer| (*offer).to_owned()).collect();
        thread::spawn(move || {
            for (number, stream) in listener.incoming().map_while(Result::ok).enumerate() {
                if shared.stop.load(Ordering::SeqCst) {
                    return;
                }
                let memory = Arc::clone(&shared);
                let dialogue = Dialogue::new(reading, &offers);
                memory.heard.lock().unwrap().push(Heard::default());
                thread::spawn(move || {
                    // A peer that goes away in mid sentence is what some tests are about.
                    drop(serve(&stream, number, dialogue, &memory));
                    drop(stream.shutdown(Shutdown::Both));
                    memory.note(number, |heard| heard.over = true);
                });
            }
        });
        Self { address, memory }
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
    pub fn heard(&self) -> Vec<Heard> {
        self.memory.heard.lock().unwrap().clone()
    }

    /// The messages taken so far, over all connections.
    #[must_use]
    pub fn messages(&self) -> Vec<Delivered> {
        self.heard().into_iter().flat_map(|heard| heard.messages).collect()
    }

    /// The message taken last, over all connections; there have been so many.
    ///
    /// # Panics
    /// When a thread of it panicked.
    #[must_use]
    pub fn last(&self) -> (usize, Option<Delivered>) {
        let heard = self.memory.heard.lock().unwrap();
        let count = heard.iter().map(|heard| heard.messages.len()).sum();
        (count, heard.iter().filter_map(|heard| heard.messages.last()).max_by_key(|last| last.number).cloned())
    }

    /// Waits until what it heard satisfies this; `false` when it does not within the time.
    ///
    /// # Panics
    /// When a thread of it panicked.
    pub fn wait_until(&self, time: Duration, enough: impl Fn(&[Heard]) -> bool) -> bool {
        let until = Instant::now() + time;
        let mut heard = self.memory.heard.lock().unwrap();
        while !enough(&heard) {
            let Some(left) = until.checked_duration_since(Instant::now()) else { return false };
            heard = self.memory.grown.wait_timeout(heard, left).unwrap().0;
        }
        true
    }
}

impl Memory {
    fn note(&self, number: usize, change: impl FnOnce(&mut Heard)) {
        change(&mut self.heard.lock().unwrap()[number]);
        self.grown.notify_all();
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.memory.stop.store(true, Ordering::SeqCst);
        // Wakes the accepting thread, which then ends and frees the port.
        drop(TcpStream::connect_timeout(&self.address, Duration::from_secs(1)));
    }
}

fn serve(mut stream: &TcpStream, number: usize, mut dialogue: Dialogue, memory: &Memory) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(300)))?;
    stream.set_nodelay(true)?;
    stream.write_all(b"220 sink.example ESMTP\r\n")?;
    let mut octets = vec![0; 64 * 1024];
    let mut replies = Vec::new();
    while !dialogue.is_over() {
        let count = stream.read(&mut octets)?;
        if count == 0 {
            break;
        }
        let octets = &octets[..count];
        dialogue.hear(octets, &mut replies);
        // Known before it is answered, so that whoever reads the answer finds it here.
        memory.note(number, |heard| {
            heard.raw.extend_from_slice(octets);
            heard.commands.append(&mut dialogue.commands);
            for mut message in dialogue.messages.drain(..) {
                message.number = memory.count.fetch_add(1, Ordering::SeqCst);
                heard.messages.push(message);
            }
        });
        stream.write_all(&replies)?;
        replies.clear();
    }
    Ok(())
}
