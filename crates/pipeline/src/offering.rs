//! What listeners may offer, kept up to date.

use std::sync::Arc;
use std::time::Duration;

use postroad_delivery::{Learned, extensions};
use postroad_routing::RouteTable;
use postroad_smtp_codec::Extensions;
use tokio::sync::watch;
use tracing::info;

/// Works out what can be offered to clients, anew whenever the configuration or what smart hosts offer has changed, and
/// never per session.
#[derive(Debug)]
pub struct Offering {
    table: watch::Receiver<Option<Arc<RouteTable>>>,
    learned: watch::Sender<Learned>,
    offered: watch::Sender<Arc<Extensions>>,
}

/// Between two workings out: ten thousand hosts may answer for the first time in one second.
const PAUSE: Duration = Duration::from_millis(100);

impl Offering {
    /// `learned`: the courier's memory of what hosts offer; what is about connectors that are gone is taken out of it.
    #[must_use]
    pub fn new(table: watch::Receiver<Option<Arc<RouteTable>>>, learned: watch::Sender<Learned>) -> Self {
        let now = worked_out(table.borrow().as_deref(), &learned.borrow());
        Self { table, learned, offered: watch::Sender::new(Arc::new(now)) }
    }

    /// The newest list; it is marked as changed only when it differs.
    #[must_use]
    pub fn offered(&self) -> watch::Receiver<Arc<Extensions>> {
        self.offered.subscribe()
    }

    /// Runs until nothing publishes tables any more, or until it is dropped.
    pub async fn run(mut self) {
        let mut hosts = self.learned.subscribe();
        // Whatever happened before this task ran.
        self.table.mark_changed();
        loop {
            let again = tokio::select! {
                table = self.table.changed() => table.is_ok().then(|| self.forget()),
                // Never an error: this task holds a sender itself.
                _changed = hosts.changed() => Some(()),
            };
            if again.is_none() {
                return;
            }
            hosts.mark_unchanged();
            self.work_out();
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn forget(&mut self) {
        let table = self.table.borrow_and_update().clone();
        self.learned.send_if_modified(|learned| match &table {
            Some(table) => learned.keep_only(table.connectors().map(|routed| &*routed.connector)),
            None => learned.keep_only([]),
        });
    }

    fn work_out(&self) {
        let now = worked_out(self.table.borrow().as_deref(), &self.learned.borrow());
        let changed = self.offered.send_if_modified(|offered| {
            let changed = **offered != now;
            if changed {
                *offered = Arc::new(now);
            }
            changed
        });
        if changed {
            info!(extensions = ?*self.offered.borrow(), "what can be offered to clients has changed");
        }
    }
}

fn worked_out(table: Option<&RouteTable>, learned: &Learned) -> Extensions {
    let connectors = table.into_iter().flat_map(RouteTable::connectors);
    // Hosts of other relays' connectors are never asked by this one: what they offer would stay unknown for ever.
    let own = connectors.filter(|routed| routed.is_source).map(|routed| &*routed.connector);
    extensions(own, learned)
}
