//! What is different between two states of an object, for audit records and revisions. A secret is only said to have
//! changed.

use postroad_api::connector::v1::{self as wire, ChangeAction};
use postroad_api::field_texts;
use postroad_connector_model::Credential;

use crate::object::ObjectKind;
use crate::objects::Objects;
use crate::shown;
use crate::write::{ObjectWrite, Write};

/// One object as it is shown: its name, and its fields as texts.
#[derive(Clone, Debug)]
pub(crate) struct Portrait {
    pub(crate) name: String,
    fields: Vec<postroad_api::FieldText>,
}

impl Portrait {
    pub(crate) fn of(kind: ObjectKind, name: impl ToString, message: &impl prost::Message) -> Self {
        Self { name: name.to_string(), fields: field_texts(kind.message(), message) }
    }
}

/// What became of one object; `None` when it was there neither before nor after.
pub(crate) fn between(
    kind: ObjectKind,
    id: &str,
    before: Option<&Portrait>,
    after: Option<&Portrait>,
    secret: Option<&str>,
) -> Option<wire::ObjectChange> {
    let action = match (before, after) {
        (None, None) => return None,
        (None, Some(_)) => ChangeAction::Created,
        (Some(_), Some(_)) => ChangeAction::Updated,
        (Some(_), None) => ChangeAction::Deleted,
    };
    let mut fields = field_changes(before, after);
    fields.extend(secret.map(|path| wire::FieldChange { path: path.to_owned(), ..Default::default() }));
    Some(wire::ObjectChange {
        kind: kind.name().to_owned(),
        id: id.to_owned(),
        name: after.or(before).map(|portrait| portrait.name.clone()).unwrap_or_default(),
        action: action.into(),
        fields,
    })
}

/// Fields in the order of the message: those of after, and where it left some out, those of before.
fn field_changes(before: Option<&Portrait>, after: Option<&Portrait>) -> Vec<wire::FieldChange> {
    let none = Vec::new();
    let before = before.map_or(&none, |portrait| &portrait.fields);
    let after = after.map_or(&none, |portrait| &portrait.fields);
    let text = |fields: &[postroad_api::FieldText], path: &str| {
        fields.iter().find(|field| field.path == path).map(|field| field.json.clone()).unwrap_or_default()
    };
    let gone = before.iter().filter(|field| after.iter().all(|other| other.path != field.path));
    after
        .iter()
        .chain(gone)
        .map(|field| wire::FieldChange {
            path: field.path.clone(),
            before: text(before, &field.path),
            after: text(after, &field.path),
        })
        .filter(|change| change.before != change.after)
        .collect()
}

/// What writes make of the objects they stand on.
pub(crate) fn of_writes(before: &Objects, after: &Objects, writes: &[Write]) -> Vec<wire::ObjectChange> {
    writes.iter().filter_map(|write| of_write(before, after, write)).collect()
}

fn of_write(before: &Objects, after: &Objects, write: &Write) -> Option<wire::ObjectChange> {
    let id = write.main_record().map(|record| record.id.as_str())?;
    let secret = write.changes_secret().then_some(write);
    match &write.object {
        ObjectWrite::Connector(key, ..) => {
            let portrait = |objects: &Objects| objects.connectors.get(key).map(|kept| shown::connector(&kept.value));
            let credential = after.credentials.get(key).or_else(|| before.credentials.get(key));
            let secret = secret.and(credential).map(|credential| secret_path(credential));
            between(ObjectKind::Connector, id, portrait(before).as_ref(), portrait(after).as_ref(), secret)
        }
        ObjectWrite::Certificate(key, ..) => {
            let portrait =
                |objects: &Objects| objects.certificates.get(key).map(|kept| shown::certificate(&kept.value));
            let has_key = |objects: &Objects| objects.certificate_keys.contains_key(key);
            let secret = secret.filter(|_| has_key(before) || has_key(after)).map(|_| shown::PRIVATE_KEY);
            between(ObjectKind::Certificate, id, portrait(before).as_ref(), portrait(after).as_ref(), secret)
        }
        ObjectWrite::Site(key, _) => {
            let portrait = |objects: &Objects| objects.sites.get(key).map(|kept| shown::site(&kept.value));
            between(ObjectKind::Site, id, portrait(before).as_ref(), portrait(after).as_ref(), None)
        }
        ObjectWrite::SiteLink(key, _) => {
            let portrait = |objects: &Objects| objects.site_links.get(key).map(|kept| shown::site_link(&kept.value));
            between(ObjectKind::SiteLink, id, portrait(before).as_ref(), portrait(after).as_ref(), None)
        }
        ObjectWrite::Relay(key, _) => {
            let portrait = |objects: &Objects| objects.relays.get(key).map(|kept| shown::relay(&kept.value));
            between(ObjectKind::Relay, id, portrait(before).as_ref(), portrait(after).as_ref(), None)
        }
        ObjectWrite::SealedAnew => None,
    }
}

/// Where the secret of an account stands in a connector.
pub(crate) const fn secret_path(credential: &Credential) -> &'static str {
    match credential {
        Credential::Basic(_) => "credential.basic.password",
        Credential::OAuth(_) => "credential.oauth",
        Credential::Kerberos(_) => "credential.kerberos.keytab",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn portrait(comment: &str) -> Portrait {
        let site = postroad_api::fleet::v1::Site { name: "hel".into(), comment: comment.into(), ..Default::default() };
        Portrait::of(ObjectKind::Site, "hel", &site)
    }

    #[test]
    fn se9_only_what_is_different_is_told_and_a_secret_only_by_its_path() {
        let (before, after) = (portrait("a"), portrait("b"));
        let change = between(ObjectKind::Site, "hel", Some(&before), Some(&after), Some("x.password")).unwrap();
        assert_eq!((change.kind.as_str(), change.action()), ("site", ChangeAction::Updated));
        let field = |path: &str, before: &str, after: &str| wire::FieldChange {
            path: path.into(),
            before: before.into(),
            after: after.into(),
        };
        assert_eq!(change.fields, [field("comment", "\"a\"", "\"b\""), field("x.password", "", "")]);
        let gone = between(ObjectKind::Site, "hel", Some(&before), None, None).unwrap();
        assert_eq!(gone.fields, [field("name", "\"hel\"", ""), field("comment", "\"a\"", "")]);
        assert_eq!(between(ObjectKind::Site, "hel", None, None, None), None);
    }
}
