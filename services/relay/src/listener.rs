//! The accept loop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use postroad_lifecycle::{Shutdown, Tasks};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tracing::{debug, info, warn};

use crate::connection::Connection;
use crate::front::Front;

/// A place where clients hand in mail.
#[derive(Debug)]
pub(crate) struct Listener {
    pub(crate) socket: TcpListener,
    pub(crate) front: Front,
    /// Sessions that may still begin.
    pub(crate) places: Arc<Semaphore>,
}

impl Listener {
    /// Accepts until the shutdown begins. With `cut`, sessions end that do not end by themselves.
    pub(crate) async fn accept(self: Arc<Self>, tasks: Tasks, shutdown: Shutdown, cut: Shutdown) {
        loop {
            let accepted = tokio::select! {
                accepted = self.socket.accept() => accepted,
                () = shutdown.begun() => return,
            };
            match accepted {
                Ok((stream, peer)) => self.admit(stream, peer, &tasks, (&shutdown, &cut)),
                Err(error) => {
                    // Out of file descriptors, mostly: a pause, or the loop would spin.
                    warn!(listener = self.front.name, %error, "accepting a connection failed");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    fn admit(
        self: &Arc<Self>,
        stream: TcpStream,
        peer: SocketAddr,
        tasks: &Tasks,
        (shutdown, cut): (&Shutdown, &Shutdown),
    ) {
        let listener = Arc::clone(self);
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            info!(listener = self.front.name, %peer, rule = "max-sessions", "client turned away");
            tasks.spawn("turn away", listener.turn_away(stream));
            return;
        };
        let (shutdown, cut) = (shutdown.clone(), cut.clone());
        tasks.spawn("smtp session", async move {
            let connection = match Connection::new(&listener.front, stream, peer) {
                Ok(connection) => connection,
                Err(error) => {
                    debug!(%peer, %error, "the connection was gone at once");
                    return;
                }
            };
            connection.run(&shutdown, &cut).await;
            drop(place);
        });
    }

    async fn turn_away(self: Arc<Self>, mut stream: TcpStream) {
        let text = format!("421 4.3.2 {} has too many sessions, try again later\r\n", self.front.session.server_name);
        // Whoever does not read it loses nothing but the reason.
        let _told = tokio::time::timeout(Duration::from_secs(1), stream.write_all(text.as_bytes())).await.is_ok();
    }
}
