//! Update masks (AIP-134, AIP-161).

use postroad_connector_model::Violations;

use crate::connector::v1 as wire;

/// A mask names fields that a connector does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("update_mask: {0}")]
pub struct UnknownPath(pub Violations);

/// A path that a mask can name.
struct Path {
    name: &'static str,
    /// Carries the field over from a change to the connector as it is.
    carry: fn(&mut wire::Connector, &wire::Connector),
    /// Whether a change without a mask means this field.
    populated: fn(&wire::Connector) -> bool,
}

const PATHS: [Path; 14] = [
    Path { name: "name", carry: |to, from| to.name.clone_from(&from.name), populated: |c| !c.name.is_empty() },
    Path {
        name: "comment",
        carry: |to, from| to.comment.clone_from(&from.comment),
        populated: |c| !c.comment.is_empty(),
    },
    Path { name: "enabled", carry: |to, from| to.enabled = from.enabled, populated: |c| c.enabled.is_some() },
    Path {
        name: "address_spaces",
        carry: |to, from| to.address_spaces.clone_from(&from.address_spaces),
        populated: |c| !c.address_spaces.is_empty(),
    },
    Path {
        name: "smart_hosts",
        carry: |to, from| to.smart_hosts.clone_from(&from.smart_hosts),
        populated: |c| !c.smart_hosts.is_empty(),
    },
    Path { name: "port", carry: |to, from| to.port = from.port, populated: |c| c.port != 0 },
    Path {
        name: "auth_mechanism",
        carry: |to, from| to.auth_mechanism = from.auth_mechanism,
        populated: |c| c.auth_mechanism != 0,
    },
    Path { name: "credential", carry: carry_credential, populated: |c| c.credential.is_some() },
    Path { name: "require_tls", carry: |to, from| to.require_tls = from.require_tls, populated: |c| c.require_tls },
    Path {
        name: "ignore_starttls",
        carry: |to, from| to.ignore_starttls = from.ignore_starttls,
        populated: |c| c.ignore_starttls,
    },
    Path {
        name: "helo_name",
        carry: |to, from| to.helo_name.clone_from(&from.helo_name),
        populated: |c| !c.helo_name.is_empty(),
    },
    Path {
        name: "max_message_size",
        carry: |to, from| to.max_message_size = from.max_message_size,
        populated: |c| c.max_message_size.is_some(),
    },
    Path {
        name: "final_reply_timeout",
        carry: |to, from| to.final_reply_timeout = from.final_reply_timeout,
        populated: |c| c.final_reply_timeout.is_some(),
    },
    Path { name: "labels", carry: |to, from| to.labels.clone_from(&from.labels), populated: |c| !c.labels.is_empty() },
];

/// Paths below a field: never meant unless they are named.
const INNER: [Path; 3] = [
    Path { name: "credential.basic", carry: carry_credential, populated: |_| false },
    Path { name: "credential.basic.user", carry: carry_user, populated: |_| false },
    Path { name: "credential.basic.password", carry: carry_password, populated: |_| false },
];

/// Fields that only the control plane writes: naming them changes nothing (AIP-203).
const OUTPUT_ONLY: [&str; 6] = ["id", "revision", "etag", "create_time", "update_time", "warnings"];

/// Puts a change on a connector as it is read. In the result an empty password with `password_set` means: the stored
/// one stays. A stored password goes only when `credential.basic.password` is named with an empty value, or the
/// credential is named and absent.
///
/// # Errors
/// When the mask names something that is no field, with every such path.
pub fn apply_mask(
    mut current: wire::Connector,
    change: &wire::Connector,
    mask: &[String],
) -> Result<wire::Connector, UnknownPath> {
    let mut violations = Violations::default();
    if mask.is_empty() {
        for path in PATHS.iter().filter(|path| (path.populated)(change)) {
            (path.carry)(&mut current, change);
        }
    }
    for path in mask {
        apply_path(&mut current, change, path, &mut violations);
    }
    if violations.is_empty() { Ok(current) } else { Err(UnknownPath(violations)) }
}

fn apply_path(current: &mut wire::Connector, change: &wire::Connector, path: &str, violations: &mut Violations) {
    if path == "*" {
        PATHS.iter().for_each(|path| (path.carry)(current, change));
        return;
    }
    match PATHS.iter().chain(&INNER).find(|known| known.name == path) {
        Some(known) => (known.carry)(current, change),
        None if OUTPUT_ONLY.contains(&path) => {}
        None => violations.add(
            "update_mask",
            format!(
                "{:?} is no field of a connector. Name fields as in the connector, for example smart_hosts.",
                path.chars().take(64).collect::<String>()
            ),
        ),
    }
}

/// The account as the change has it; a password that the change does not give stays.
fn carry_credential(to: &mut wire::Connector, from: &wire::Connector) {
    let kept = basic(to).is_some_and(|b| b.password_set);
    let waiting = basic(to).map(|b| b.password.clone()).unwrap_or_default();
    to.credential.clone_from(&from.credential);
    if let Some(wire::credential::Kind::Basic(new)) = to.credential.as_mut().and_then(|c| c.kind.as_mut()) {
        new.password_set = kept;
        if new.password.is_empty() {
            new.password = waiting;
        }
    }
}

fn carry_user(to: &mut wire::Connector, from: &wire::Connector) {
    let user = basic(from).map(|b| b.user.clone());
    if let Some(to) = basic_mut(to, user.is_some()) {
        to.user = user.unwrap_or_default();
    }
}

/// Named means meant: an empty password takes the stored one away.
fn carry_password(to: &mut wire::Connector, from: &wire::Connector) {
    let password = basic(from).map(|b| b.password.clone());
    if let Some(to) = basic_mut(to, password.is_some()) {
        to.password_set = false;
        to.password = password.unwrap_or_default();
    }
}

fn basic(connector: &wire::Connector) -> Option<&wire::BasicCredential> {
    let wire::credential::Kind::Basic(basic) = connector.credential.as_ref()?.kind.as_ref()?;
    Some(basic)
}

/// The account, made when there is none and `make` says so.
fn basic_mut(connector: &mut wire::Connector, make: bool) -> Option<&mut wire::BasicCredential> {
    if make {
        let kind = &mut connector.credential.get_or_insert_default().kind;
        kind.get_or_insert_with(|| wire::credential::Kind::Basic(wire::BasicCredential::default()));
    }
    let wire::credential::Kind::Basic(basic) = connector.credential.as_mut()?.kind.as_mut()?;
    Some(basic)
}
