//! `ExplainRoute`: the same function that relays route by.

use postroad_api::connector::v1 as wire;
use postroad_connector_model::Violations;
use postroad_mail_types::{Mailbox, ReversePath};
use postroad_routing::{EliminationReason, Query};

use crate::configuration::Configuration;
use crate::error::ApiError;

/// Says which connector carries a recipient, and why each other one does not.
pub(super) fn explain(
    configuration: &Configuration,
    request: &wire::ExplainRouteRequest,
) -> Result<wire::ExplainRouteResponse, ApiError> {
    let (recipient, sender) = addresses(request)?;
    let state = configuration.state();
    let query = Query { recipient: &recipient, sender: &sender, size: Some(request.size).filter(|size| *size > 0) };
    let explanation = postroad_routing::explain(&state.table, &query);
    let refusal = explanation.decision.as_ref().err().map(|none| none.reply().to_string()).unwrap_or_default();
    let chosen = explanation.decision.ok().map(|route| wire::ChosenConnector {
        id: route.connector.connector.id.to_string(),
        name: route.connector.connector.name.to_string(),
        address_space: route.space.to_string(),
        cost: u32::from(route.space.cost),
    });
    let eliminations = explanation.eliminations.into_iter().map(|out| wire::Elimination {
        id: out.connector.id.to_string(),
        name: out.connector.name.to_string(),
        reason: reason(out.reason).into(),
        text: out.text,
    });
    Ok(wire::ExplainRouteResponse { revision: state.revision, chosen, eliminations: eliminations.collect(), refusal })
}

fn addresses(request: &wire::ExplainRouteRequest) -> Result<(Mailbox, ReversePath), ApiError> {
    let mut violations = Violations::default();
    let recipient = Mailbox::parse(&request.recipient).map_err(|error| {
        violations.add("recipient", format!("Write a mailbox such as user@example.com, or Postmaster: {error}."));
    });
    let sender = match request.sender.as_str() {
        "" => Ok(ReversePath::Null),
        text => Mailbox::parse(text).map(ReversePath::Mailbox).map_err(|error| {
            violations.add("sender", format!("Write a mailbox, or nothing for the null reverse-path: {error}."));
        }),
    };
    match (recipient, sender) {
        (Ok(recipient), Ok(sender)) => Ok((recipient, sender)),
        _ => Err(ApiError::Request { reason: "INVALID_ADDRESS", violations }),
    }
}

const fn reason(reason: EliminationReason) -> wire::EliminationReason {
    match reason {
        EliminationReason::Size => wire::EliminationReason::Size,
        EliminationReason::Disabled => wire::EliminationReason::Disabled,
        EliminationReason::NoMatch => wire::EliminationReason::NoMatch,
        EliminationReason::LessSpecific => wire::EliminationReason::LessSpecific,
        EliminationReason::Cost => wire::EliminationReason::Cost,
        EliminationReason::Name => wire::EliminationReason::Name,
    }
}
