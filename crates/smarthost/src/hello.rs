//! Greeting, EHLO and TLS.

use std::net::SocketAddr;

use postroad_delivery::{Fault, FaultKind, Order};
use postroad_smtp_codec::{Capabilities, HostReply};
use postroad_telemetry::{ErrorType, Phase, TlsSession};
use postroad_tls::TlsConnector;
use tracing::warn;

use crate::attempt::{Attempt, within};
use crate::link::Link;
use crate::stream::Stream;
use crate::{Timers, dial};

/// Everything that one connection is made with.
pub(crate) struct Dialer<'a> {
    pub(crate) order: &'a Order,
    pub(crate) timers: Timers,
    pub(crate) tls: &'a TlsConnector,
}

impl Dialer<'_> {
    /// Connects to one address, up to the EHLO reply that counts. What the host offers there and this connection may not
    /// be trusted with is taken out of it.
    pub(crate) async fn dial(&self, address: SocketAddr, attempt: &mut Attempt) -> Result<(Link, Capabilities), Fault> {
        let (link, mut capabilities) = self.dial_either_way(address, attempt).await?;
        capabilities.require_tls &= link.stream.is_tls() && self.certificate_was_checked();
        Ok((link, capabilities))
    }

    /// Whether the host's certificate was checked against its name, as REQUIRETLS demands of the next hop (RFC 8689
    /// §4.2.1). No connector can demand that yet, so nobody is promised it.
    #[allow(clippy::unused_self, reason = "it depends on the connector's TLS level as soon as there is one")]
    const fn certificate_was_checked(&self) -> bool {
        false
    }

    async fn dial_either_way(&self, address: SocketAddr, attempt: &mut Attempt) -> Result<(Link, Capabilities), Fault> {
        match self.dial_once(address, attempt, self.order.connector.ignore_starttls).await {
            Err(fault) if fault.kind == FaultKind::TlsFailed && self.may_go_on_in_clear(&fault) => {
                warn!(connector = %self.order.connector.name, smart_host = %self.order.host.host, %fault,
                    "TLS failed; the connector does not require it: one new connection in clear");
                self.dial_once(address, attempt, true).await
            }
            other => other,
        }
    }

    /// After a failed handshake: only where TLS is not demanded, and never with a password.
    fn may_go_on_in_clear(&self, fault: &Fault) -> bool {
        let connector = &self.order.connector;
        fault.error == ErrorType::TlsHandshake
            && !connector.require_tls
            && !self.order.host.implicit_tls
            && connector.authentication == postroad_connector_model::Authentication::None
    }

    async fn dial_once(
        &self,
        address: SocketAddr,
        attempt: &mut Attempt,
        in_clear: bool,
    ) -> Result<(Link, Capabilities), Fault> {
        attempt.enter(Phase::Connect);
        // Nothing that was true of another connection is said of this one.
        let record = attempt.record_mut();
        (record.tls, record.auth_mechanism) = (None, None);
        record.peer = Some((address.ip(), address.port()));
        let client = dial::connect(address, within(self.timers.connect, self.order.deadline)).await?;
        let mut link = Link::new(Stream::Plain(client));
        if self.order.host.implicit_tls {
            link = self.upgrade(link, attempt).await?;
        }
        attempt.enter(Phase::Ehlo);
        self.greeting(&mut link).await?;
        let capabilities = self.ehlo(&mut link).await?;
        if self.order.host.implicit_tls || in_clear {
            return Ok((link, capabilities));
        }
        if !capabilities.starttls {
            if self.order.connector.require_tls {
                let detail = "the smart host does not offer STARTTLS, and the connector requires TLS";
                return Err(Fault::new(FaultKind::TlsMissing, Phase::Tls, ErrorType::TlsPolicy, detail));
            }
            return Ok((link, capabilities));
        }
        self.starttls(link, capabilities, attempt).await
    }

    async fn greeting(&self, link: &mut Link) -> Result<(), Fault> {
        let reply = link.reply(Phase::Ehlo, self.timer()).await.map_err(|mut fault| {
            if fault.error == ErrorType::CommandTimeout {
                fault.error = ErrorType::BannerTimeout;
            }
            fault
        })?;
        if reply.code == 220 {
            return Ok(());
        }
        Err(Fault::replied(refused(&reply), Phase::Ehlo, &reply.to_reply()))
    }

    /// EHLO; HELO only where EHLO is not understood (RFC 5321 §3.2).
    async fn ehlo(&self, link: &mut Link) -> Result<Capabilities, Fault> {
        let name = &self.order.helo;
        let reply = link.command(format!("EHLO {name}\r\n").as_bytes(), Phase::Ehlo, self.timer()).await?;
        match reply.code {
            250 => Ok(Capabilities::read(&reply)),
            500 | 501 | 502 | 504 | 550 => {
                let reply = link.command(format!("HELO {name}\r\n").as_bytes(), Phase::Ehlo, self.timer()).await?;
                if reply.class() == 2 {
                    return Ok(Capabilities::default());
                }
                Err(Fault::replied(refused(&reply), Phase::Ehlo, &reply.to_reply()))
            }
            _ => Err(Fault::replied(refused(&reply), Phase::Ehlo, &reply.to_reply())),
        }
    }

    async fn starttls(
        &self,
        mut link: Link,
        before: Capabilities,
        attempt: &mut Attempt,
    ) -> Result<(Link, Capabilities), Fault> {
        attempt.enter(Phase::Tls);
        let reply = link.command(b"STARTTLS\r\n", Phase::Tls, self.timer()).await?;
        if reply.code == 421 {
            return Err(Fault::replied(FaultKind::Lost, Phase::Tls, &reply.to_reply()));
        }
        if reply.code != 220 {
            if self.order.connector.require_tls {
                let mut fault = Fault::replied(FaultKind::TlsFailed, Phase::Tls, &reply.to_reply());
                fault.error = ErrorType::StarttlsUnavailable;
                return Err(fault);
            }
            return Ok((link, before));
        }
        let mut link = self.upgrade(link, attempt).await?;
        attempt.enter(Phase::Ehlo);
        // What was offered in clear is forgotten (RFC 3207 §4.2).
        let capabilities = self.ehlo(&mut link).await?;
        Ok((link, capabilities))
    }

    async fn upgrade(&self, link: Link, attempt: &mut Attempt) -> Result<Link, Fault> {
        attempt.enter(Phase::Tls);
        if link.has_surplus() {
            let detail =
                "the smart host sent octets in clear behind its 220 to STARTTLS: somebody may be injecting them";
            return Err(Fault::new(FaultKind::TlsFailed, Phase::Tls, ErrorType::ProtocolError, detail));
        }
        let Stream::Plain(mut client) = link.stream else {
            let detail = "TLS stands already";
            return Err(Fault::new(FaultKind::TlsFailed, Phase::Tls, ErrorType::ProtocolError, detail));
        };
        client.timeout = self.timer();
        let name = match &self.order.host.host {
            postroad_connector_model::HostAddress::Ip(address) => address.to_string(),
            postroad_connector_model::HostAddress::Name(name) => name.to_string(),
        };
        let client = client.into_tls(self.tls, &name).await.map_err(|error| tls_fault(&error))?;
        let (version, cipher, resumed) = postroad_tls::describe(client.tls_connection());
        attempt.record_mut().tls = Some(TlsSession { version, cipher, resumed });
        Ok(Link::new(Stream::Tls(Box::new(client))))
    }

    pub(crate) fn timer(&self) -> std::time::Duration {
        within(self.timers.command, self.order.deadline)
    }
}

/// A refused greeting or EHLO; 421 is a connection that ends.
const fn refused(reply: &HostReply) -> FaultKind {
    match reply.class() {
        4 | 5 => FaultKind::Refused,
        _ => FaultKind::Protocol,
    }
}

fn tls_fault(error: &mail_send::Error) -> Fault {
    Fault::new(FaultKind::TlsFailed, Phase::Tls, ErrorType::TlsHandshake, format!("the TLS handshake failed: {error}"))
}
