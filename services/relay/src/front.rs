//! What a listener shows and grants to each of its clients.

use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use postroad_mail_types::{HostName, ReversePath};
use postroad_pipeline::{Pipeline, PipelineSettings};
use postroad_routing::RouteTable;
use postroad_smarthost::SmartHostCourier;
use postroad_smtp_codec::Extensions;
use postroad_smtp_session::{Client, Identity, SessionSettings, TlsFacts};
use postroad_telemetry::{Recorder, TlsSession};
use postroad_tls::{ServerTls, ServerTlsFacts};
use tokio::sync::watch;

use crate::harvest::Harvest;
use crate::listener::Ends;
use crate::listeners::{ListenerSettings, Mode};
use crate::logins::Logins;
use crate::pace::PaceTerms;
use crate::tokens::Tokens;

/// The same for all connections of a listener.
#[derive(Debug)]
pub(crate) struct Front {
    /// Name of the listener.
    pub(crate) name: String,
    pub(crate) settings: ListenerSettings,
    /// What sessions that begin now are held to; it changes with the users.
    session: RwLock<Arc<SessionSettings>>,
    pub(crate) pace: PaceTerms,
    /// A certificate to show; without one there is no TLS.
    pub(crate) tls: Option<FrontTls>,
    /// Without it nobody can log in.
    pub(crate) logins: Option<Arc<Logins>>,
    /// Counts the recipients that were refused to each client.
    pub(crate) harvest: Option<Harvest>,
    /// What all connectors that can be reached from here honour.
    pub(crate) extensions: watch::Receiver<Arc<Extensions>>,
    pub(crate) pipeline: Arc<Pipeline<Arc<SmartHostCourier>>>,
}

/// TLS of a listener.
#[derive(Clone, Debug)]
pub(crate) struct FrontTls {
    pub(crate) server: Arc<ServerTls>,
    /// TLS begins with the first octet; there is no STARTTLS.
    pub(crate) from_the_start: bool,
}

/// A user by the word of a listed peer (`LOGIN` of XCLIENT): the peer has checked who it is and as whom it may send.
#[derive(Debug)]
struct Vouched(String);

impl Identity for Vouched {
    fn user(&self) -> &str {
        &self.0
    }

    fn may_send_as(&self, _reverse_path: &ReversePath) -> bool {
        true
    }
}

/// What all listeners of a relay share.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    pub(crate) courier: Arc<SmartHostCourier>,
    /// How long a recipient may wait until a smart host stands.
    pub(crate) open: Duration,
    pub(crate) recorder: Recorder,
    pub(crate) table: watch::Receiver<Option<Arc<RouteTable>>>,
    pub(crate) extensions: watch::Receiver<Arc<Extensions>>,
    /// Our name towards smart hosts.
    pub(crate) host_name: HostName,
    /// Who checks bearer tokens, if anybody does.
    pub(crate) tokens: Option<Tokens>,
}

impl Front {
    /// Reads the files that the settings name.
    ///
    /// # Errors
    /// Everything that is wrong with them, a line each.
    pub(crate) fn open(settings: ListenerSettings, shared: &Shared) -> Result<Self, Vec<String>> {
        let mut wrong = Vec::new();
        let tls = settings.tls.as_ref().map(|tls| ServerTls::load(tls.files.clone()));
        let logins =
            settings.auth.as_ref().map(|auth| Logins::load(auth.users.clone(), auth.mechanisms, shared.tokens.clone()));
        let tls = tls.transpose().map_err(|problems| wrong.push(problems.to_string())).ok().flatten();
        let logins = logins.transpose().map_err(|problems| wrong.extend(problems)).ok().flatten();
        if !wrong.is_empty() {
            return Err(wrong.into_iter().map(|problem| format!("listener {}: {problem}", settings.name)).collect());
        }
        let pipeline = PipelineSettings {
            host_name: shared.host_name.clone(),
            server_name: settings.host_name.clone(),
            open: shared.open,
            final_reply: settings.timeouts.final_reply,
        };
        let courier = Arc::clone(&shared.courier);
        let front = Self {
            name: settings.name.clone(),
            session: RwLock::new(Arc::new(session_settings(&settings, logins.as_ref()))),
            pace: PaceTerms {
                min_rate: settings.limits.min_data_rate,
                grace: settings.limits.data_rate_grace,
                standstill: settings.timeouts.data,
            },
            tls: tls.map(|server| FrontTls {
                server: Arc::new(server),
                from_the_start: settings.mode == Mode::ImplicitTls,
            }),
            logins: logins.map(Arc::new),
            harvest: settings.limits.refused_recipients_per_minute.map(Harvest::new),
            extensions: shared.extensions.clone(),
            pipeline: Arc::new(Pipeline::new(courier, pipeline, shared.recorder.clone(), shared.table.clone())),
            settings,
        };
        Ok(front)
    }

    /// What a session that begins now is held to.
    pub(crate) fn session(&self) -> Arc<SessionSettings> {
        Arc::clone(&self.session.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Other users may be able to log in by other mechanisms.
    pub(crate) fn users_changed(&self) {
        let session = Arc::new(session_settings(&self.settings, self.logins.as_deref()));
        *self.session.write().unwrap_or_else(PoisonError::into_inner) = session;
    }

    /// A client, as far as its ends and its TLS session tell.
    pub(crate) fn describe(&self, ends: Ends, tls: Option<&ServerTlsFacts>) -> Client {
        Client {
            may_xclient: self.settings.xclient.contain(ends.peer.ip()),
            tls: tls.map(|facts| Arc::new(session_facts(facts))),
            ..Client::new(ends.client.ip(), self.settings.may_relay(ends.client.ip()))
        }
    }

    /// Whether a connection from this address begins with a PROXY header.
    pub(crate) fn is_proxy(&self, peer: IpAddr) -> bool {
        self.settings.proxies.contain(peer)
    }

    /// A user whom a listed peer vouches for.
    pub(crate) fn vouched(&self, name: &str) -> Arc<dyn Identity> {
        Arc::new(Vouched(name.to_owned()))
    }

    /// What may be offered now.
    pub(crate) fn extensions(&self) -> Arc<Extensions> {
        Arc::clone(&self.extensions.borrow())
    }

    pub(crate) fn tls_from_the_start(&self) -> bool {
        self.tls.as_ref().is_some_and(|tls| tls.from_the_start)
    }
}

/// A TLS session, as far as the dialogue asks.
pub(crate) fn session_facts(facts: &ServerTlsFacts) -> TlsFacts {
    TlsFacts {
        version: format!("TLSv{}", facts.version),
        cipher: facts.cipher.to_owned(),
        channel_binding: facts.exporter.is_some(),
        client_certificate: facts.client.as_ref().is_some_and(|names| !names.is_empty()),
    }
}

/// The rules of the dialogue.
fn session_settings(settings: &ListenerSettings, logins: Option<&Logins>) -> SessionSettings {
    let limits = &settings.limits;
    SessionSettings {
        starttls: settings.tls.is_some() && settings.mode != Mode::ImplicitTls,
        require_tls: settings.tls.as_ref().is_some_and(|tls| tls.required),
        require_auth: settings.requires_auth(),
        submission: settings.mode.is_submission(),
        mechanisms: logins.map(Logins::usable).unwrap_or_default(),
        max_command_line: usize::try_from(limits.max_command_line).unwrap_or(SessionSettings::LINE_LIMIT),
        max_message_size: limits.max_message_size,
        max_header_size: limits.max_header_size,
        max_recipients: limits.max_recipients,
        max_messages: limits.max_messages_per_session,
        max_hops: limits.max_hops,
        max_errors: limits.max_errors,
        max_auth_failures: limits.max_auth_failures,
        max_refused_recipients: limits.max_refused_recipients.unwrap_or(u32::MAX),
        max_idle_commands: limits.max_commands_without_mail,
        strict_pipelining: limits.strict_pipelining,
        ..SessionSettings::new(settings.host_name.clone())
    }
}

/// A TLS session, as the trace tells it.
pub(crate) fn session_tls(facts: &ServerTlsFacts) -> TlsSession {
    TlsSession { version: facts.version, cipher: facts.cipher.to_owned(), resumed: facts.resumed }
}
