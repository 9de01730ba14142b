//! The answer about a route, as text and as JSON.

use postroad_api::connector::v1::{
    ChosenConnector, Elimination, EliminationReason, ExplainRouteResponse, RecipientRoute,
};
use serde_json::{Value, json};

use crate::printable::printable;
use crate::table::{Table, WIDTH, wrap};

fn reason(number: i32) -> &'static str {
    match EliminationReason::try_from(number) {
        Ok(EliminationReason::Size) => "SIZE",
        Ok(EliminationReason::Disabled) => "DISABLED",
        Ok(EliminationReason::NoMatch) => "NO_MATCH",
        Ok(EliminationReason::LessSpecific) => "LESS_SPECIFIC",
        Ok(EliminationReason::Cost) => "COST",
        Ok(EliminationReason::Name) => "NAME",
        Ok(EliminationReason::Listener) => "LISTENER",
        Ok(EliminationReason::Scope) => "SCOPE",
        Ok(EliminationReason::Sender) => "SENDER",
        Ok(EliminationReason::Unreachable) => "UNREACHABLE",
        Ok(EliminationReason::NoSenderFilter) => "NO_SENDER_FILTER",
        Ok(EliminationReason::Distance) => "DISTANCE",
        Ok(EliminationReason::Unspecified) | Err(_) => "UNKNOWN",
    }
}

/// The answer in the form of the API.
pub(super) fn value(recipient: &str, answer: &ExplainRouteResponse) -> Value {
    let route = |route: &RecipientRoute| {
        json!({
            "recipient": route.recipient,
            "chosen": route.chosen.as_ref().map(chosen),
            "refusal": route.refusal,
            "runner_up": route.runner_up.as_ref().map(elimination),
        })
    };
    json!({
        "recipient": recipient,
        "revision": answer.revision,
        "chosen": answer.chosen.as_ref().map(chosen),
        "fallbacks": answer.fallbacks.iter().map(chosen).collect::<Vec<_>>(),
        "eliminations": answer.eliminations.iter().map(elimination).collect::<Vec<_>>(),
        "refusal": answer.refusal,
        "more_eliminations": answer.more_eliminations,
        "routes": answer.routes.iter().map(route).collect::<Vec<_>>(),
    })
}

fn chosen(it: &ChosenConnector) -> Value {
    json!({
        "id": it.id,
        "name": it.name,
        "address_space": it.address_space,
        "cost": it.cost,
        "site_cost": it.site_cost,
        "tls_rank": it.tls_rank,
    })
}

fn elimination(it: &Elimination) -> Value {
    json!({"id": it.id, "name": it.name, "reason": reason(it.reason), "text": it.text})
}

/// The answer for one recipient, with every elimination.
pub(super) fn text(recipient: &str, answer: &ExplainRouteResponse) -> String {
    let recipient = printable(recipient);
    let mut lines = match &answer.chosen {
        Some(chosen) => vec![
            format!("{recipient} goes through connector \"{}\"", printable(&chosen.name)),
            format!("  by address space {}", printable(&chosen.address_space)),
            format!("  {}, at revision {}", costs(chosen), answer.revision),
        ],
        None => vec![
            format!("{recipient} goes nowhere, at revision {}", answer.revision),
            format!("  a client is told: {}", printable(&answer.refusal)),
        ],
    };
    if !answer.fallbacks.is_empty() {
        lines.push("when all its hosts fail:".to_owned());
    }
    for fallback in &answer.fallbacks {
        let text = format!("\"{}\", {}, TLS rank {}", printable(&fallback.name), costs(fallback), fallback.tls_rank);
        push_wrapped(&text, &mut lines);
    }
    if !answer.eliminations.is_empty() {
        lines.push("not taken:".to_owned());
    }
    if answer.more_eliminations > 0 {
        lines.push(format!("  {} more, which fell out before these", answer.more_eliminations));
    }
    for elimination in &answer.eliminations {
        let text = format!("\"{}\": {}", printable(&elimination.name), printable(&elimination.text));
        push_wrapped(&text, &mut lines);
    }
    lines.join("\n")
}

fn costs(it: &ChosenConnector) -> String {
    match it.site_cost {
        0 => format!("cost {}", it.cost),
        way => format!("cost {} ({way} of it the way over site links)", it.cost),
    }
}

fn push_wrapped(text: &str, lines: &mut Vec<String>) {
    for (at, part) in wrap(text, WIDTH - 4).into_iter().enumerate() {
        lines.push(format!("{}{part}", if at == 0 { "  " } else { "    " }));
    }
}

/// Many recipients, one line each; the first one is answered apart from the others.
pub(super) fn table(first: Option<(&String, &ExplainRouteResponse)>, routes: &[RecipientRoute]) -> String {
    let mut table = Table::new(["RECIPIENT", "CONNECTOR", "ADDRESS SPACE", "WHY NOT ANOTHER"]);
    if let Some((recipient, answer)) = first {
        table.row(row(recipient, answer.chosen.as_ref(), &answer.refusal, answer.eliminations.last()));
    } else if routes.is_empty() {
        return String::new();
    }
    for route in routes {
        table.row(row(&route.recipient, route.chosen.as_ref(), &route.refusal, route.runner_up.as_ref()));
    }
    table.render()
}

fn row(
    recipient: &str,
    chosen: Option<&ChosenConnector>,
    refusal: &str,
    runner_up: Option<&Elimination>,
) -> [String; 4] {
    let runner_up = runner_up.map(|it| format!("{}: {}", it.name, reason(it.reason))).unwrap_or_default();
    match chosen {
        Some(chosen) => [recipient.to_owned(), chosen.name.clone(), chosen.address_space.clone(), runner_up],
        None => [recipient.to_owned(), "-".to_owned(), refusal.to_owned(), runner_up],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(name: &str) -> ChosenConnector {
        ChosenConnector {
            id: "1".into(),
            name: name.into(),
            address_space: "SMTP:*;1".into(),
            cost: 101,
            site_cost: 100,
            tls_rank: 2,
        }
    }

    fn answer() -> ExplainRouteResponse {
        ExplainRouteResponse {
            revision: 9,
            chosen: Some(chosen("all")),
            fallbacks: vec![chosen("spare")],
            eliminations: vec![Elimination {
                id: "2".into(),
                name: "other".into(),
                reason: EliminationReason::NoMatch.into(),
                text: "none of its address spaces covers example.com, ".repeat(3),
            }],
            routes: vec![RecipientRoute {
                recipient: "v@example.com".into(),
                refusal: "550 5.1.2 no".into(),
                ..RecipientRoute::default()
            }],
            ..ExplainRouteResponse::default()
        }
    }

    #[test]
    fn the_choice_the_fallbacks_and_every_elimination_are_told() {
        let text = text("u@example.com", &answer());
        assert!(
            text.starts_with("u@example.com goes through connector \"all\"\n  by address space SMTP:*;1\n"),
            "{text}"
        );
        assert!(text.contains("  cost 101 (100 of it the way over site links), at revision 9"), "{text}");
        assert!(text.contains("when all its hosts fail:\n  \"spare\", cost 101"), "{text}");
        assert!(text.contains("not taken:\n  \"other\": none of its"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
    }

    #[test]
    fn a_refusal_is_what_a_client_is_told() {
        let answer = ExplainRouteResponse { refusal: "550 5.1.2 no".into(), revision: 9, ..Default::default() };
        assert!(text("u@example.com", &answer).contains("a client is told: 550 5.1.2 no"));
    }

    #[test]
    fn many_recipients_have_a_line_each() {
        let answer = answer();
        let text = table(Some((&"u@example.com".to_owned(), &answer)), &answer.routes);
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(text.contains("other: NO_MATCH") && text.contains("550 5.1.2 no"), "{text}");
    }

    #[test]
    fn json_names_the_rules() {
        let value = value("u@example.com", &answer());
        assert_eq!(value["eliminations"][0]["reason"], "NO_MATCH");
        assert_eq!(
            (&value["chosen"]["address_space"], &value["fallbacks"][0]["site_cost"]),
            (&json!("SMTP:*;1"), &json!(100))
        );
        assert_eq!(value["routes"][0]["chosen"], Value::Null);
    }
}
