//! One transaction at a smart host.

use std::fmt;

use postroad_delivery::{Delivery, Fault, FaultKind, Finish};
use postroad_mail_types::{EnhancedCode, Mailbox, Reply, ReversePath};
use postroad_smtp_codec::{Capabilities, HostReply, MailParameters, RcptParameters, print_mail, print_rcpt};
use postroad_telemetry::{AttemptRecord, ErrorType, Phase};
use tokio::io::AsyncWriteExt;

use crate::Timers;
use crate::attempt::Attempt;
use crate::link::Link;

/// A transaction at a smart host; dropping it closes the connection.
pub struct SmartHostDelivery {
    link: Link,
    capabilities: Capabilities,
    attempt: Attempt,
    timers: Timers,
    /// Between commands, so that QUIT may be said.
    between_commands: bool,
    /// The dot may be on its way, and no whole reply to it was read.
    in_doubt: bool,
}

impl SmartHostDelivery {
    pub(crate) const fn new(link: Link, capabilities: Capabilities, attempt: Attempt, timers: Timers) -> Self {
        Self { link, capabilities, attempt, timers, between_commands: true, in_doubt: false }
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

    async fn write_dot(&mut self) -> Result<HostReply, Fault> {
        self.link.out.extend_from_slice(b".\r\n");
        self.link.flush(Phase::Dot, self.timers.data).await?;
        self.link.reply(Phase::Dot, self.timers.final_reply).await
    }
}

impl Delivery for SmartHostDelivery {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn mail(&mut self, path: &ReversePath, parameters: &MailParameters, header: u64) -> Result<Reply, Fault> {
        let mut line = Vec::with_capacity(128);
        print_mail(&mut line, path, parameters, &self.capabilities, header);
        let result = self.ask(&line, Phase::Mail).await.and_then(|reply| verdict(&reply, Phase::Mail));
        self.noted(result)
    }

    async fn rcpt(&mut self, mailbox: &Mailbox) -> Result<Reply, Fault> {
        let mut line = Vec::with_capacity(128);
        print_rcpt(&mut line, mailbox, &RcptParameters::default(), &self.capabilities);
        let result = self.ask(&line, Phase::Rcpt).await.and_then(|reply| verdict(&reply, Phase::Rcpt));
        self.noted(result)
    }

    async fn data(&mut self) -> Result<Reply, Fault> {
        let result = match self.ask(b"DATA\r\n", Phase::Data).await {
            Ok(reply) if reply.code == 354 => {
                self.between_commands = false;
                self.link.quiet(Phase::Data).map(|()| reply.to_reply())
            }
            Ok(reply) => match reply.class() {
                4 | 5 => verdict(&reply, Phase::Data),
                _ => Err(Fault::replied(FaultKind::Protocol, Phase::Data, &reply.to_reply())),
            },
            Err(fault) => Err(fault),
        };
        self.noted(result)
    }

    async fn body(&mut self, wire: &[u8]) -> Result<(), Fault> {
        let result = self.link.write_body(wire, self.timers.data).await;
        match &result {
            Ok(()) => self.attempt.record_mut().bytes_sent += wire.len() as u64,
            Err(fault) => self.fault(fault),
        }
        result
    }

    async fn finish(&mut self) -> Finish {
        self.attempt.enter(Phase::Dot);
        if let Err(fault) = self.link.ready_for_dot(self.timers.data).await {
            self.fault(&fault);
            return Finish::Failed(fault);
        }
        // From here on, whatever is not one whole reply leaves the outcome in doubt.
        self.in_doubt = true;
        let reply = match self.write_dot().await {
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
            let said = self.link.flush(Phase::Quit, std::time::Duration::from_secs(1)).await.is_ok();
            if said {
                let _closed =
                    tokio::time::timeout(std::time::Duration::from_secs(1), self.link.stream.shutdown()).await.is_ok();
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

/// The host's answer as the client may have it, or the fault that it really is.
fn verdict(reply: &HostReply, phase: Phase) -> Result<Reply, Fault> {
    let passed = reply.to_reply();
    match reply.code {
        421 => Err(Fault::replied(FaultKind::Lost, phase, &passed)),
        _ if is_about_our_login(&passed) => Err(Fault::replied(FaultKind::Login, phase, &passed)),
        250..=252 => Ok(passed),
        200..=299 => Ok(Reply::fixed(250, Some(EnhancedCode::new(2, 0, 0)), "Ok")),
        300..=399 => Err(Fault::replied(FaultKind::Protocol, phase, &passed)),
        _ => Ok(passed),
    }
}

/// About our login or our TLS, not about the client's mail: by the code, or by an enhanced code of RFC 4954 §6 and RFC
/// 5248 §2.4: X.7.8 credentials, X.7.9 mechanism too weak, X.7.10 and X.7.11 encryption needed. The next ones, X.7.12 and
/// X.7.13, are not taken so: large hosts say them of recipients.
fn is_about_our_login(reply: &Reply) -> bool {
    match (reply.code(), reply.enhanced()) {
        (523 | 525 | 530 | 534 | 535 | 538, _) => true,
        (400..=599, Some(seen)) => (8..=11).any(|detail| seen == EnhancedCode::new(seen.class(), 7, detail)),
        _ => false,
    }
}

impl fmt::Debug for SmartHostDelivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmartHostDelivery").field("attempt", &self.attempt).finish_non_exhaustive()
    }
}
