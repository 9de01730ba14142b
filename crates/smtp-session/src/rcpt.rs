//! RCPT (RFC 5321 §4.1.1.3).

use postroad_mail_types::Mailbox;
use postroad_smtp_codec::RcptParameters;

use crate::mail::is_qualified;
use crate::state::State;
use crate::text::{self, No};
use crate::{Action, RcptRequest, Session};

impl Session {
    pub(crate) fn rcpt(&mut self, mailbox: Mailbox, parameters: RcptParameters) -> Action {
        if let Err(no) = self.may_rcpt(&mailbox, &parameters) {
            return self.error(no);
        }
        if !self.client.may_relay && self.client.identity.is_none() {
            if self.guesses_addresses() {
                return self.close(text::too_many_refused());
            }
            let no = self.relaying_denied();
            return self.error(no);
        }
        if self.progress.accepted >= self.max_recipients() {
            return Action::Reply(self.refusal(text::too_many_recipients()));
        }
        self.state = State::AskedRcpt;
        Action::Rcpt(RcptRequest { mailbox, parameters })
    }

    fn may_rcpt(&self, mailbox: &Mailbox, parameters: &RcptParameters) -> Result<(), No> {
        match self.state {
            State::Open => {}
            State::Chunks => return Err(text::chunks_under_way()),
            State::Failed => return Err(text::chunk_failed()),
            _ => return Err(text::bad_sequence("rcpt-before-mail", "Say MAIL first")),
        }
        let stray = self.hello.as_ref().and_then(|(_, offered)| offered.stray_rcpt(parameters));
        if let Some(name) = stray {
            return Err(text::stray_parameter(name));
        }
        if !self.progress.utf8 && !mailbox.is_ascii() {
            return Err(text::not_ascii());
        }
        if self.settings.submission && !is_qualified(mailbox) {
            return Err(text::unqualified_recipient());
        }
        Ok(())
    }

    fn max_recipients(&self) -> u32 {
        let ours = self.settings.max_recipients;
        self.hello.as_ref().map_or(ours, |(_, offered)| offered.max_recipients(&self.settings))
    }

    /// Says what would help: to authenticate, where that can be done (RFC 5321 §3.6.2).
    fn relaying_denied(&self) -> No {
        let offered = self.hello.as_ref().is_some_and(|(_, offered)| offered.auth());
        if offered {
            text::relaying_needs_auth()
        } else if !self.settings.mechanisms.is_empty() && self.settings.starttls && self.client.tls.is_none() {
            text::relaying_needs_tls_and_auth()
        } else {
            text::relaying_denied(self.client.address)
        }
    }
}
