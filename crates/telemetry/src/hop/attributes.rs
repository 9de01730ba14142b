//! What the spans say. Never an address of a mailbox, a message id or a reply text.

use opentelemetry::{KeyValue, Value};

use crate::names::attribute as name;
use crate::{AttemptRecord, ErrorType, Phase, ReplyCodes, TlsSession, TransactionRecord};

/// Attributes under construction.
struct Attributes(Vec<KeyValue>);

impl Attributes {
    /// What both kinds of span have.
    fn new(record: &TransactionRecord) -> Self {
        let mut attributes = Self(Vec::with_capacity(32));
        attributes.put(name::NETWORK_PROTOCOL, "smtp");
        attributes.put(name::NETWORK_TRANSPORT, "tcp");
        attributes.put(name::REVISION, number(record.revision));
        attributes
    }

    fn put(&mut self, key: &'static str, value: impl Into<Value>) {
        self.0.push(KeyValue::new(key, value));
    }

    fn put_some(&mut self, key: &'static str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.put(key, value);
        }
    }

    fn put_result(&mut self, reply: Option<ReplyCodes>, phase: Option<Phase>, error: Option<ErrorType>) {
        self.put_some(name::REPLY_CODE, reply.map(|reply| i64::from(reply.code)));
        self.put_some(name::REPLY_ENHANCED, reply.and_then(|reply| reply.enhanced).map(|code| code.to_string()));
        self.put_some(name::PHASE, phase.map(Phase::as_str));
        self.put_some(name::ERROR_TYPE, error.map(ErrorType::as_str));
    }

    fn put_tls(&mut self, tls: Option<&TlsSession>) {
        self.put(name::TLS_ESTABLISHED, tls.is_some());
        if let Some(tls) = tls {
            self.put(name::TLS_PROTOCOL, "tls");
            self.put(name::TLS_VERSION, tls.version);
            self.put(name::TLS_CIPHER, tls.cipher.clone());
            self.put(name::TLS_RESUMED, tls.resumed);
        }
    }
}

pub(super) fn of_transaction(record: &TransactionRecord) -> Vec<KeyValue> {
    let session = &record.session;
    let mut attributes = Attributes::new(record);
    let socket = session.through.unwrap_or(session.peer);
    attributes.put(name::PEER_ADDRESS, socket.ip().to_string());
    attributes.put(name::PEER_PORT, i64::from(socket.port()));
    attributes.put(name::CLIENT_ADDRESS, session.peer.ip().to_string());
    attributes.put(name::CLIENT_PORT, i64::from(session.peer.port()));
    attributes.put_tls(session.tls.as_ref());
    attributes.put(name::AUTHENTICATED, session.auth_mechanism.is_some());
    attributes.put_some(name::AUTH_MECHANISM, session.auth_mechanism);
    attributes.put(name::SERVER_ADDRESS, session.server_name.clone());
    attributes.put(name::SERVER_PORT, i64::from(session.local.port()));
    attributes.put(name::LISTENER, session.listener.clone());
    attributes.put(name::SESSION_ID, session.session_id.clone());
    attributes.put(name::TRANSACTION_ID, record.trace_id.to_string());
    attributes.put(name::TRANSACTION_SEQUENCE, i64::from(record.sequence));
    attributes.put(name::MESSAGE_SIZE, number(record.size));
    attributes.put(name::RECIPIENTS, i64::from(record.recipients));
    attributes.put(name::RECIPIENTS_ACCEPTED, i64::from(record.accepted));
    attributes.put(name::RECIPIENTS_REJECTED, i64::from(record.rejected));
    // A whole address put here by mistake must not leave the relay.
    attributes.put_some(name::RECIPIENT_DOMAIN, record.recipient_domain.clone().filter(|d| !d.contains('@')));
    attributes.put(name::HOPS, i64::from(record.hops));
    attributes.put(name::OUTCOME, record.outcome.as_str());
    attributes.put_some(name::RESPONSE_FLAG, record.flag.map(|flag| flag.as_str()));
    attributes.put_some(name::CONTEXT_REJECTED, record.context_rejected.then_some(true));
    attributes.put_result(record.reply, record.phase, record.error);
    attributes.0
}

pub(super) fn of_attempt(record: &TransactionRecord, attempt: &AttemptRecord) -> Vec<KeyValue> {
    let mut attributes = Attributes::new(record);
    attributes.put_some(name::PEER_ADDRESS, attempt.peer.map(|(address, _)| address.to_string()));
    attributes.put_some(name::PEER_PORT, attempt.peer.map(|(_, port)| i64::from(port)));
    attributes.put(name::SERVER_ADDRESS, attempt.server.clone());
    attributes.put(name::SERVER_PORT, i64::from(attempt.port));
    attributes.put(name::SERVICE_PEER, attempt.connector.clone());
    attributes.put(name::CONNECTOR, attempt.connector.clone());
    attributes.put(name::ATTEMPT, i64::from(attempt.number));
    attributes.put(name::REUSED, attempt.reused);
    attributes.put(name::TLS_POLICY, attempt.tls_policy.as_str());
    attributes.put_tls(attempt.tls.as_ref());
    attributes.put_some(name::AUTH_MECHANISM, attempt.auth_mechanism);
    attributes.put(name::BYTES_SENT, number(attempt.bytes_sent));
    put_times(&mut attributes, attempt);
    // A reply that ended the attempt is the error, where nothing better is known.
    let by_reply = attempt.reply.filter(|reply| reply.code >= 400).map(|reply| ErrorType::Reply(reply.code));
    attributes.put_result(attempt.reply, attempt.phase, attempt.error.or(by_reply));
    attributes.0
}

/// One sum per phase: EHLO, for one, is entered again after STARTTLS.
fn put_times(attributes: &mut Attributes, attempt: &AttemptRecord) {
    for (phase, key) in [
        (Phase::Connect, name::TIME_CONNECT),
        (Phase::Tls, name::TIME_TLS),
        (Phase::Ehlo, name::TIME_EHLO),
        (Phase::Auth, name::TIME_AUTH),
        (Phase::Mail, name::TIME_MAIL),
        (Phase::Rcpt, name::TIME_RCPT),
        (Phase::Data, name::TIME_DATA),
        (Phase::Dot, name::TIME_DOT),
    ] {
        let mut entered =
            attempt.times.iter().filter(|(at, _)| *at == phase).map(|(_, time)| time.as_secs_f64()).peekable();
        if entered.peek().is_some() {
            attributes.put(key, entered.sum::<f64>());
        }
    }
}

/// OpenTelemetry has no unsigned numbers.
fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
