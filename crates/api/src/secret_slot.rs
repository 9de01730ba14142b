//! Where the secrets of a connector stand in the messages of the admin API.

use postroad_connector_model::{Secret, SecretBytes, Violations};

use crate::connector::v1 as wire;
use crate::connector::v1::credential::Kind;
use crate::connector::v1::o_auth_credential::Source;

/// Octets of a password, a token or a client secret at most.
pub const MAX_SECRET: usize = 8 * 1024;
/// Octets of a password at most.
pub const MAX_PASSWORD: usize = 1024;
/// Octets of a keytab at most.
pub const MAX_KEYTAB: usize = 32 * 1024;

/// The secrets that a write brings; what is absent stays as it is stored.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    /// Of a user name and password.
    pub password: Option<Secret>,
    /// An access token that does not change.
    pub token: Option<Secret>,
    /// Of a client of a token endpoint.
    pub client_secret: Option<Secret>,
    /// A refresh token.
    pub refresh_token: Option<Secret>,
    /// The keys of a Kerberos principal.
    pub keytab: Option<SecretBytes>,
}

impl Secrets {
    /// True when there is at least one.
    #[must_use]
    pub const fn is_any(&self) -> bool {
        self.password.is_some()
            || self.token.is_some()
            || self.client_secret.is_some()
            || self.refresh_token.is_some()
            || self.keytab.is_some()
    }
}

/// One secret field of a message.
pub(crate) struct Slot<'a> {
    /// Its path, relative to the connector.
    pub(crate) path: &'static str,
    /// The field.
    pub(crate) value: SlotValue<'a>,
    /// The mark beside it that says that one is stored.
    pub(crate) set: &'a mut bool,
}

/// A secret field.
pub(crate) enum SlotValue<'a> {
    Text(&'a mut String),
    Octets(&'a mut Vec<u8>),
}

impl SlotValue<'_> {
    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Octets(octets) => octets.len(),
        }
    }

    /// Takes the octets out of the field.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        match self {
            Self::Text(text) => std::mem::take(*text).into_bytes(),
            Self::Octets(octets) => std::mem::take(*octets),
        }
    }

    /// Puts what [`take`](Self::take) took into a field of the same kind.
    pub(crate) fn put(&mut self, octets: Vec<u8>) {
        match self {
            // What was taken out of a text is one.
            Self::Text(text) => **text = String::from_utf8(octets).unwrap_or_default(),
            Self::Octets(field) => **field = octets,
        }
    }
}

pub(crate) const PASSWORD: &str = "credential.basic.password";
pub(crate) const KEYTAB: &str = "credential.kerberos.keytab";
pub(crate) const TOKEN: &str = "credential.oauth.static_token.token";
pub(crate) const CLIENT_SECRET: &str = "credential.oauth.client_credentials.client_secret";
pub(crate) const REFRESH_CLIENT_SECRET: &str = "credential.oauth.refresh_token.client_secret";
pub(crate) const REFRESH_TOKEN: &str = "credential.oauth.refresh_token.refresh_token";

/// The secret fields that the account of this message has.
pub(crate) fn slots(message: &mut wire::Connector) -> Vec<Slot<'_>> {
    let text = |path, value, set| Slot { path, value: SlotValue::Text(value), set };
    let Some(kind) = message.credential.as_mut().and_then(|credential| credential.kind.as_mut()) else {
        return Vec::new();
    };
    match kind {
        Kind::Basic(it) => vec![text(PASSWORD, &mut it.password, &mut it.password_set)],
        Kind::Kerberos(it) => {
            vec![Slot { path: KEYTAB, value: SlotValue::Octets(&mut it.keytab), set: &mut it.keytab_set }]
        }
        Kind::Oauth(oauth) => match oauth.source.as_mut() {
            None => Vec::new(),
            Some(Source::StaticToken(it)) => vec![text(TOKEN, &mut it.token, &mut it.token_set)],
            Some(Source::ClientCredentials(it)) => {
                vec![text(CLIENT_SECRET, &mut it.client_secret, &mut it.client_secret_set)]
            }
            Some(Source::RefreshToken(it)) => vec![
                text(REFRESH_CLIENT_SECRET, &mut it.client_secret, &mut it.client_secret_set),
                text(REFRESH_TOKEN, &mut it.refresh_token, &mut it.refresh_token_set),
            ],
        },
    }
}

/// Takes the secrets out of a message that is about to be checked or shown, and marks them as set.
pub fn take_secrets(message: &mut wire::Connector) -> Secrets {
    let mut secrets = Secrets::default();
    for mut slot in slots(message) {
        if slot.value.is_empty() {
            continue;
        }
        let octets = slot.value.take();
        *slot.set = true;
        if slot.path == KEYTAB {
            secrets.keytab = Some(SecretBytes::new(octets));
            continue;
        }
        let text = String::from_utf8(octets).ok().map(Secret::new);
        match slot.path {
            PASSWORD => secrets.password = text,
            TOKEN => secrets.token = text,
            REFRESH_TOKEN => secrets.refresh_token = text,
            _ => secrets.client_secret = text,
        }
    }
    secrets
}

/// Takes the marks away: on a new connector nothing is stored yet.
pub fn clear_secret_marks(message: &mut wire::Connector) {
    for slot in slots(message) {
        *slot.set = false;
    }
}

/// Adds a violation for each secret that is too long or cannot be sent.
pub(crate) fn check(message: &wire::Connector, violations: &mut Violations) {
    // The fields are only looked at; the copy wipes itself.
    for slot in slots(&mut message.clone()) {
        let limit = match slot.path {
            PASSWORD => MAX_PASSWORD,
            KEYTAB => MAX_KEYTAB,
            _ => MAX_SECRET,
        };
        if slot.value.len() > limit {
            violations.add(slot.path, format!("Longer than {limit} octets."));
        }
        let SlotValue::Text(text) = slot.value else { continue };
        // RFC 4616 §2 separates the parts of PLAIN by NUL, RFC 7628 §3.1 those of a token by ^A.
        let odd = |c: char| if slot.path == PASSWORD { c == '\0' } else { c.is_control() };
        if text.contains(odd) {
            let what = if slot.path == PASSWORD { "a NUL character" } else { "control characters" };
            violations.add(slot.path, format!("Must not hold {what}."));
        }
    }
}
