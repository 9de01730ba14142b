//! Opens transactions at smart hosts.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use postroad_connector_model::{Connector, ConnectorId};
use postroad_delivery::{Courier, Fault, Learned, Order, Shortcoming};
use postroad_smtp_codec::Capabilities;
use postroad_telemetry::{AttemptRecord, Phase};
use postroad_tls::{ClientTls, TlsConnector};
use tokio::sync::watch;
use tracing::{debug, info};

use crate::attempt::{Attempt, within};
use crate::hello::Dialer;
use crate::link::Link;
use crate::shortcomings::shortcomings;
use crate::{SmartHostDelivery, Timers, dial};

/// The courier to smart hosts.
pub struct SmartHostCourier {
    timers: Timers,
    tls: ClientTls,
    /// What hosts offer.
    learned: watch::Sender<Learned>,
    /// One TLS configuration, and so one store of sessions, per connector version: none is shared between connectors.
    configurations: Mutex<HashMap<ConnectorId, (Arc<Connector>, TlsConnector)>>,
}

impl SmartHostCourier {
    /// A courier with these timers.
    #[must_use]
    pub fn new(timers: Timers) -> Self {
        Self {
            timers,
            tls: ClientTls::new(),
            learned: watch::Sender::default(),
            configurations: Mutex::new(HashMap::new()),
        }
    }

    /// What hosts were last seen to offer. Receivers of it wake only when a host offers something else than before.
    #[must_use]
    pub fn learned(&self) -> watch::Sender<Learned> {
        self.learned.clone()
    }

    /// Keeps what a host said to the EHLO that counts.
    fn learn(&self, order: &Order, offers: &Capabilities) {
        let (connector, host) = (&*order.connector, &order.host);
        let before = self.learned.borrow().offered(connector, host).cloned();
        if before.as_ref() == Some(offers) {
            return;
        }
        self.learned.send_if_modified(|learned| learned.learn(connector, host, offers));
        if before.is_some() {
            info!(connector = %connector.name, smart_host = %host.host, ?offers, "the smart host offers something else now");
        } else {
            debug!(connector = %connector.name, smart_host = %host.host, ?offers, "the smart host answered for the first time");
        }
    }

    fn tls_of(&self, connector: &Arc<Connector>) -> TlsConnector {
        let mut known = self.configurations.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get_mut(&connector.id) {
            Some((version, tls)) if Arc::ptr_eq(version, connector) || **version == **connector => {
                // The copy that the newest table holds: by it we know that the connector is still in use.
                *version = Arc::clone(connector);
                tls.clone()
            }
            _ => {
                if known.len() == known.capacity() {
                    // Before it grows: what no table and no transaction holds any more is gone.
                    known.retain(|_, (version, _)| Arc::strong_count(version) > 1);
                }
                let tls = self.tls.opportunistic();
                known.insert(connector.id.clone(), (Arc::clone(connector), tls.clone()));
                tls
            }
        }
    }

    /// Address by address, until one stands.
    async fn connect(&self, order: &Order, attempt: &mut Attempt) -> Result<(Link, Capabilities), Fault> {
        attempt.enter(Phase::Connect);
        let port = order.connector.smart_host_port(&order.host);
        let timer = within(self.timers.connect, order.deadline);
        let addresses = dial::resolve(&order.host.host, port, timer).await?;
        let tls = self.tls_of(&order.connector);
        let dialer = Dialer { order, timers: self.timers, tls: &tls };
        let mut last = None;
        for address in addresses {
            let dialled = async {
                let (mut link, capabilities) = dialer.dial(address, attempt).await?;
                self.learn(order, &capabilities);
                dialer.login(&mut link, &capabilities, attempt).await?;
                Ok((link, capabilities))
            };
            match dialled.await {
                Ok(done) => return Ok(done),
                Err(fault) => last = Some(fault),
            }
        }
        Err(last.unwrap_or_else(|| {
            Fault::new(
                postroad_delivery::FaultKind::Name,
                Phase::Connect,
                postroad_telemetry::ErrorType::Dns,
                "no address",
            )
        }))
    }
}

impl Courier for SmartHostCourier {
    type Delivery = SmartHostDelivery;

    fn shortcomings(&self, connector: &Connector, is_source: bool) -> Vec<Shortcoming> {
        shortcomings(connector, is_source)
    }

    async fn open(&self, order: Order) -> Result<SmartHostDelivery, (Fault, AttemptRecord)> {
        let mut attempt = Attempt::new(&order);
        match Box::pin(self.connect(&order, &mut attempt)).await {
            Ok((link, capabilities)) => {
                let mut timers = self.timers;
                timers.final_reply = order.final_reply_timeout.unwrap_or(timers.final_reply);
                Ok(SmartHostDelivery::new(link, capabilities, attempt, timers))
            }
            Err(fault) => {
                attempt.failed(&fault);
                Err((fault, attempt.finish()))
            }
        }
    }
}

impl fmt::Debug for SmartHostCourier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmartHostCourier").field("timers", &self.timers).finish_non_exhaustive()
    }
}
