//! The commands about routes.

use clap::{Args, Subcommand};
use postroad_api::connector::v1::{EliminationReason, ExplainRouteRequest, ExplainRouteResponse};
use serde::Serialize;

use crate::client::Reach;
use crate::printable::printable;
use crate::table::{WIDTH, wrap};
use crate::{Console, Failure, Output, byte_size};

/// Commands about routes.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say which connector carries a recipient, and why each other one does not. The exit code is 0 also when none
    /// does, for the question was answered.
    Explain(ExplainArguments),
}

/// What a client would say.
#[derive(Args, Debug)]
pub(crate) struct ExplainArguments {
    /// The recipient, for example user@example.com, or Postmaster.
    recipient: String,
    /// The reverse-path; "<>" or nothing is the null reverse-path.
    #[arg(long, value_name = "ADDRESS", default_value = "<>", hide_default_value = true)]
    from: String,
    /// The size that MAIL declares, for example 10MB; when not given none is declared.
    #[arg(long, value_parser = byte_size::parse)]
    size: Option<u64>,
}

#[derive(Serialize)]
struct JsonRoute<'a> {
    recipient: &'a str,
    revision: u64,
    chosen: Option<JsonChosen<'a>>,
    eliminations: Vec<JsonElimination<'a>>,
    refusal: &'a str,
    more_eliminations: u32,
}

#[derive(Serialize)]
struct JsonChosen<'a> {
    id: &'a str,
    name: &'a str,
    address_space: &'a str,
    cost: u32,
}

#[derive(Serialize)]
struct JsonElimination<'a> {
    id: &'a str,
    name: &'a str,
    reason: &'a str,
    text: &'a str,
}

/// Runs one of the commands.
pub(crate) async fn run(command: Command, reach: &Reach, output: Output, console: &mut Console) -> Result<(), Failure> {
    let Command::Explain(arguments) = command;
    let control_plane = reach.connect().await?;
    let request = ExplainRouteRequest {
        recipient: bare(&arguments.recipient),
        sender: bare(&arguments.from),
        size: arguments.size.unwrap_or(0),
        ..ExplainRouteRequest::default()
    };
    let mut service = control_plane.connectors();
    let answer = control_plane.answer(service.explain_route(request)).await?;
    match output {
        Output::Json => console.json(&json(&arguments.recipient, &answer)),
        Output::Table => console.line(&text(&arguments.recipient, &answer)),
    }
}

/// An address without the angle brackets that SMTP writes around it.
fn bare(address: &str) -> String {
    let address = address.trim();
    let inner = address.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    inner.unwrap_or(address).to_owned()
}

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

fn json<'a>(recipient: &'a str, answer: &'a ExplainRouteResponse) -> JsonRoute<'a> {
    let chosen = answer.chosen.as_ref();
    JsonRoute {
        recipient,
        revision: answer.revision,
        chosen: chosen.map(|c| JsonChosen { id: &c.id, name: &c.name, address_space: &c.address_space, cost: c.cost }),
        eliminations: answer
            .eliminations
            .iter()
            .map(|e| JsonElimination { id: &e.id, name: &e.name, reason: reason(e.reason), text: &e.text })
            .collect(),
        refusal: &answer.refusal,
        more_eliminations: answer.more_eliminations,
    }
}

fn text(recipient: &str, answer: &ExplainRouteResponse) -> String {
    let recipient = printable(recipient);
    let mut lines = match &answer.chosen {
        Some(chosen) => vec![
            format!("{recipient} goes through connector \"{}\"", printable(&chosen.name)),
            format!("  by address space {}, at revision {}", printable(&chosen.address_space), answer.revision),
        ],
        None => vec![
            format!("{recipient} goes nowhere, at revision {}", answer.revision),
            format!("  a client is told: {}", printable(&answer.refusal)),
        ],
    };
    if !answer.eliminations.is_empty() {
        lines.push("not taken:".to_owned());
    }
    if answer.more_eliminations > 0 {
        lines.push(format!("  {} more, which fell out before these", answer.more_eliminations));
    }
    for elimination in &answer.eliminations {
        let text = format!("\"{}\": {}", printable(&elimination.name), printable(&elimination.text));
        for (at, part) in wrap(&text, WIDTH - 4).into_iter().enumerate() {
            lines.push(format!("{}{part}", if at == 0 { "  " } else { "    " }));
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use postroad_api::connector::v1::{ChosenConnector, Elimination};

    fn answer() -> ExplainRouteResponse {
        ExplainRouteResponse {
            revision: 9,
            chosen: Some(ChosenConnector {
                id: "1".into(),
                name: "all".into(),
                address_space: "SMTP:*;1".into(),
                cost: 1,
                ..ChosenConnector::default()
            }),
            eliminations: vec![Elimination {
                id: "2".into(),
                name: "other".into(),
                reason: EliminationReason::NoMatch.into(),
                text: "none of its address spaces covers example.com, ".repeat(3),
            }],
            refusal: String::new(),
            ..ExplainRouteResponse::default()
        }
    }

    #[test]
    fn the_choice_and_every_elimination_are_told() {
        let text = text("u@example.com", &answer());
        assert!(
            text.starts_with("u@example.com goes through connector \"all\"\n  by address space SMTP:*;1"),
            "{text}"
        );
        assert!(text.contains("not taken:\n  \"other\": none of its"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
    }

    #[test]
    fn a_refusal_is_what_a_client_is_told() {
        let answer = ExplainRouteResponse { refusal: "550 5.1.2 no".into(), revision: 9, ..Default::default() };
        assert!(text("u@example.com", &answer).contains("a client is told: 550 5.1.2 no"));
    }

    #[test]
    fn json_names_the_rules() {
        let answer = answer();
        let value = serde_json::to_value(json("u@example.com", &answer)).unwrap();
        assert_eq!(value["eliminations"][0]["reason"], "NO_MATCH");
        assert_eq!(value["chosen"]["address_space"], "SMTP:*;1");
    }

    #[test]
    fn angle_brackets_are_not_part_of_an_address() {
        assert_eq!(bare("<>"), "");
        assert_eq!(bare("<a@b>"), "a@b");
        assert_eq!(bare("a@b"), "a@b");
    }
}
