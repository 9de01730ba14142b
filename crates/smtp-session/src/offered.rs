//! What EHLO offers, and what is taken because it was offered.

use std::borrow::Cow;

use postroad_smtp_codec::sasl::{Mechanism, Mechanisms};
use postroad_smtp_codec::{Body, Extensions, MailParameters, RcptParameters};

use crate::{Client, SessionSettings, TlsFacts};

/// The list that was given with the last EHLO. It is in force until the next one, whatever the next hops offer by then.
#[derive(Clone, Debug)]
pub(crate) struct Offered {
    extensions: Extensions,
    /// EHLO, not HELO.
    pub(crate) extended: bool,
    mechanisms: Mechanisms,
    under_tls: bool,
    /// Someone is authenticated, so AUTH= of MAIL is known.
    authenticated: bool,
}

impl Offered {
    pub(crate) fn new(settings: &SessionSettings, client: &Client, extensions: &Extensions, extended: bool) -> Self {
        let tls = client.tls.as_deref();
        let authenticated = client.identity.is_some();
        let usable = |mechanism: &Mechanism| extended && !authenticated && is_usable(*mechanism, tls);
        Self {
            extensions: *extensions,
            extended,
            mechanisms: settings.mechanisms.iter().filter(usable).collect(),
            under_tls: tls.is_some(),
            authenticated,
        }
    }

    /// The lines of EHLO's reply behind the first.
    pub(crate) fn lines(&self, settings: &SessionSettings, client: &Client) -> Vec<Cow<'static, str>> {
        let extensions = &self.extensions;
        let mut lines: Vec<Cow<'static, str>> = vec!["PIPELINING".into()];
        lines.push(match self.max_size(settings) {
            Some(limit) => format!("SIZE {limit}").into(),
            None => "SIZE".into(),
        });
        let mut offer = |yes: bool, keyword: &'static str| {
            if yes {
                lines.push(keyword.into());
            }
        };
        offer(extensions.eight_bit_mime, "8BITMIME");
        offer(self.smtp_utf8(), "SMTPUTF8");
        offer(extensions.dsn, "DSN");
        offer(true, "CHUNKING");
        offer(extensions.binary_mime, "BINARYMIME");
        offer(true, "ENHANCEDSTATUSCODES");
        offer(settings.starttls && !self.under_tls, "STARTTLS");
        offer(self.require_tls(), "REQUIRETLS");
        offer(client.may_xclient, "XCLIENT NAME ADDR PORT PROTO HELO DESTADDR DESTPORT LOGIN");
        if !self.mechanisms.is_empty() {
            lines.push(format!("AUTH {}", self.mechanisms).into());
        }
        lines.extend(self.limits(settings));
        lines
    }

    /// LIMITS (RFC 9422), whose values lie in 1 to 999999.
    fn limits(&self, settings: &SessionSettings) -> Option<Cow<'static, str>> {
        let mut line = String::from("LIMITS");
        let values = [("RCPTMAX", Some(self.max_recipients(settings))), ("MAILMAX", settings.max_messages)];
        for (name, value) in values {
            if let Some(value) = value.filter(|value| (1..=999_999).contains(value)) {
                line.push_str(&format!(" {name}={value}"));
            }
        }
        (line.len() > "LIMITS".len()).then(|| line.into())
    }

    /// The largest message that the listener and all next hops take.
    pub(crate) fn max_size(&self, settings: &SessionSettings) -> Option<u64> {
        match (settings.max_message_size, self.extensions.max_size) {
            (Some(ours), Some(theirs)) => Some(ours.min(theirs)),
            (ours, theirs) => ours.or(theirs),
        }
    }

    pub(crate) fn max_recipients(&self, settings: &SessionSettings) -> u32 {
        self.extensions.max_recipients.map_or(settings.max_recipients, |theirs| theirs.min(settings.max_recipients))
    }

    /// Whether AUTH was in the list.
    pub(crate) const fn auth(&self) -> bool {
        !self.mechanisms.is_empty()
    }

    pub(crate) const fn mechanism(&self, mechanism: Mechanism) -> bool {
        self.mechanisms.contains(mechanism)
    }

    /// SMTPUTF8 comes with 8BITMIME only (RFC 6531 §3.1).
    const fn smtp_utf8(&self) -> bool {
        self.extensions.smtp_utf8 && self.extensions.eight_bit_mime
    }

    /// REQUIRETLS is offered inside TLS only (RFC 8689 §2).
    const fn require_tls(&self) -> bool {
        self.extensions.require_tls && self.under_tls
    }

    /// The first parameter of MAIL whose extension was not in the list.
    pub(crate) fn stray_mail(&self, parameters: &MailParameters) -> Option<&'static str> {
        let body = match parameters.body {
            None => true,
            Some(Body::SevenBit | Body::EightBitMime) => self.extensions.eight_bit_mime,
            Some(Body::BinaryMime) => self.extensions.binary_mime,
        };
        let dsn = self.extensions.dsn;
        let asked = [
            (parameters.size.is_some(), true, "SIZE"),
            (parameters.body.is_some(), body, "this value of BODY"),
            (parameters.smtputf8, self.smtp_utf8(), "SMTPUTF8"),
            (parameters.require_tls, self.require_tls(), "REQUIRETLS"),
            (parameters.auth.is_some(), self.auth() || self.authenticated, "AUTH"),
            (parameters.ret.is_some(), dsn, "RET"),
            (parameters.envid.is_some(), dsn, "ENVID"),
        ];
        self.stray(&asked)
    }

    /// The first parameter of RCPT whose extension was not in the list.
    pub(crate) fn stray_rcpt(&self, parameters: &RcptParameters) -> Option<&'static str> {
        let dsn = self.extensions.dsn;
        self.stray(&[(parameters.notify.is_some(), dsn, "NOTIFY"), (parameters.orcpt.is_some(), dsn, "ORCPT")])
    }

    fn stray(&self, asked: &[(bool, bool, &'static str)]) -> Option<&'static str> {
        asked.iter().find(|(said, offered, _)| *said && !(self.extended && *offered)).map(|(_, _, name)| *name)
    }
}

/// Whether a mechanism can be used in a session as it stands.
fn is_usable(mechanism: Mechanism, tls: Option<&TlsFacts>) -> bool {
    match mechanism {
        Mechanism::ScramSha256Plus => tls.is_some_and(|tls| tls.channel_binding),
        Mechanism::External => tls.is_some_and(|tls| tls.client_certificate),
        _ => tls.is_some() || !mechanism.shows_secret(),
    }
}
