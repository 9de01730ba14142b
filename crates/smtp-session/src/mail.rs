//! MAIL (RFC 5321 §4.1.1.2).

use std::sync::Arc;

use postroad_mail_types::{MailDomain, Mailbox, ReversePath};
use postroad_smtp_codec::{Body, ClientName, MailParameters, Protocol};

use crate::offered::Offered;
use crate::state::{Progress, State};
use crate::text::{self, No};
use crate::{Action, MailRequest, Session};

impl Session {
    pub(crate) fn mail(&mut self, reverse_path: ReversePath, parameters: MailParameters) -> Action {
        let Some((name, offered)) = &self.hello else {
            return self.error(text::hello_first());
        };
        if let Err(no) = self.may_mail(offered, &reverse_path, &parameters) {
            return self.error(no);
        }
        if let Some(no) = self.declared_too_large(offered, &parameters) {
            return Action::Reply(self.refusal(no));
        }
        self.counters.messages = self.counters.messages.saturating_add(1);
        if self.settings.max_messages.is_some_and(|limit| self.counters.messages > limit) {
            return self.close(text::too_many_messages());
        }
        let request = self.request(name, offered.extended, reverse_path, parameters);
        self.progress = Progress {
            binary: request.parameters.body == Some(Body::BinaryMime),
            utf8: request.parameters.smtputf8,
            ..Progress::default()
        };
        self.state = State::AskedMail;
        Action::Mail(Box::new(request))
    }

    fn may_mail(&self, offered: &Offered, path: &ReversePath, parameters: &MailParameters) -> Result<(), No> {
        if self.state == State::Failed {
            return Err(text::chunk_failed());
        }
        if self.state != State::Idle {
            return Err(text::in_transaction());
        }
        if self.settings.require_auth && self.client.identity.is_none() {
            return Err(if offered.auth() { text::auth_first() } else { text::auth_after_tls(&self.settings) });
        }
        if let Some(name) = offered.stray_mail(parameters) {
            return Err(text::stray_parameter(name));
        }
        if let ReversePath::Mailbox(mailbox) = path {
            if !parameters.smtputf8 && !mailbox.is_ascii() {
                return Err(text::not_ascii());
            }
            if self.settings.submission && !is_qualified(mailbox) {
                return Err(text::unqualified_sender());
            }
        }
        match &self.client.identity {
            Some(identity) if !identity.may_send_as(path) => Err(text::may_not_send_as()),
            _ => Ok(()),
        }
    }

    fn declared_too_large(&self, offered: &Offered, parameters: &MailParameters) -> Option<No> {
        let limit = offered.max_size(&self.settings)?;
        (parameters.size? > limit).then(|| text::too_large(limit))
    }

    fn request(
        &self,
        name: &ClientName,
        extended: bool,
        reverse_path: ReversePath,
        parameters: MailParameters,
    ) -> MailRequest {
        let protocol = Protocol {
            extended,
            tls: self.client.tls.is_some(),
            authenticated: self.client.identity.is_some(),
            utf8: parameters.smtputf8,
        };
        MailRequest {
            reverse_path,
            parameters,
            client: self.proxied_name.as_ref().unwrap_or(name).clone(),
            protocol,
            tls: self.client.tls.clone(),
            user: self.user().map(Arc::from),
            submission: self.settings.submission,
        }
    }
}

/// A domain of one label means something at home only; submission refuses it (RFC 6409 §4.2). Postmaster has none.
pub(crate) fn is_qualified(mailbox: &Mailbox) -> bool {
    match mailbox.domain() {
        Some(MailDomain::Name(name)) => name.as_str().contains('.'),
        Some(MailDomain::Literal(_)) | None => true,
    }
}
