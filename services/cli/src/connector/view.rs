//! Connectors as tables, as a sheet, and as JSON.

use std::collections::BTreeMap;

use postroad_api::connector::v1::{AuthMechanism, Connector, FieldWarning, credential};
use serde::Serialize;

use crate::printable::printable;
use crate::table::{Table, WIDTH, wrap};
use crate::{address_space, byte_size, moment, smart_host, span_of_time};

/// Columns of a sheet before the value.
const LABEL: usize = 21;

/// A connector as JSON: the fields of the API under their own names, and no secret.
#[derive(Debug, Serialize)]
pub(crate) struct Json<'a> {
    id: &'a str,
    name: &'a str,
    comment: &'a str,
    enabled: bool,
    address_spaces: Vec<JsonSpace<'a>>,
    smart_hosts: Vec<JsonHost<'a>>,
    port: u32,
    auth_mechanism: &'static str,
    credential: Option<JsonCredential<'a>>,
    require_tls: bool,
    ignore_starttls: bool,
    helo_name: &'a str,
    /// Bytes; 0 = unlimited; null while the control plane has not filled in the default.
    max_message_size: Option<u64>,
    /// For example "30s"; null: the listener's.
    final_reply_timeout: Option<String>,
    labels: BTreeMap<&'a str, &'a str>,
    revision: u64,
    etag: &'a str,
    create_time: Option<String>,
    update_time: Option<String>,
    /// Of a write: what was accepted but may not be meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<JsonWarning<'a>>,
}

/// All connectors, with the revision they were read at.
#[derive(Debug, Serialize)]
pub(crate) struct JsonList<'a> {
    /// The connectors.
    pub(crate) connectors: Vec<Json<'a>>,
    /// Revision of the whole set.
    pub(crate) revision: u64,
}

#[derive(Debug, Serialize)]
struct JsonWarning<'a> {
    path: &'a str,
    text: &'a str,
}

#[derive(Debug, Serialize)]
struct JsonSpace<'a> {
    r#type: &'a str,
    space: &'a str,
    cost: u32,
}

#[derive(Debug, Serialize)]
struct JsonHost<'a> {
    host: &'a str,
    port: u32,
    implicit_tls: bool,
}

#[derive(Debug, Serialize)]
struct JsonCredential<'a> {
    basic: JsonBasic<'a>,
}

#[derive(Debug, Serialize)]
struct JsonBasic<'a> {
    user: &'a str,
    password_set: bool,
}

impl<'a> Json<'a> {
    /// The JSON form of a connector.
    pub(crate) fn new(c: &'a Connector) -> Self {
        Self {
            id: &c.id,
            name: &c.name,
            comment: &c.comment,
            enabled: c.enabled.unwrap_or(true),
            address_spaces: c
                .address_spaces
                .iter()
                .map(|s| JsonSpace { r#type: &s.r#type, space: &s.space, cost: s.cost.unwrap_or(1) })
                .collect(),
            smart_hosts: c
                .smart_hosts
                .iter()
                .map(|h| JsonHost { host: &h.host, port: h.port, implicit_tls: h.implicit_tls })
                .collect(),
            port: c.port,
            auth_mechanism: mechanism(c),
            credential: account(c)
                .map(|(user, password_set)| JsonCredential { basic: JsonBasic { user, password_set } }),
            require_tls: c.require_tls,
            ignore_starttls: c.ignore_starttls,
            helo_name: &c.helo_name,
            max_message_size: c.max_message_size,
            final_reply_timeout: c
                .final_reply_timeout
                .as_ref()
                .and_then(span_of_time::from_wire)
                .map(span_of_time::show),
            labels: c.labels.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect(),
            revision: c.revision,
            etag: &c.etag,
            create_time: moment::show(c.create_time.as_ref()),
            update_time: moment::show(c.update_time.as_ref()),
            warnings: c.warnings.iter().map(|w| JsonWarning { path: &w.path, text: &w.text }).collect(),
        }
    }
}

fn mechanism(c: &Connector) -> &'static str {
    match AuthMechanism::try_from(c.auth_mechanism) {
        Ok(AuthMechanism::Unspecified | AuthMechanism::None) => "NONE",
        Ok(AuthMechanism::Basic) => "BASIC",
        Ok(AuthMechanism::BasicRequireTls) => "BASIC_REQUIRE_TLS",
        Ok(AuthMechanism::ExchangeServer) => "EXCHANGE_SERVER",
        Ok(AuthMechanism::ExternallySecured) => "EXTERNALLY_SECURED",
        Ok(AuthMechanism::Xoauth2) => "XOAUTH2",
        Ok(AuthMechanism::Oauthbearer) => "OAUTHBEARER",
        Ok(AuthMechanism::External) => "EXTERNAL",
        Err(_newer) => "UNKNOWN",
    }
}

fn account(c: &Connector) -> Option<(&str, bool)> {
    let Some(credential::Kind::Basic(basic)) = c.credential.as_ref()?.kind.as_ref() else { return None };
    Some((&basic.user, basic.password_set))
}

/// A name in quotation marks, safe for a terminal.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", printable(name))
}

/// What a write accepted but its writer may not have meant, one line each.
pub(crate) fn warnings(c: &Connector) -> impl Iterator<Item = String> {
    let one = |w: &FieldWarning| {
        format!("warning: connector {}, {}: {}", quoted(&c.name), printable(&w.path), printable(&w.text))
    };
    c.warnings.iter().map(one)
}

/// What a connector does, in a few words.
pub(crate) fn summary(c: &Connector) -> String {
    printable(&format!("{} to {}", some(c.address_spaces.iter().map(address_space::show)), some(hosts(c).into_iter())))
}

/// The hosts, with the ports that are in effect.
fn hosts(c: &Connector) -> Vec<String> {
    let port = if c.port == 0 { 25 } else { c.port };
    c.smart_hosts
        .iter()
        .map(|host| {
            let mut host = host.clone();
            host.port = if host.port == 0 { port } else { host.port };
            smart_host::show(&host)
        })
        .collect()
}

/// The first one, and how many more.
fn some(mut texts: impl ExactSizeIterator<Item = String>) -> String {
    match (texts.next(), texts.len()) {
        (None, _) => "-".to_owned(),
        (Some(first), 0) => first,
        (Some(first), more) => format!("{first} +{more}"),
    }
}

/// All connectors, one line each.
pub(crate) fn table(connectors: &[Connector]) -> String {
    let mut table = Table::new(["NAME", "ENABLED", "ADDRESS SPACES", "SMART HOSTS", "REVISION"]);
    for c in connectors {
        table.row([
            c.name.clone(),
            if c.enabled.unwrap_or(true) { "yes" } else { "no" }.to_owned(),
            some(c.address_spaces.iter().map(address_space::show)),
            some(hosts(c).into_iter()),
            c.revision.to_string(),
        ]);
    }
    table.render()
}

/// One connector, one field per line, with the defaults spelt out.
pub(crate) fn sheet(c: &Connector) -> String {
    let yes_no = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    let spaces: Vec<_> = c.address_spaces.iter().map(address_space::show).collect();
    let labels: Vec<_> = c.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let account = account(c).map(|(user, set)| {
        let password = if set { "a password is stored" } else { "no password is stored" };
        format!("{} as {user}, {password}", mechanism(c))
    });
    let timeout = c.final_reply_timeout.as_ref().and_then(span_of_time::from_wire).filter(|time| !time.is_zero());
    let helo = if c.helo_name.is_empty() { "the relay's own" } else { &c.helo_name };
    let fields = [
        ("name", vec![c.name.clone()]),
        ("id", vec![c.id.clone()]),
        ("comment", vec![c.comment.clone()]),
        ("enabled", vec![yes_no(c.enabled.unwrap_or(true))]),
        ("address spaces", spaces),
        ("smart hosts", hosts(c)),
        ("authentication", vec![account.unwrap_or_else(|| mechanism(c).to_owned())]),
        ("require TLS", vec![yes_no(c.require_tls)]),
        ("ignore STARTTLS", vec![yes_no(c.ignore_starttls)]),
        ("name in EHLO", vec![helo.to_owned()]),
        ("max message size", vec![c.max_message_size.map_or_else(|| "the default".to_owned(), byte_size::show)]),
        ("final reply timeout", vec![timeout.map_or_else(|| "the listener's".to_owned(), span_of_time::show)]),
        ("labels", labels),
        ("revision", vec![c.revision.to_string()]),
        ("created", moment::show(c.create_time.as_ref()).into_iter().collect()),
        ("updated", moment::show(c.update_time.as_ref()).into_iter().collect()),
    ];
    lines(&fields)
}

/// A label before the first line of its values, blanks before the others; fields without a value are left out.
fn lines(fields: &[(&str, Vec<String>)]) -> String {
    let mut text = String::new();
    for (label, values) in fields {
        let mut label = *label;
        for value in values.iter().filter(|value| !value.is_empty()) {
            for line in wrap(&printable(value), WIDTH - LABEL) {
                text.push_str(format!("{label:<LABEL$}{line}").trim_end());
                text.push('\n');
                label = "";
            }
        }
    }
    text.truncate(text.trim_end().len());
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use postroad_api::connector::v1::{BasicCredential, Credential};

    fn connector() -> Connector {
        let basic = BasicCredential { user: "u".into(), password: "hunter2".into(), password_set: true };
        Connector {
            id: "5f6c0d4e-0000-4000-8000-000000000001".into(),
            name: "Smart host\tto Internet".into(),
            comment: "word ".repeat(40).trim_end().into(),
            address_spaces: vec![address_space::parse("*").unwrap(), address_space::parse("a.example;5").unwrap()],
            smart_hosts: vec![smart_host::parse("2001:db8::1").unwrap()],
            auth_mechanism: AuthMechanism::Basic.into(),
            credential: Some(Credential { kind: Some(credential::Kind::Basic(basic)) }),
            max_message_size: Some(36_700_160),
            labels: [("tier".to_owned(), "gold".to_owned())].into(),
            revision: 7,
            etag: "\"e-7\"".into(),
            ..Connector::default()
        }
    }

    #[test]
    fn the_table_fits_and_counts_what_it_leaves_out() {
        let text = table(&[connector()]);
        assert!(text.contains("SMTP:*;1 +1"), "{text}");
        assert!(text.contains("[2001:db8::1]:25"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert_eq!(text.lines().count(), 2);
    }

    #[test]
    fn the_sheet_shows_every_value_and_no_secret() {
        let text = sheet(&connector());
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        for part in ["SMTP:a.example;5", "BASIC as u, a password is stored", "35MB", "tier=gold"] {
            assert!(text.contains(part), "{text}");
        }
        assert!(!text.contains("hunter2") && !text.contains('\t'), "{text}");
    }

    #[test]
    fn json_has_the_names_of_the_api_and_no_secret() {
        let value = serde_json::to_value(Json::new(&connector())).unwrap();
        assert_eq!(value["address_spaces"][1], serde_json::json!({"type": "SMTP", "space": "a.example", "cost": 5}));
        assert_eq!(value["smart_hosts"][0]["host"], "2001:db8::1");
        assert_eq!(value["credential"], serde_json::json!({"basic": {"user": "u", "password_set": true}}));
        assert_eq!(value["enabled"], true);
        assert_eq!(value["auth_mechanism"], "BASIC");
        assert_eq!(value["revision"], 7);
        assert!(!value.to_string().contains("hunter2"));
    }
}
