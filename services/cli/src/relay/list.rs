//! `postroad relay list`.

use postroad_api::fleet::v1::{ListRelaysRequest, ListRelaysResponse, Refusal, RefusedField, Relay, RelayState};
use serde::Serialize;

use crate::client::{ControlPlane, Reach};
use crate::printable::printable;
use crate::table::{Table, WIDTH, wrap};
use crate::{Console, Failure, Output, moment};

#[derive(Serialize)]
struct JsonRelays<'a> {
    relays: Vec<JsonRelay<'a>>,
    head_revision: u64,
}

#[derive(Serialize)]
struct JsonRelay<'a> {
    name: &'a str,
    site: &'a str,
    version: &'a str,
    state: &'static str,
    state_time: Option<String>,
    last_seen_time: Option<String>,
    applied_revision: u64,
    applied_time: Option<String>,
    target_revision: u64,
    last_refusal: Option<JsonRefusal<'a>>,
    peer_address: &'a str,
    listeners: &'a [String],
    labels: &'a std::collections::BTreeMap<String, String>,
    granted_site: &'a str,
    unusable: Vec<JsonProblem<'a>>,
    etag: &'a str,
}

#[derive(Serialize)]
struct JsonRefusal<'a> {
    revision: u64,
    time: Option<String>,
    problems: Vec<JsonProblem<'a>>,
}

#[derive(Serialize)]
struct JsonProblem<'a> {
    connector_id: &'a str,
    field_path: &'a str,
    text: &'a str,
}

/// Shows every relay.
pub(super) async fn run(reach: &Reach, output: Output, console: &mut Console) -> Result<(), Failure> {
    let answer = all(&reach.connect().await?).await?;
    console.print(output, &json(&answer), || {
        if answer.relays.is_empty() {
            return "no relay has connected yet; start one with\n`postroad-relay --control-plane http://HOST:PORT`"
                .to_owned();
        }
        text(&answer)
    })
}

/// Every relay that has been seen or has a record.
pub(crate) async fn all(control_plane: &ControlPlane) -> Result<ListRelaysResponse, Failure> {
    let mut service = control_plane.fleet();
    control_plane.answer(service.list_relays(ListRelaysRequest {})).await
}

/// The site that counts.
fn site(relay: &Relay) -> &str {
    match (relay.granted_site.as_str(), relay.site.as_str()) {
        ("", "") => "-",
        ("", said) => said,
        (granted, _) => granted,
    }
}

fn state(relay: &Relay) -> &'static str {
    match RelayState::try_from(relay.state) {
        Ok(RelayState::Connected) => "CONNECTED",
        Ok(RelayState::Stale) => "STALE",
        Ok(RelayState::Refusing) => "REFUSING",
        Ok(RelayState::Disconnected) => "DISCONNECTED",
        Ok(RelayState::Unspecified) | Err(_) => "UNKNOWN",
    }
}

fn json(answer: &ListRelaysResponse) -> JsonRelays<'_> {
    let relay = |r| {
        let r: &Relay = r;
        JsonRelay {
            name: &r.name,
            site: &r.site,
            version: &r.version,
            state: state(r),
            state_time: moment::show(r.state_time.as_ref()),
            last_seen_time: moment::show(r.last_seen_time.as_ref()),
            applied_revision: r.applied_revision,
            applied_time: moment::show(r.applied_time.as_ref()),
            target_revision: r.target_revision,
            last_refusal: r.last_refusal.as_ref().map(json_refusal),
            peer_address: &r.peer_address,
            listeners: &r.listeners,
            labels: &r.labels,
            granted_site: &r.granted_site,
            unusable: json_problems(&r.unusable),
            etag: &r.etag,
        }
    };
    JsonRelays { relays: answer.relays.iter().map(relay).collect(), head_revision: answer.head_revision }
}

fn json_refusal(refusal: &Refusal) -> JsonRefusal<'_> {
    JsonRefusal {
        revision: refusal.revision,
        time: moment::show(refusal.time.as_ref()),
        problems: json_problems(&refusal.problems),
    }
}

fn json_problems(problems: &[RefusedField]) -> Vec<JsonProblem<'_>> {
    let one = |p| {
        let p: &RefusedField = p;
        JsonProblem { connector_id: &p.connector_id, field_path: &p.field_path, text: &p.text }
    };
    problems.iter().map(one).collect()
}

fn text(answer: &ListRelaysResponse) -> String {
    let mut table = Table::new(["NAME", "SITE", "STATE", "SINCE", "REVISION", "NACK"]);
    for relay in &answer.relays {
        table.row([
            relay.name.clone(),
            site(relay).to_owned(),
            state(relay).to_owned(),
            moment::show(relay.state_time.as_ref()).unwrap_or_else(|| "-".to_owned()),
            format!("{}/{}", relay.applied_revision, relay.target_revision),
            relay.last_refusal.as_ref().map_or_else(|| "-".to_owned(), |refusal| refusal.revision.to_string()),
        ]);
    }
    let mut lines = vec![table.render()];
    for relay in &answer.relays {
        if let Some(refusal) = &relay.last_refusal {
            let at = moment::show(refusal.time.as_ref()).unwrap_or_else(|| "an unknown time".to_owned());
            let heading = format!("{} refused revision {} at {at}:", printable(&relay.name), refusal.revision);
            problem_lines(&heading, &refusal.problems, &mut lines);
        }
        if !relay.unusable.is_empty() {
            let heading = format!("{} cannot use these connectors:", printable(&relay.name));
            problem_lines(&heading, &relay.unusable, &mut lines);
        }
    }
    lines.join("\n")
}

fn problem_lines(heading: &str, problems: &[RefusedField], lines: &mut Vec<String>) {
    lines.push(String::new());
    lines.extend(wrap(heading, WIDTH));
    for problem in problems {
        let text = match (problem.connector_id.as_str(), problem.field_path.as_str()) {
            ("", "") => problem.text.clone(),
            ("", path) => format!("{path}: {}", problem.text),
            (id, "") => format!("connector {id}: {}", problem.text),
            (id, path) => format!("connector {id}, {path}: {}", problem.text),
        };
        let text = printable(&text);
        lines.extend(wrap(&text, WIDTH - 2).into_iter().map(|line| format!("  {line}")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prost_types::Timestamp;

    fn answer() -> ListRelaysResponse {
        let at = Some(Timestamp { seconds: 1_764_066_600, nanos: 0 });
        let relay = |name: &str| Relay {
            name: name.into(),
            state: RelayState::Connected.into(),
            state_time: at,
            applied_revision: 7,
            target_revision: 8,
            ..Relay::default()
        };
        let refusing = Relay {
            state: RelayState::Refusing.into(),
            last_refusal: Some(Refusal {
                revision: 8,
                time: at,
                problems: vec![RefusedField {
                    connector_id: "5f6c".into(),
                    field_path: "smart_hosts[0].host".into(),
                    text: "not understood".into(),
                }],
            }),
            ..relay("edge-with-a-rather-long-name-in-prague-1.example.com")
        };
        ListRelaysResponse { relays: vec![relay("edge-2"), refusing], head_revision: 8 }
    }

    #[test]
    fn every_relay_has_its_line_and_a_refusal_its_reasons() {
        let text = text(&answer());
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert!(text.contains("edge-2"), "{text}");
        assert!(text.contains("CONNECTED  2025-11-25T10:30:00Z  7/8       -"), "{text}");
        assert!(text.contains("refused revision 8 at"), "{text}");
        assert!(text.contains("  connector 5f6c, smart_hosts[0].host: not understood"), "{text}");
    }

    #[test]
    fn json_has_the_names_of_the_api() {
        let answer = answer();
        let value = serde_json::to_value(json(&answer)).unwrap();
        assert_eq!(value["head_revision"], 8);
        assert_eq!(value["relays"][0]["state"], "CONNECTED");
        assert_eq!(value["relays"][0]["last_refusal"], serde_json::Value::Null);
        assert_eq!(value["relays"][1]["last_refusal"]["problems"][0]["field_path"], "smart_hosts[0].host");
    }
}
