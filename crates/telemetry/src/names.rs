//! Every name that leaves this crate in a span. A rename touches this file and the version in [`SCHEMA_URL`].
//!
//! OpenTelemetry has no conventions for SMTP: `smtp.*` is what any SMTP system could use, `postroad.*` what only Postroad
//! has, the rest are conventions of OpenTelemetry.

/// Version of this list. Nothing is served at this address: it names the list, as the schema URL of a scope must.
pub(crate) const SCHEMA_URL: &str = "https://postroad.invalid/schemas/0.1.0";
/// The instrumentation scope.
pub(crate) const SCOPE: &str = "postroad";

pub(crate) mod span {
    pub(crate) const RECEIVE: &str = "smtp.receive";
    pub(crate) const SEND: &str = "smtp.send";
}

/// Values of `smtp.link`.
pub(crate) mod link {
    /// The `traceparent` field of a message, whose client is not trusted to say where a trace goes on.
    pub(crate) const MESSAGE: &str = "message.traceparent";
}

pub(crate) mod resource {
    pub(crate) const SERVICE_NAME: &str = "service.name";
    pub(crate) const SERVICE_NAMESPACE: &str = "service.namespace";
    pub(crate) const SERVICE_VERSION: &str = "service.version";
    pub(crate) const SERVICE_INSTANCE: &str = "service.instance.id";
    pub(crate) const RELAY: &str = "postroad.relay";
    pub(crate) const SITE: &str = "postroad.site";
}

pub(crate) mod attribute {
    pub(crate) const NETWORK_PROTOCOL: &str = "network.protocol.name";
    pub(crate) const NETWORK_TRANSPORT: &str = "network.transport";
    pub(crate) const PEER_ADDRESS: &str = "network.peer.address";
    pub(crate) const PEER_PORT: &str = "network.peer.port";
    pub(crate) const SERVER_ADDRESS: &str = "server.address";
    pub(crate) const SERVER_PORT: &str = "server.port";
    pub(crate) const CLIENT_ADDRESS: &str = "client.address";
    pub(crate) const CLIENT_PORT: &str = "client.port";
    pub(crate) const SERVICE_PEER: &str = "service.peer.name";
    pub(crate) const ERROR_TYPE: &str = "error.type";

    pub(crate) const TLS_ESTABLISHED: &str = "tls.established";
    pub(crate) const TLS_PROTOCOL: &str = "tls.protocol.name";
    pub(crate) const TLS_VERSION: &str = "tls.protocol.version";
    pub(crate) const TLS_CIPHER: &str = "tls.cipher";
    pub(crate) const TLS_RESUMED: &str = "tls.resumed";

    pub(crate) const REPLY_CODE: &str = "smtp.reply.code";
    pub(crate) const REPLY_ENHANCED: &str = "smtp.reply.enhanced_code";
    pub(crate) const PHASE: &str = "smtp.phase";
    pub(crate) const OUTCOME: &str = "smtp.outcome";
    pub(crate) const RESPONSE_FLAG: &str = "smtp.response_flag";
    pub(crate) const LISTENER: &str = "smtp.listener";
    pub(crate) const SESSION_ID: &str = "smtp.session.id";
    pub(crate) const TRANSACTION_ID: &str = "smtp.transaction.id";
    pub(crate) const TRANSACTION_SEQUENCE: &str = "smtp.transaction.sequence";
    pub(crate) const MESSAGE_SIZE: &str = "smtp.message.size";
    pub(crate) const RECIPIENTS: &str = "smtp.recipient.count";
    pub(crate) const RECIPIENTS_ACCEPTED: &str = "smtp.recipient.accepted";
    pub(crate) const RECIPIENTS_REJECTED: &str = "smtp.recipient.rejected";
    pub(crate) const RECIPIENT_DOMAIN: &str = "smtp.recipient.domain";
    pub(crate) const HOPS: &str = "smtp.hop.count";
    pub(crate) const ATTEMPT: &str = "smtp.attempt";
    pub(crate) const REUSED: &str = "smtp.connection.reused";
    pub(crate) const TLS_POLICY: &str = "smtp.tls.policy";
    pub(crate) const AUTH_MECHANISM: &str = "smtp.auth.mechanism";
    pub(crate) const AUTHENTICATED: &str = "smtp.auth.authenticated";
    pub(crate) const BYTES_SENT: &str = "smtp.bytes.sent";

    pub(crate) const CONTEXT_REJECTED: &str = "smtp.trace.rejected";
    /// Of a link: where the context comes from.
    pub(crate) const LINK: &str = "smtp.link";

    pub(crate) const TIME_CONNECT: &str = "smtp.time.connect";
    pub(crate) const TIME_TLS: &str = "smtp.time.tls";
    pub(crate) const TIME_EHLO: &str = "smtp.time.ehlo";
    pub(crate) const TIME_AUTH: &str = "smtp.time.auth";
    pub(crate) const TIME_MAIL: &str = "smtp.time.mail";
    pub(crate) const TIME_RCPT: &str = "smtp.time.rcpt";
    pub(crate) const TIME_DATA: &str = "smtp.time.data";
    pub(crate) const TIME_DOT: &str = "smtp.time.dot";

    pub(crate) const REVISION: &str = "postroad.config.revision";
    pub(crate) const CONNECTOR: &str = "postroad.connector.name";
    /// Given to the span's builder: the sampler then keeps the span.
    pub(crate) const KEEP: &str = "postroad.keep";
}
