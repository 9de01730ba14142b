//! The header block of a message, where the trace that it belongs to may be told (W3C Trace Context).

use postroad_delivery::Courier;
use postroad_mail_types::{Reply, TraceContext};
use postroad_smtp_codec::{BodyChunk, BodyForm, FoundContext, TraceparentScanner};
use tracing::{debug, info};

use crate::Transaction;
use crate::outcome::Cause;

/// What is done about the header block.
#[derive(Debug)]
pub(crate) enum Head {
    /// It is looked through as it passes: the context in it is linked to and changes nothing. Anybody can write one.
    Watched(TraceparentScanner),
    /// It is held back, for our Received field stands above it and carries the trace id.
    Held(HeldHead),
    /// It has passed.
    Passed,
}

/// The first runs of a message.
#[derive(Debug, Default)]
pub(crate) struct HeldHead {
    scanner: TraceparentScanner,
    octets: Vec<u8>,
    dots: Vec<usize>,
}

impl Default for Head {
    fn default() -> Self {
        Self::Watched(TraceparentScanner::default())
    }
}

impl HeldHead {
    fn push(&mut self, run: BodyChunk<'_>) {
        let before = self.octets.len();
        self.dots.extend(run.dots.iter().map(|dot| dot + before));
        self.octets.extend_from_slice(run.octets);
    }
}

impl<C: Courier> Transaction<C> {
    /// The client is trusted to say which trace the message belongs to: the context in its header becomes the parent of
    /// our span, and its trace id our own. To be called before the message; its header block is then held back until it
    /// has been read, up to 64 KiB of it.
    pub fn trust_trace_context(&mut self) {
        self.passage.head = Head::Held(HeldHead::default());
    }

    /// Takes note of a run. True: it is held back and goes on later.
    pub(crate) async fn held_back(&mut self, run: BodyChunk<'_>) -> Result<bool, (Reply, Cause)> {
        match &mut self.passage.head {
            Head::Passed => Ok(false),
            Head::Watched(scanner) => {
                if scanner.scan(run.octets) {
                    self.head_is_over().await?;
                }
                Ok(false)
            }
            Head::Held(held) => {
                if held.scanner.scan(run.octets) {
                    self.head_is_over().await?;
                    return Ok(false);
                }
                held.push(run);
                Ok(true)
            }
        }
    }

    /// The header block, or the message, was read: it is settled which trace this is, and what was held back goes on.
    pub(crate) async fn head_is_over(&mut self) -> Result<(), (Reply, Cause)> {
        match std::mem::replace(&mut self.passage.head, Head::Passed) {
            Head::Passed => Ok(()),
            Head::Watched(scanner) => {
                self.record.link = self.usable(scanner.found());
                Ok(())
            }
            Head::Held(held) => {
                if let Some(context) = self.usable(held.scanner.found()) {
                    debug!(was = %self.record.trace_id, trace_id = %context.trace_id, "the message goes on with its trace");
                    self.record.trace_id = context.trace_id;
                    self.record.parent = Some(context);
                }
                if held.octets.is_empty() {
                    return Ok(());
                }
                let form: BodyForm = self.passage.form;
                Box::pin(self.pass_on(BodyChunk { octets: &held.octets, dots: &held.dots, form })).await
            }
        }
    }

    /// A malformed context never costs a message: it is ignored, and noted.
    fn usable(&mut self, found: FoundContext) -> Option<TraceContext> {
        match found {
            FoundContext::Context(context) => Some(context),
            FoundContext::Nothing => None,
            FoundContext::Malformed => {
                self.record.context_rejected = true;
                info!(
                    session = self.record.session.session_id,
                    peer = %self.record.session.peer,
                    trace_id = %self.record.trace_id,
                    rule = "traceparent-malformed",
                    "the traceparent field of a message is ignored"
                );
                None
            }
        }
    }
}
