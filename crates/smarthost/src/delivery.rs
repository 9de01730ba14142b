//! One transaction at a smart host.

mod sending;
mod verdict;

use std::fmt;
use std::time::Duration;

use postroad_delivery::{Delivery, Fault, FaultKind, Finish, Halt};
use postroad_mail_types::{Mailbox, Reply, ReversePath};
use postroad_smtp_codec::{
    BodyChunk, BodyForm, Capabilities, HostReply, MailParameters, RcptParameters, Xtext, print_mail, print_rcpt,
};
use postroad_telemetry::{AttemptRecord, ErrorType, Phase};
use tokio::io::AsyncWriteExt;

use self::sending::Sending;
use self::verdict::verdict;
use crate::Timers;
use crate::attempt::Attempt;
use crate::link::Link;

/// A transaction at a smart host; dropping it closes the connection.
pub struct SmartHostDelivery {
    link: Link,
    capabilities: Capabilities,
    attempt: Attempt,
    timers: Timers,
    /// We have logged in.
    authenticated: bool,
    /// How the message goes out.
    sending: Sending,
    /// Between commands, so that QUIT may be said.
    between_commands: bool,
    /// The dot or the last chunk may be on its way, and no whole reply to it was read.
    in_doubt: bool,
}

impl SmartHostDelivery {
    pub(crate) fn new(link: Link, capabilities: Capabilities, attempt: Attempt, timers: Timers) -> Self {
        let authenticated = attempt.is_authenticated();
        Self {
            link,
            capabilities,
            attempt,
            timers,
            authenticated,
            sending: Sending::Data,
            between_commands: true,
            in_doubt: false,
        }
    }

    /// Notes how a step went; after a fault the dialogue is out of step.
    fn noted(&mut self, result: Result<Reply, Fault>) -> Result<Reply, Fault> {
        match &result {
            Ok(reply) => self.attempt.replied(self.attempt.phase(), reply),
            Err(fault) => self.fault(fault),
        }
        result
    }

    fn fault(&mut self, fault: &Fault) {
        self.between_commands = false;
        self.attempt.failed(fault);
    }

    async fn ask(&mut self, line: &[u8], phase: Phase) -> Result<HostReply, Fault> {
        self.attempt.enter(phase);
        self.link.command(line, phase, self.timers.command).await
    }

    async fn ask_data(&mut self) -> Result<Reply, Fault> {
        let reply = self.ask(b"DATA\r\n", Phase::Data).await?;
        if reply.code == 354 {
            self.between_commands = false;
            return self.link.quiet(Phase::Data).map(|()| reply.to_reply());
        }
        match reply.class() {
            4 | 5 => verdict(&reply, Phase::Data),
            _ => Err(Fault::replied(FaultKind::Protocol, Phase::Data, &reply.to_reply())),
        }
    }

    /// The answer to the dot, or to the last chunk.
    async fn last_reply(&mut self) -> Result<HostReply, Fault> {
        self.write_end().await?;
        self.link.reply(Phase::Dot, self.timers.final_reply).await
    }
}

/// The value of AUTH= that names nobody.
fn nobody() -> Option<Xtext> {
    Xtext::parse("<>", 2)
}

/// How long it may take to say QUIT.
const LEAVE: Duration = Duration::from_secs(1);

impl Delivery for SmartHostDelivery {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn mail(&mut self, path: &ReversePath, parameters: &MailParameters, header: u64) -> Result<Reply, Fault> {
        let mut line = Vec::with_capacity(128);
        // RFC 4954 §5: whom a client says the message comes from is passed on only where the client is trusted to say so,
        // and nobody is yet; to a host that has authenticated us it must be said that it is not known.
        let parameters = MailParameters { auth: self.authenticated.then(nobody).flatten(), ..parameters.clone() };
        print_mail(&mut line, path, &parameters, &self.capabilities, header);
        let result = self.ask(&line, Phase::Mail).await.and_then(|reply| verdict(&reply, Phase::Mail));
        self.noted(result)
    }

    async fn rcpt(&mut self, mailbox: &Mailbox, parameters: &RcptParameters) -> Result<Reply, Fault> {
        let mut line = Vec::with_capacity(128);
        print_rcpt(&mut line, mailbox, parameters, &self.capabilities);
        let result = self.ask(&line, Phase::Rcpt).await.and_then(|reply| verdict(&reply, Phase::Rcpt));
        self.noted(result)
    }

    async fn begin(&mut self, form: BodyForm) -> Result<Reply, Fault> {
        self.sending = Sending::of(form, &self.capabilities);
        let result = match self.sending {
            Sending::Data => self.ask_data().await,
            Sending::Chunks { .. } => self.begin_chunks(),
        };
        self.noted(result)
    }

    async fn body(&mut self, run: BodyChunk<'_>) -> Result<(), Halt> {
        let result = self.write_run(run).await;
        match &result {
            Ok(octets) => self.attempt.record_mut().bytes_sent += octets,
            Err(halt) => self.halted(halt),
        }
        result.map(drop)
    }

    async fn finish(&mut self) -> Finish {
        self.attempt.enter(Phase::Dot);
        if let Err(halt) = self.ready_for_end().await {
            self.halted(&halt);
            return match halt {
                Halt::Refused(reply) => Finish::Refused(reply),
                Halt::Failed(fault) => Finish::Failed(fault),
            };
        }
        // From here on, whatever is not one whole reply leaves the outcome in doubt.
        self.in_doubt = true;
        let reply = match self.last_reply().await {
            Ok(reply) => reply,
            Err(fault) => {
                let detail = format!("{}; {}", fault.detail, self.link.half_a_reply());
                let fault = Fault { kind: FaultKind::Lost, detail, ..fault };
                self.fault(&fault);
                return Finish::InDoubt(fault);
            }
        };
        self.in_doubt = false;
        if reply.class() == 2 {
            let reply = reply.to_reply();
            self.attempt.replied(Phase::Dot, &reply);
            self.between_commands = true;
            return Finish::Accepted(reply);
        }
        match verdict(&reply, Phase::Dot) {
            Ok(reply) => {
                self.attempt.replied(Phase::Dot, &reply);
                self.between_commands = true;
                Finish::Refused(reply)
            }
            Err(fault) => {
                self.fault(&fault);
                if fault.kind == FaultKind::Protocol {
                    self.in_doubt = true;
                    return Finish::InDoubt(Fault { kind: FaultKind::Lost, ..fault });
                }
                Finish::Failed(fault)
            }
        }
    }

    async fn close(mut self, polite: bool) -> AttemptRecord {
        // The attempt ends with its outcome; taking leave is no part of it.
        let record = self.attempt.finish();
        if polite && self.between_commands && !self.link.has_surplus() {
            self.link.out.clear();
            self.link.out.extend_from_slice(b"QUIT\r\n");
            // Neither QUIT's fate nor its answer changes anything (RFC 5321 §4.1.1.10).
            let said = self.link.flush(Phase::Quit, LEAVE).await.is_ok();
            if said {
                let _closed = tokio::time::timeout(LEAVE, self.link.stream.shutdown()).await.is_ok();
            }
        }
        record
    }

    fn is_in_doubt(&self) -> bool {
        self.in_doubt
    }

    fn abandon(mut self, why: ErrorType) -> AttemptRecord {
        self.attempt.cut_off(why);
        self.attempt.finish()
    }
}

impl fmt::Debug for SmartHostDelivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmartHostDelivery").field("attempt", &self.attempt).finish_non_exhaustive()
    }
}
