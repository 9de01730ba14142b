//! Paths inside the account.

use crate::connector::v1 as wire;
use crate::connector::v1::credential::Kind;
use crate::connector::v1::o_auth_credential::Source;
use crate::secret_slot::{CLIENT_SECRET, KEYTAB, PASSWORD, REFRESH_CLIENT_SECRET, REFRESH_TOKEN, TOKEN, slots};

/// The account as the change has it; secrets that the change does not give stay, where the account is of the same kind.
pub(super) fn carry_credential(to: &mut wire::Connector, from: &wire::Connector) {
    let mut kept: Vec<_> = slots(to).into_iter().map(|mut slot| (slot.path, *slot.set, slot.value.take())).collect();
    to.credential.clone_from(&from.credential);
    for mut slot in slots(to) {
        let held = kept.iter_mut().find(|(path, ..)| *path == slot.path);
        *slot.set = held.as_ref().is_some_and(|(_, set, _)| *set);
        if slot.value.is_empty()
            && let Some((_, _, waiting)) = held
        {
            slot.value.put(std::mem::take(waiting));
        }
    }
}

/// Named means meant: an empty secret takes the stored one away.
fn carry_secret(to: &mut wire::Connector, from: &wire::Connector, path: &str) {
    let mut from = from.clone();
    let given = slots(&mut from).into_iter().find(|slot| slot.path == path).map(|mut slot| slot.value.take());
    if given.is_some() {
        make_room(to, &from);
    }
    if let Some(mut slot) = slots(to).into_iter().find(|slot| slot.path == path) {
        *slot.set = false;
        slot.value.put(given.unwrap_or_default());
    }
}

/// Makes the account one of the change's kind, where it is none yet.
fn make_room(to: &mut wire::Connector, from: &wire::Connector) {
    let Some(from) = from.credential.as_ref().and_then(|credential| credential.kind.as_ref()) else { return };
    let kind = &mut to.credential.get_or_insert_default().kind;
    match from {
        Kind::Basic(_) if !matches!(kind, Some(Kind::Basic(_))) => *kind = Some(Kind::Basic(Default::default())),
        Kind::Kerberos(_) if !matches!(kind, Some(Kind::Kerberos(_))) => {
            *kind = Some(Kind::Kerberos(Default::default()))
        }
        Kind::Oauth(_) if !matches!(kind, Some(Kind::Oauth(_))) => *kind = Some(Kind::Oauth(Default::default())),
        _ => {}
    }
    let (Some(Kind::Oauth(to)), Kind::Oauth(from)) = (kind, from) else { return };
    let same = match (&to.source, &from.source) {
        (Some(to), Some(from)) => std::mem::discriminant(to) == std::mem::discriminant(from),
        (_, None) => true,
        (None, Some(_)) => false,
    };
    if !same {
        to.source = from.source.as_ref().map(|source| match source {
            Source::StaticToken(_) => Source::StaticToken(Default::default()),
            Source::ClientCredentials(_) => Source::ClientCredentials(Default::default()),
            Source::RefreshToken(_) => Source::RefreshToken(Default::default()),
        });
    }
}

/// A text of the account that is no secret.
type Text = fn(&mut wire::Connector) -> Option<&mut String>;

fn carry_text(to: &mut wire::Connector, from: &wire::Connector, text: Text) {
    let mut from = from.clone();
    let given = text(&mut from).map(std::mem::take);
    if given.is_some() {
        make_room(to, &from);
    }
    if let Some(text) = text(to) {
        *text = given.unwrap_or_default();
    }
}

fn kind(connector: &mut wire::Connector) -> Option<&mut Kind> {
    connector.credential.as_mut()?.kind.as_mut()
}

fn oauth(connector: &mut wire::Connector) -> Option<&mut wire::OAuthCredential> {
    match kind(connector)? {
        Kind::Oauth(it) => Some(it),
        Kind::Basic(_) | Kind::Kerberos(_) => None,
    }
}

fn by_client(connector: &mut wire::Connector) -> Option<&mut wire::ClientCredentialsGrant> {
    match oauth(connector)?.source.as_mut()? {
        Source::ClientCredentials(it) => Some(it),
        Source::StaticToken(_) | Source::RefreshToken(_) => None,
    }
}

fn by_refresh(connector: &mut wire::Connector) -> Option<&mut wire::RefreshTokenGrant> {
    match oauth(connector)?.source.as_mut()? {
        Source::RefreshToken(it) => Some(it),
        Source::StaticToken(_) | Source::ClientCredentials(_) => None,
    }
}

const TEXTS: [(&str, Text); 9] = [
    ("credential.basic.user", |c| match kind(c)? {
        Kind::Basic(it) => Some(&mut it.user),
        Kind::Oauth(_) | Kind::Kerberos(_) => None,
    }),
    ("credential.kerberos.principal", |c| match kind(c)? {
        Kind::Kerberos(it) => Some(&mut it.principal),
        Kind::Basic(_) | Kind::Oauth(_) => None,
    }),
    ("credential.oauth.user", |c| Some(&mut oauth(c)?.user)),
    ("credential.oauth.client_credentials.token_endpoint", |c| Some(&mut by_client(c)?.token_endpoint)),
    ("credential.oauth.client_credentials.client_id", |c| Some(&mut by_client(c)?.client_id)),
    ("credential.oauth.client_credentials.scope", |c| Some(&mut by_client(c)?.scope)),
    ("credential.oauth.refresh_token.token_endpoint", |c| Some(&mut by_refresh(c)?.token_endpoint)),
    ("credential.oauth.refresh_token.client_id", |c| Some(&mut by_refresh(c)?.client_id)),
    ("credential.oauth.refresh_token.scope", |c| Some(&mut by_refresh(c)?.scope)),
];

const SECRETS: [&str; 6] = [PASSWORD, KEYTAB, TOKEN, CLIENT_SECRET, REFRESH_CLIENT_SECRET, REFRESH_TOKEN];

/// Whole parts of the account: as the account itself.
const WHOLES: [&str; 6] = [
    "credential.basic",
    "credential.kerberos",
    "credential.oauth",
    "credential.oauth.static_token",
    "credential.oauth.client_credentials",
    "credential.oauth.refresh_token",
];

/// Carries a path inside the account; false when there is none of this name.
pub(super) fn carry(to: &mut wire::Connector, from: &wire::Connector, path: &str) -> bool {
    if WHOLES.contains(&path) {
        carry_credential(to, from);
    } else if SECRETS.contains(&path) {
        carry_secret(to, from, path);
    } else if let Some((_, text)) = TEXTS.iter().find(|(name, _)| *name == path) {
        carry_text(to, from, *text);
    } else {
        return false;
    }
    true
}
