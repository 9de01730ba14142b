//! `ExplainRoute`: the same function that relays route by.

use std::sync::Arc;

use postroad_api::connector::v1 as wire;
use postroad_api::limits;
use postroad_connector_model::{RelayIdentity, ResourceName, Violations};
use postroad_mail_types::{Mailbox, ReversePath};
use postroad_routing::{Elimination, EliminationReason, Query, Route, RouteTable, route};
use prost::Message as _;

use super::batch;
use crate::configuration::Configuration;
use crate::error::ApiError;
use crate::plan::Plan;
use crate::state::State;

/// Recipients of one request at most, the first one included.
const RECIPIENTS: usize = 10_000;
/// Recipients times connectors up to which each recipient of a list is told its runner-up: some seconds of work.
const LOOKS: usize = 5_000_000;

/// Says which connector carries a recipient, and why each other one does not.
pub(super) async fn explain(
    configuration: &Arc<Configuration>,
    request: wire::ExplainRouteRequest,
) -> Result<wire::ExplainRouteResponse, ApiError> {
    let this = Arc::clone(configuration);
    // It looks at every connector, for many recipients perhaps, so it runs apart from the threads that serve.
    tokio::task::spawn_blocking(move || answer(&this, &request))
        .await
        .map_err(|_panic| ApiError::Internal("the routes could not be explained"))?
}

fn answer(
    configuration: &Configuration,
    request: &wire::ExplainRouteRequest,
) -> Result<wire::ExplainRouteResponse, ApiError> {
    if request.recipients.len() >= RECIPIENTS {
        let text = format!("At most {RECIPIENTS} recipients in all.");
        return Err(ApiError::request("LIMIT_EXCEEDED", "recipients", text));
    }
    let state = configuration.state();
    let proposed = proposed(configuration, &state, &request.proposed)?;
    let table = proposed.as_ref().map_or(&state.table, |state| &state.table).seen_from(&relay(request)?);
    let (recipient, sender) = addresses(request)?;
    let asked = Asked {
        sender: &sender,
        size: Some(request.size).filter(|size| *size > 0),
        listener: Some(request.listener.as_str()).filter(|listener| !listener.is_empty()),
        whole: request.recipients.len().saturating_mul(table.len()) <= LOOKS,
    };
    let routes = request.recipients.iter().map(|text| one_of_many(&table, text, &asked)).collect();
    let mut response = wire::ExplainRouteResponse { revision: state.revision, routes, ..Default::default() };
    let Some(recipient) = recipient else { return Ok(response) };
    let explanation = postroad_routing::explain(&table, &asked.query(&recipient));
    response.refusal = explanation.decision.as_ref().err().map(|none| none.reply().to_string()).unwrap_or_default();
    response.chosen = explanation.decision.ok().map(|route| chosen(&route));
    (response.eliminations, response.more_eliminations) = fitting(explanation.eliminations);
    response.fallbacks = explanation.fallbacks.iter().take(FALLBACKS).map(chosen).collect();
    Ok(response)
}

/// The state as changes would leave it; `None` without changes.
fn proposed(
    configuration: &Configuration,
    state: &State,
    changes: &[wire::ConnectorChange],
) -> Result<Option<State>, ApiError> {
    if changes.is_empty() {
        return Ok(None);
    }
    let mut plan = Plan::on(state);
    batch::decide(&mut plan, configuration, "proposed", changes, &batch::fresh_ids(changes))?;
    Ok(Some(plan.finish()?.after))
}

/// A recipient of the list: the choice, and the one that is tried next.
fn one_of_many(table: &RouteTable, text: &str, asked: &Asked<'_>) -> wire::RecipientRoute {
    let mut shown = wire::RecipientRoute { recipient: text.to_owned(), ..Default::default() };
    let recipient = match recipient(text) {
        Ok(recipient) => recipient,
        Err(error) => {
            shown.refusal = error;
            return shown;
        }
    };
    let query = asked.query(&recipient);
    let explained = asked.whole.then(|| postroad_routing::explain(table, &query));
    match route(table, &query) {
        Ok(route) => shown.chosen = Some(chosen(&route)),
        Err(none) => shown.refusal = none.reply().to_string(),
    }
    shown.runner_up = explained.and_then(|mut explained| explained.eliminations.pop()).map(show);
    shown
}

/// What is the same for every recipient of a request.
struct Asked<'a> {
    sender: &'a ReversePath,
    size: Option<u64>,
    listener: Option<&'a str>,
    /// Whether the reasons against other connectors are worth their price: each looks at every connector.
    whole: bool,
}

impl<'a> Asked<'a> {
    fn query<'q>(&'q self, recipient: &'q Mailbox) -> Query<'q>
    where
        'a: 'q,
    {
        Query { recipient, sender: self.sender, size: self.size, listener: self.listener }
    }
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

fn recipient(text: &str) -> Result<Mailbox, String> {
    Mailbox::parse(text).map_err(|error| format!("Write a mailbox such as user@example.com, or Postmaster: {error}."))
}

/// The sender, and the recipient unless only those of the list are asked.
fn addresses(request: &wire::ExplainRouteRequest) -> Result<(Option<Mailbox>, ReversePath), ApiError> {
    let mut violations = Violations::default();
    let recipient = if request.recipient.is_empty() && !request.recipients.is_empty() {
        Ok(None)
    } else {
        recipient(&request.recipient).map(Some).map_err(|text| violations.add("recipient", text))
    };
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
