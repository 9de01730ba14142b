//! STARTTLS (RFC 3207).

use std::io;

use postroad_smtp_session::{Event, Said};
use tracing::info;

use super::Connection;
use crate::front::session_facts;
use crate::handshake;
use crate::wire::Wire;

impl Connection<'_> {
    /// Writes the reply and lets the client go through the handshake. `None`: it failed, and the session is over.
    pub(super) async fn start_tls(&mut self, said: Said) -> io::Result<Option<Event<'static>>> {
        let Some(tls) = &self.front.tls else { return Ok(Some(Event::TlsUnavailable)) };
        // What stands behind the command came in clear: nobody knows who wrote it (RFC 3207 §4.2).
        if !self.input.unread().is_empty() {
            self.note_handshake("starttls-injection", "the client sent more behind STARTTLS before the handshake");
            return Ok(None);
        }
        self.queue(&said).await?;
        self.flush().await?;
        let Some(stream) = self.wire.take_clear() else { return Ok(Some(Event::TlsUnavailable)) };
        self.input.release();
        match handshake::accept(&tls.server, stream, self.front.settings.timeouts.tls_handshake).await {
            Ok((stream, facts)) => {
                self.wire = Wire::Tls(stream);
                let event = Event::TlsEstablished(session_facts(&facts));
                self.tls = Some(Box::new(facts));
                self.describe_tls();
                Ok(Some(event))
            }
            Err(why) => {
                self.note_handshake("tls-handshake", &why);
                Ok(None)
            }
        }
    }

    fn note_handshake(&self, rule: &'static str, why: &str) {
        info!(
            listener = self.front.name,
            session = self.record.session_id,
            peer = %self.ends.client,
            phase = "starttls",
            rule,
            why,
            "refused"
        );
    }
}
