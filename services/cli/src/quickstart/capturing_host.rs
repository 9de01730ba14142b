//! A small smart host on loopback that keeps what it is given, so that it can be compared with what was sent.

mod data;
mod session;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use postroad_lifecycle::{Shutdown, Tasks};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, timeout};

use session::Session;

/// Sessions at a time; further ones wait in the listen queue.
const SESSIONS: usize = 32;
/// Messages that wait to be looked at; further ones are accepted and forgotten.
const WAITING: usize = 8;
/// Largest message, in octets.
const LARGEST: usize = 10 << 20;
/// Longest a peer may be silent.
const PATIENCE: Duration = Duration::from_secs(300);
/// How long the 250 for a message is held back: a reply that a relay gave too early cannot be mistaken for one that
/// came after this.
const HOLD: Duration = Duration::from_millis(30);

/// A message as it arrived.
#[derive(Clone, Debug)]
pub(super) struct Captured {
    /// Reverse-path, without brackets.
    pub(super) sender: String,
    /// Recipients, without brackets.
    pub(super) recipients: Vec<String>,
    /// The message itself, dots undone.
    pub(super) octets: Vec<u8>,
    /// When the host said 250 for it: just before the first octet of the reply.
    pub(super) replied: Instant,
}

/// The listening host, and the messages it has taken.
#[derive(Debug)]
pub(super) struct CapturingHost {
    address: SocketAddr,
    messages: mpsc::Receiver<Captured>,
}

impl CapturingHost {
    /// Listens on a free port of loopback until the shutdown begins.
    ///
    /// # Errors
    /// When no port can be had.
    pub(super) async fn start(tasks: &Tasks, shutdown: Shutdown) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (taken, messages) = mpsc::channel(WAITING);
        tasks.spawn("capturing smart host", accept(listener, tasks.clone(), shutdown, taken));
        Ok(Self { address, messages })
    }

    /// Where it listens.
    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The next message; `None` once the host has ended.
    pub(super) async fn next(&mut self) -> Option<Captured> {
        self.messages.recv().await
    }
}

async fn accept(listener: TcpListener, tasks: Tasks, shutdown: Shutdown, taken: mpsc::Sender<Captured>) {
    let places = Arc::new(Semaphore::new(SESSIONS));
    loop {
        let place = tokio::select! {
            () = shutdown.begun() => return,
            place = Arc::clone(&places).acquire_owned() => place,
        };
        let stream = tokio::select! {
            () = shutdown.begun() => return,
            accepted = listener.accept() => match accepted {
                Ok((stream, _peer)) => stream,
                Err(error) => {
                    tracing::debug!(%error, "the capturing smart host cannot accept");
                    tokio::time::sleep(HOLD).await;
                    continue;
                }
            },
        };
        let (shutdown, taken) = (shutdown.clone(), taken.clone());
        tasks.spawn("session of the capturing smart host", async move {
            tokio::select! {
                () = shutdown.begun() => {}
                () = serve(stream, taken) => {}
            }
            drop(place);
        });
    }
}

async fn serve(stream: TcpStream, taken: mpsc::Sender<Captured>) {
    // A peer that goes away is no event here: the relay's own reply tells what became of the message.
    match Session::new(stream, taken).run().await {
        Ok(()) => {}
        Err(error) => tracing::debug!(%error, "a session of the capturing smart host broke off"),
    }
}

/// Waits for a step of a session, no longer than a peer may be silent.
async fn patiently<T>(step: impl Future<Output = std::io::Result<T>>) -> std::io::Result<T> {
    timeout(PATIENCE, step).await.map_err(|_elapsed| std::io::Error::from(std::io::ErrorKind::TimedOut))?
}

#[cfg(test)]
mod tests;
