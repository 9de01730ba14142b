//! What each verb does (RFC 5321 §4.1.1); the longer ones have files of their own.

use postroad_mail_types::Reply;
use postroad_smtp_codec::{ClientAttributes, Command, CommandError};

use crate::state::{Rest, State};
use crate::text;
use crate::{Action, Client, Phase, Said, Session, TlsFacts};

impl Session {
    pub(crate) fn command(&mut self, line: &[u8], more: bool) -> Action {
        let command = Command::parse(line);
        // What follows is the rest of a request, perhaps with commands in it: none is carried out.
        if matches!(command, Err(CommandError::OtherProtocol)) {
            return self.close(text::other_protocol());
        }
        if let Some(action) = self.before_all(&command, more) {
            return action;
        }
        match command {
            Ok(Command::Ehlo(name)) => self.hello(name, true),
            Ok(Command::Helo(name)) => self.hello(name, false),
            Ok(Command::Mail(path, parameters)) => self.mail(path, parameters),
            Ok(Command::Rcpt(mailbox, parameters)) => self.rcpt(mailbox, parameters),
            Ok(Command::Data) => self.data_command(),
            Ok(Command::Bdat { size, last }) => self.bdat(size, last),
            Ok(Command::Rset) => self.reset(text::ok("Ok")),
            Ok(Command::Noop) => Action::ReplyNow(Said::plain(text::ok("Ok"))),
            Ok(Command::Vrfy | Command::Expn) => Action::ReplyNow(Said::plain(text::cannot_verify())),
            Ok(Command::Help) => Action::ReplyNow(Said::plain(text::help())),
            Ok(Command::StartTls) => self.starttls(more),
            Ok(Command::Auth { mechanism, initial }) => self.auth(mechanism.as_str(), initial),
            Ok(Command::Xclient(attributes)) => self.xclient(attributes),
            Ok(Command::Quit) => self.quit(),
            Ok(Command::NotImplemented) => self.error(text::not_implemented()),
            Err(error) => self.error(text::command_error(error)),
        }
    }

    /// What is asked of a command before anything else: TLS, patience, and that it brings mail one day.
    fn before_all(&mut self, command: &Result<Command, CommandError>, more: bool) -> Option<Action> {
        let may_be_clear = matches!(self.phase, Phase::StartTls)
            || matches!(command, Ok(Command::Noop | Command::Quit | Command::Ehlo(_)) | Err(CommandError::ClientName));
        if self.settings.require_tls && self.client.tls.is_none() && !may_be_clear {
            return Some(self.refuse_whole(command, text::tls_first()));
        }
        let ends_group =
            matches!(command, Ok(Command::Ehlo(_) | Command::Helo(_) | Command::Data | Command::Auth { .. }));
        if more && ends_group && self.settings.strict_pipelining {
            return Some(self.close(text::spoke_too_soon()));
        }
        let brings_mail =
            matches!(command, Ok(Command::Rcpt(..) | Command::Data | Command::Bdat { .. } | Command::Quit));
        if !brings_mail {
            self.counters.idle_commands += 1;
            if self.counters.idle_commands > self.settings.max_idle_commands {
                return Some(self.close(text::too_many_commands()));
            }
        }
        None
    }

    /// Refuses a command, with its chunk if it has one.
    fn refuse_whole(&mut self, command: &Result<Command, CommandError>, no: text::No) -> Action {
        match command {
            Ok(Command::Bdat { size, .. }) => self.refuse_chunk(*size, Rest::Idle, no),
            _ => self.error(no),
        }
    }

    /// Gives up the transaction; TLS and AUTH stay (RFC 5321 §4.1.1.5).
    pub(crate) fn reset(&mut self, reply: Reply) -> Action {
        self.state = State::Idle;
        self.scanner = crate::state::Scanner::None;
        self.refused = None;
        Action::Abort(Said::plain(reply))
    }

    pub(crate) fn quit(&mut self) -> Action {
        self.state = State::Closed;
        Action::Close(Said::plain(Reply::made(221, None, format!("2.0.0 {} closing", self.settings.server_name))))
    }

    fn starttls(&mut self, more: bool) -> Action {
        if self.client.tls.is_some() {
            return self.error(text::bad_sequence("tls-active", "TLS is active already"));
        }
        if !self.settings.starttls {
            return self.error(text::not_offered("STARTTLS is not offered here"));
        }
        if self.hello.is_none() {
            return self.error(text::hello_first());
        }
        if self.state != State::Idle {
            return self.error(text::in_transaction());
        }
        // It would be executed inside TLS, though it was sent in clear, by anybody (RFC 3207 §4.2, CVE-2011-0411).
        if more {
            return self.close(text::injected());
        }
        self.state = State::AskedTls;
        Action::StartTls(Said::plain(text::go_ahead()))
    }

    /// All that was learned in clear is forgotten (RFC 3207 §4.2).
    pub(crate) fn tls_established(&mut self, facts: TlsFacts) -> Action {
        if self.state != State::AskedTls {
            return self.lost_step();
        }
        self.state = State::Idle;
        self.hello = None;
        self.client.identity = None;
        self.client.tls = Some(std::sync::Arc::new(facts));
        Action::Read
    }

    pub(crate) fn tls_unavailable(&mut self) -> Action {
        if self.state != State::AskedTls {
            return self.lost_step();
        }
        self.state = State::Idle;
        Action::ReplyNow(self.refusal(text::tls_unavailable()))
    }

    fn xclient(&mut self, attributes: ClientAttributes) -> Action {
        if !self.client.may_xclient {
            return self.error(text::xclient_denied());
        }
        if self.state != State::Idle {
            return self.error(text::in_transaction());
        }
        if let Some(helo) = &attributes.helo {
            self.proxied_name = helo.value().cloned();
        }
        self.state = State::AskedClient;
        Action::Xclient(attributes)
    }

    /// Back to the greeting, with another client; TLS stays.
    pub(crate) fn reattributed(&mut self, client: Client) -> Action {
        if self.state != State::AskedClient {
            return self.lost_step();
        }
        self.state = State::Idle;
        self.hello = None;
        self.counters = crate::limits::Counters::default();
        let tls = self.client.tls.take();
        self.client = Client { tls, ..client };
        self.greet()
    }
}
