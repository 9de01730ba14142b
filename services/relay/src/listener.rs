//! The accept loop.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use postroad_lifecycle::Tasks;
use postroad_smtp_codec::ProxyAddresses;
use postroad_tls::ServerTlsFacts;
use tokio::net::{TcpListener, TcpStream};
use tracing::{debug, info, warn};

use crate::admission::{Admission, NoPlace, Place};
use crate::connection::Connection;
use crate::drain::Drain;
use crate::front::Front;
use crate::handshake;
use crate::proxied;
use crate::wire::Wire;

/// A place where clients hand in mail.
#[derive(Debug)]
pub(crate) struct Listener {
    pub(crate) socket: TcpListener,
    pub(crate) front: Front,
    pub(crate) admission: Arc<Admission>,
}

/// The two ends of a session, as they count: behind a proxy they are what it says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ends {
    /// The client.
    pub(crate) client: SocketAddr,
    /// Where it connected to.
    pub(crate) server: SocketAddr,
    /// Who holds the other end of the TCP connection.
    pub(crate) peer: SocketAddr,
}

impl Listener {
    /// Accepts until the drain begins.
    pub(crate) async fn accept(self: Arc<Self>, tasks: Tasks, drain: Drain) {
        loop {
            let accepted = tokio::select! {
                accepted = self.socket.accept() => accepted,
                () = drain.begun.begun() => return,
            };
            match accepted {
                Ok((stream, peer)) => self.admit(stream, peer, &tasks, &drain),
                Err(error) => {
                    // Out of file descriptors, mostly: a pause, or the loop would spin.
                    warn!(listener = self.front.name, %error, "accepting a connection failed");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    fn admit(self: &Arc<Self>, stream: TcpStream, peer: SocketAddr, tasks: &Tasks, drain: &Drain) {
        let place = match self.admission.enter() {
            Ok(place) => place,
            Err(full) => return self.turn_away(&stream, peer, full),
        };
        let (listener, drain) = (Arc::clone(self), drain.clone());
        tasks.spawn("smtp session", async move {
            if let Err(error) = listener.serve(stream, peer, place, &drain).await {
                debug!(listener = listener.front.name, %peer, %error, "the connection was gone at once");
            }
        });
    }

    async fn serve(&self, mut stream: TcpStream, peer: SocketAddr, mut place: Place, drain: &Drain) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let mut ends = Ends { client: peer, server: stream.local_addr()?, peer };
        if self.front.is_proxy(peer.ip()) {
            // Boxed: it is over soon, and its buffer is not to be a part of every session.
            let Some(named) = Box::pin(self.named_by_proxy(&mut stream, peer)).await else { return Ok(()) };
            ends = named.map_or(ends, |named| Ends { client: named.source, server: named.destination, peer });
        }
        if let Err(full) = place.belongs_to(ends.client.ip()) {
            self.turn_away(&stream, ends.client, full);
            return Ok(());
        }
        let Some((wire, tls)) = self.secured(stream, ends).await else { return Ok(()) };
        // Boxed here, and not with its future: that would have room for it twice, before it begins and while it runs.
        let mut connection = Box::new(Connection::new(&self.front, wire, ends, tls));
        connection.run(drain).await;
        drop((connection, place));
        Ok(())
    }

    /// The ends that a proxy names: `Some(None)` when it speaks for itself, `None` when it does not keep to its protocol.
    async fn named_by_proxy(&self, stream: &mut TcpStream, peer: SocketAddr) -> Option<Option<ProxyAddresses>> {
        let header =
            tokio::time::timeout(self.front.settings.timeouts.tls_handshake, proxied::read_header(stream)).await;
        let why = match header {
            Ok(Ok(header)) => return Some(header.addresses),
            Ok(Err(error)) => error.to_string(),
            Err(_elapsed) => "it did not come in time".to_owned(),
        };
        info!(listener = self.front.name, %peer, phase = "connect", rule = "proxy-header", why, "refused: a listed proxy sent no PROXY header");
        None
    }

    /// Where TLS begins with the first octet: the handshake. `None`: it failed.
    async fn secured(&self, stream: TcpStream, ends: Ends) -> Option<(Wire, Option<Box<ServerTlsFacts>>)> {
        let Some(tls) = self.front.tls.as_ref().filter(|tls| tls.from_the_start) else {
            return Some((Wire::Clear(stream), None));
        };
        match handshake::accept(&tls.server, stream, self.front.settings.timeouts.tls_handshake).await {
            Ok((stream, facts)) => Some((Wire::Tls(stream), Some(Box::new(facts)))),
            Err(why) => {
                info!(listener = self.front.name, peer = %ends.client, phase = "connect", rule = "tls-handshake", why, "refused");
                None
            }
        }
    }

    /// A socket that has been written nothing to takes these octets at once; whoever does not read them loses nothing
    /// but the reason. Inside TLS there is no way to say it without a handshake: the connection is closed.
    fn turn_away(&self, stream: &TcpStream, client: SocketAddr, full: NoPlace) {
        info!(listener = self.front.name, peer = %client, phase = "connect", rule = full.rule(), "refused: no place");
        if self.front.tls_from_the_start() {
            return;
        }
        let advice = match full {
            NoPlace::Full => "has too many sessions, try again later",
            NoPlace::TooManyOfOne => "has too many sessions with you, close some or try again later",
        };
        let text = format!("421 4.3.2 {} {advice}\r\n", self.front.settings.host_name);
        let _told = stream.try_write(text.as_bytes()).is_ok();
    }
}
