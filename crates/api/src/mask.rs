//! Update masks (AIP-134, AIP-161).

mod account;
mod paths;

use postroad_connector_model::Violations;

use self::paths::{OUTPUT_ONLY, PATHS};

use crate::connector::v1 as wire;

/// A mask names fields that a connector does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("update_mask: {0}")]
pub struct UnknownPath(pub Violations);

/// Puts a change on a connector as it is read. In the result an empty secret that is marked as set means: the stored one
/// stays. A stored secret goes only when its path, such as `credential.basic.password`, is named with an empty value, or
/// the credential is named and absent or of another kind.
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
    match PATHS.iter().find(|known| known.name == path) {
        Some(known) => (known.carry)(current, change),
        None if account::carry(current, change, path) => {}
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
