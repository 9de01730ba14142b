//! `ExplainRoute`: the same function that relays route by.

use postroad_api::connector::v1 as wire;
use postroad_api::limits;
use postroad_connector_model::{RelayIdentity, ResourceName, Violations};
use postroad_mail_types::{Mailbox, ReversePath};
use postroad_routing::{Elimination, EliminationReason, Query, Route};
use prost::Message as _;

use crate::configuration::Configuration;
use crate::error::ApiError;

/// Says which connector carries a recipient, and why each other one does not.
pub(super) fn explain(
    configuration: &Configuration,
    request: &wire::ExplainRouteRequest,
) -> Result<wire::ExplainRouteResponse, ApiError> {
    let (recipient, sender) = addresses(request)?;
    let state = configuration.state();
    let query = Query {
        recipient: &recipient,
        sender: &sender,
        size: Some(request.size).filter(|size| *size > 0),
        listener: Some(request.listener.as_str()).filter(|listener| !listener.is_empty()),
    };
    let table = state.table.seen_from(&relay(request)?);
    let explanation = postroad_routing::explain(&table, &query);
    let refusal = explanation.decision.as_ref().err().map(|none| none.reply().to_string()).unwrap_or_default();
    let (eliminations, more_eliminations) = fitting(explanation.eliminations);
    Ok(wire::ExplainRouteResponse {
        revision: state.revision,
        chosen: explanation.decision.ok().map(|route| chosen(&route)),
        eliminations,
        refusal,
        more_eliminations,
        fallbacks: explanation.fallbacks.iter().take(FALLBACKS).map(chosen).collect(),
        ..Default::default()
    })
}

/// Fallbacks that are told: nobody reads more, and they come on top of what the eliminations may take of an answer.
const FALLBACKS: usize = 100;

fn chosen(route: &Route) -> wire::ChosenConnector {
    let connector = &route.connector().connector;
    let (space, cost) = route.space().map_or((String::new(), 0), |space| (space.to_string(), u32::from(space.cost)));
    wire::ChosenConnector {
        id: connector.id.to_string(),
        name: connector.name.to_string(),
        address_space: space,
        cost: cost.saturating_add(route.site_cost()),
        site_cost: route.site_cost(),
        tls_rank: connector.tls_rank().number().into(),
    }
}

/// Who asks: a relay by its name, else one without a record in this site.
fn relay(request: &wire::ExplainRouteRequest) -> Result<RelayIdentity, ApiError> {
    let mut violations = Violations::default();
    for (field, name) in [("relay", &request.relay), ("site", &request.site)] {
        if !name.is_empty()
            && let Err(error) = ResourceName::parse(name)
        {
            violations.add(field, error.to_string());
        }
    }
    if violations.is_empty() {
        Ok(RelayIdentity { name: request.relay.clone(), site: request.site.clone() })
    } else {
        Err(ApiError::Request { reason: "INVALID_NAME", violations })
    }
}

/// As many as fit into an answer, and how many more there are. The last to fall out tell the most, so they stay.
fn fitting(all: Vec<Elimination>) -> (Vec<wire::Elimination>, u32) {
    let count = all.len();
    let mut octets = 0;
    let fits = |out: &wire::Elimination| {
        octets += out.encoded_len() + 4;
        octets <= limits::ANSWER
    };
    let mut named: Vec<_> = all.into_iter().rev().map(show).take_while(fits).collect();
    named.reverse();
    let more = u32::try_from(count - named.len()).unwrap_or(u32::MAX);
    (named, more)
}

fn show(out: Elimination) -> wire::Elimination {
    wire::Elimination {
        id: out.connector.id.to_string(),
        name: out.connector.name.to_string(),
        reason: reason(out.reason).into(),
        text: out.text,
    }
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
        EliminationReason::Listener => wire::EliminationReason::Listener,
        EliminationReason::Size => wire::EliminationReason::Size,
        EliminationReason::Disabled => wire::EliminationReason::Disabled,
        EliminationReason::Scope => wire::EliminationReason::Scope,
        EliminationReason::NoMatch => wire::EliminationReason::NoMatch,
        EliminationReason::Sender => wire::EliminationReason::Sender,
        EliminationReason::Unreachable => wire::EliminationReason::Unreachable,
        EliminationReason::LessSpecific => wire::EliminationReason::LessSpecific,
        EliminationReason::NoSenderFilter => wire::EliminationReason::NoSenderFilter,
        EliminationReason::Cost => wire::EliminationReason::Cost,
        EliminationReason::Distance => wire::EliminationReason::Distance,
        EliminationReason::Name => wire::EliminationReason::Name,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use postroad_connector_model::{AddressSpaceDraft, Connector, ConnectorDraft, SmartHostDraft};

    use super::*;

    #[test]
    fn of_too_many_eliminations_the_last_stay() {
        let draft = ConnectorDraft {
            name: "c".into(),
            address_spaces: vec![AddressSpaceDraft { space: "*".into(), ..Default::default() }],
            smart_hosts: vec![SmartHostDraft { host: "h.example".into(), ..Default::default() }],
            ..ConnectorDraft::default()
        };
        let connector = Arc::new(Connector::from_draft(draft).unwrap().0);
        let out = |at: usize| Elimination {
            connector: Arc::clone(&connector),
            reason: EliminationReason::NoMatch,
            text: format!("{at}: {}", "x".repeat(100)),
        };
        let (named, more) = fitting((0..30_000).map(out).collect());
        assert_eq!(named.len() + more as usize, 30_000);
        assert!(more > 0 && named.iter().map(prost::Message::encoded_len).sum::<usize>() <= limits::ANSWER);
        assert!(named.first().unwrap().text.starts_with(&format!("{more}:")), "in order, from the first that fits");
        assert_eq!(fitting((0..3).map(out).collect()).1, 0);
    }
}
