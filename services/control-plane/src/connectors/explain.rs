//! `ExplainRoute`: the same function that relays route by.

use postroad_api::connector::v1 as wire;
use postroad_api::limits;
use postroad_connector_model::Violations;
use postroad_mail_types::{Mailbox, ReversePath};
use postroad_routing::{Elimination, EliminationReason, Query};
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
    let query = Query { recipient: &recipient, sender: &sender, size: Some(request.size).filter(|size| *size > 0) };
    let explanation = postroad_routing::explain(&state.table, &query);
    let refusal = explanation.decision.as_ref().err().map(|none| none.reply().to_string()).unwrap_or_default();
    let chosen = explanation.decision.ok().map(|route| wire::ChosenConnector {
        id: route.connector.connector.id.to_string(),
        name: route.connector.connector.name.to_string(),
        address_space: route.space.to_string(),
        cost: u32::from(route.space.cost),
        site_cost: 0,
        tls_rank: route.connector.connector.tls_rank().number().into(),
    });
    let (eliminations, more_eliminations) = fitting(explanation.eliminations);
    Ok(wire::ExplainRouteResponse {
        revision: state.revision,
        chosen,
        eliminations,
        refusal,
        more_eliminations,
        ..Default::default()
    })
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
        EliminationReason::Size => wire::EliminationReason::Size,
        EliminationReason::Disabled => wire::EliminationReason::Disabled,
        EliminationReason::NoMatch => wire::EliminationReason::NoMatch,
        EliminationReason::LessSpecific => wire::EliminationReason::LessSpecific,
        EliminationReason::Cost => wire::EliminationReason::Cost,
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
