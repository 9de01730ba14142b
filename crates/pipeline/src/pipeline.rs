//! Where transactions come from.

use std::sync::Arc;
use std::time::Duration;

use postroad_delivery::Courier;
use postroad_mail_types::HostName;
use postroad_routing::RouteTable;
use postroad_smtp_session::MailRequest;
use postroad_telemetry::{Recorder, SessionRecord};
use tokio::sync::watch;

use crate::Transaction;

/// What all transactions of a relay share.
#[derive(Debug)]
pub struct Pipeline<C> {
    pub(crate) courier: C,
    pub(crate) settings: PipelineSettings,
    pub(crate) recorder: Recorder,
    table: watch::Receiver<Option<Arc<RouteTable>>>,
}

/// How transactions are carried out.
#[derive(Clone, Debug)]
pub struct PipelineSettings {
    /// Our name towards smart hosts: in EHLO, where the connector names none.
    pub host_name: HostName,
    /// Our name towards clients: in our Received field.
    pub server_name: HostName,
    /// How long a recipient may wait until a smart host stands, all attempts together.
    pub open: Duration,
    /// How long a smart host may take to answer the end of a message, where the connector does not say: less than the
    /// clients wait.
    pub final_reply: Duration,
}

impl<C: Courier> Pipeline<C> {
    /// A pipeline that routes by the newest table of `table`.
    pub fn new(
        courier: C,
        settings: PipelineSettings,
        recorder: Recorder,
        table: watch::Receiver<Option<Arc<RouteTable>>>,
    ) -> Self {
        Self { courier, settings, recorder, table }
    }

    /// Opens a transaction, which keeps the table it begins with. `sequence`: 1 for the first of the session.
    pub fn begin(self: &Arc<Self>, session: Arc<SessionRecord>, mail: MailRequest, sequence: u32) -> Transaction<C> {
        let table = self.table.borrow().clone();
        Transaction::new(Arc::clone(self), session, mail, table, sequence)
    }
}
