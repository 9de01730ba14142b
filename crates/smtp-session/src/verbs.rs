//! What each verb does (RFC 5321 §4.1.1).

use std::borrow::Cow;

use postroad_mail_types::{EnhancedCode, Mailbox, Reply, ReversePath};
use postroad_smtp_codec::{Body, ClientName, Command, CommandError, MailParameters, Protocol, RcptParameters};

use crate::session::State;
use crate::{Action, MailRequest, Session, text};

impl Session {
    pub(crate) fn command(&mut self, line: &[u8]) -> Action {
        match Command::parse(line) {
            Ok(Command::Ehlo(name)) => self.ehlo(name),
            Ok(Command::Helo(name)) => self.helo(name),
            Ok(Command::Mail(path, parameters)) => self.mail(path, parameters),
            Ok(Command::Rcpt(mailbox, parameters)) => self.rcpt(mailbox, &parameters),
            Ok(Command::Data) => self.data_command(),
            Ok(Command::Rset) => self.reset(text::ok("Ok")),
            Ok(Command::Noop) => Action::ReplyNow(text::ok("Ok")),
            Ok(Command::Vrfy) => Action::ReplyNow(text::cannot_verify()),
            Ok(Command::Quit) => {
                self.state = State::Idle;
                Action::Close(Reply::made(221, None, format!("2.0.0 {} closing", self.settings.server_name)))
            }
            // What is not offered is not there.
            Ok(
                Command::Bdat { .. }
                | Command::Expn
                | Command::Help
                | Command::StartTls
                | Command::Auth { .. }
                | Command::Xclient(_)
                | Command::NotImplemented,
            ) => self.error(text::not_implemented()),
            // What follows is the rest of a request, perhaps with commands in it: none is carried out.
            Err(error @ CommandError::OtherProtocol) => {
                self.goodbye(EnhancedCode::new(4, 7, 0), &format!("{error}, closing"))
            }
            Err(error) => self.error(text::command_error(error)),
        }
    }

    /// A second EHLO acts as RSET (RFC 5321 §4.1.4).
    fn ehlo(&mut self, name: ClientName) -> Action {
        self.client = Some((name, Protocol::ESMTP));
        let size = match self.settings.max_message_size {
            Some(limit) => format!("SIZE {limit}"),
            None => "SIZE".to_owned(),
        };
        let lines = ["PIPELINING".into(), Cow::Owned(size), "8BITMIME".into(), "ENHANCEDSTATUSCODES".into()];
        self.reset(Reply::made(250, None, self.settings.server_name.as_str()).with_lines(lines))
    }

    fn helo(&mut self, name: ClientName) -> Action {
        self.client = Some((name, Protocol::SMTP));
        self.reset(Reply::made(250, None, self.settings.server_name.as_str()))
    }

    fn reset(&mut self, reply: Reply) -> Action {
        self.state = State::Idle;
        Action::Abort(reply)
    }

    fn mail(&mut self, reverse_path: ReversePath, parameters: MailParameters) -> Action {
        let Some((client, protocol)) = self.client.clone() else {
            return self.error(text::bad_sequence("Say EHLO first"));
        };
        if self.state != State::Idle {
            return self.error(text::bad_sequence("A transaction is open already; RSET gives it up"));
        }
        if !reverse_path.is_ascii() {
            return self.error(text::not_ascii());
        }
        if !is_offered(&parameters) {
            return self.error(text::command_error(CommandError::UnknownParameter));
        }
        if let (Some(limit), Some(size)) = (self.settings.max_message_size, parameters.size)
            && size > limit
        {
            return Action::Reply(text::too_large());
        }
        self.state = State::AskedMail;
        Action::Mail(MailRequest { reverse_path, parameters, client, protocol })
    }

    fn rcpt(&mut self, mailbox: Mailbox, parameters: &RcptParameters) -> Action {
        let State::Open { accepted } = self.state else {
            return self.error(text::bad_sequence("Say MAIL first"));
        };
        if !mailbox.is_ascii() {
            return self.error(text::not_ascii());
        }
        if !parameters.is_empty() {
            return self.error(text::command_error(CommandError::UnknownParameter));
        }
        if !self.may_relay {
            return self.error(text::relaying_denied());
        }
        if accepted >= self.settings.max_recipients {
            return Action::Reply(text::too_many_recipients());
        }
        self.state = State::AskedRcpt { accepted };
        Action::Rcpt(mailbox)
    }

    fn data_command(&mut self) -> Action {
        match self.state {
            State::Open { accepted } if accepted > 0 => {
                self.state = State::AskedData;
                Action::Data
            }
            State::Open { .. } => Action::ReplyNow(text::bad_sequence("No recipient was accepted")),
            _ => self.error(text::bad_sequence("Say MAIL and RCPT first")),
        }
    }
}

/// SIZE and BODY without BINARYMIME: of all parameters the ones that are offered.
fn is_offered(parameters: &MailParameters) -> bool {
    let offered = MailParameters { size: parameters.size, body: parameters.body, ..MailParameters::default() };
    *parameters == offered && parameters.body != Some(Body::BinaryMime)
}
