//! The checks of a connector that is about to be written: its own rules, and those about everything else that is
//! configured.

use postroad_api::checked_connector;
use postroad_api::connector::v1 as wire;
use postroad_connector_model::{Connector, ConnectorId, ResourceName, Violations, Warning};

use super::warnings;
use crate::configuration::Configuration;
use crate::error::ApiError;
use crate::object::ObjectKind;
use crate::objects::Objects;
use crate::plan::Plan;

/// Checks a connector as an operator wrote it.
///
/// # Errors
/// All problems of fields at once; then a name or a listener that another connector has.
pub(super) fn check(
    plan: &Plan<'_>,
    configuration: &Configuration,
    message: &wire::Connector,
    id: &ConnectorId,
) -> Result<(Connector, Vec<Warning>), ApiError> {
    let mut violations = references(&plan.objects, message);
    if let Some(before) = plan.objects.connectors.get(id)
        && plan.before.show(before).usage != message.usage
    {
        violations.add("usage", "Usage is fixed when the connector is created.");
    }
    let (connector, mut warnings) = match checked_connector(message, id) {
        Ok(checked) if violations.is_empty() => checked,
        Ok(_) => return Err(ApiError::Invalid { kind: ObjectKind::Connector, violations }),
        Err(mut all) => {
            let fresh = |field: &str| all.0.iter().all(|known| known.field != field);
            let more: Vec<_> = violations.0.into_iter().filter(|violation| fresh(&violation.field)).collect();
            all.0.extend(more);
            return Err(ApiError::Invalid { kind: ObjectKind::Connector, violations: all });
        }
    };
    if plan.objects.name_is_taken(&connector.name.folded(), id) {
        let (kind, name) = (ObjectKind::Connector, connector.name.to_string());
        return Err(ApiError::NameInUse { kind, name, field: "name".to_owned() });
    }
    if let Some(listener) = &connector.linked_listener
        && plan.objects.listener_is_linked(listener, id)
    {
        return Err(ApiError::ListenerLinked { listener: listener.to_string(), field: "linked_listener".to_owned() });
    }
    warnings.extend(warnings::of(&connector, &plan.objects, &configuration.registry));
    Ok((connector, warnings))
}

/// Names of what is not stored.
fn references(objects: &Objects, message: &wire::Connector) -> Violations {
    let mut violations = Violations::default();
    let stored = |text: &str| ResourceName::parse(text).ok().and_then(|name| objects.certificates.get(&name));
    let client = &message.client_certificate;
    if !client.is_empty() && !stored(client).is_some_and(|kept| kept.value.has_private_key) {
        violations.add("client_certificate", "No stored certificate with a private key has this name.");
    }
    if !message.trusted_roots.is_empty() && stored(&message.trusted_roots).is_none() {
        violations.add("trusted_roots", "No stored certificate set has this name.");
    }
    violations
}
