//! Connectors as tables, as a sheet, and in the form of the API.

use postroad_api::connector::v1::credential::Kind;
use postroad_api::connector::v1::o_auth_credential::Source as Tokens;
use postroad_api::connector::v1::{Connector, FieldWarning};
use serde_json::{Value, json};

use super::catalogue::{FIELDS, field};
use super::choice::USAGES;
use crate::members::Members;
use crate::printable::printable;
use crate::table::{Table, sheet_lines};
use crate::{address_space, moment, smart_host};

/// Fields that a sheet shows also where they are as they would be by themselves.
const ESSENTIAL: [&str; 5] = ["enabled", "usage", "auth_mechanism", "require_tls", "max_message_size"];

/// A connector in the form of the API: all fields under their own names, and no secret.
pub(crate) fn members(c: &Connector) -> Members {
    let mut members = Members::default();
    members.put("id", c.id.as_str());
    for field in FIELDS {
        members.put(field.path, field.json(c));
        if field.path == "auth_mechanism" {
            members.put("credential", account(c));
        }
    }
    members.put("revision", c.revision);
    members.put("etag", c.etag.as_str());
    members.put("create_time", moment::show(c.create_time.as_ref()));
    members.put("update_time", moment::show(c.update_time.as_ref()));
    if !c.warnings.is_empty() {
        members.put("warnings", c.warnings.iter().map(|w| json!({"path": w.path, "text": w.text})).collect::<Value>());
    }
    members
}

/// The account: of a secret only whether one is stored.
pub(crate) fn account(c: &Connector) -> Value {
    match c.credential.as_ref().and_then(|credential| credential.kind.as_ref()) {
        None => Value::Null,
        Some(Kind::Basic(it)) => json!({"basic": {"user": it.user, "password_set": it.password_set}}),
        Some(Kind::Kerberos(it)) => json!({"kerberos": {"principal": it.principal, "keytab_set": it.keytab_set}}),
        Some(Kind::Oauth(it)) => match &it.source {
            None => json!({"oauth": {"user": it.user}}),
            Some(Tokens::StaticToken(token)) => {
                json!({"oauth": {"user": it.user, "static_token": {"token_set": token.token_set}}})
            }
            Some(Tokens::ClientCredentials(grant)) => json!({"oauth": {"user": it.user, "client_credentials": {
                "token_endpoint": grant.token_endpoint,
                "client_id": grant.client_id,
                "client_secret_set": grant.client_secret_set,
                "scope": grant.scope,
            }}}),
            Some(Tokens::RefreshToken(grant)) => json!({"oauth": {"user": it.user, "refresh_token": {
                "token_endpoint": grant.token_endpoint,
                "client_id": grant.client_id,
                "client_secret_set": grant.client_secret_set,
                "refresh_token_set": grant.refresh_token_set,
                "scope": grant.scope,
            }}}),
        },
    }
}

/// What it is for.
pub(crate) fn usage(c: &Connector) -> &'static str {
    USAGES.name(c.usage)
}

/// The account in words.
fn account_lines(c: &Connector) -> Vec<String> {
    let stored = |what: &str, set: bool| format!("{} {what} is stored", if set { "a" } else { "no" });
    match c.credential.as_ref().and_then(|credential| credential.kind.as_ref()) {
        None => Vec::new(),
        Some(Kind::Basic(it)) => vec![format!("{}, {}", it.user, stored("password", it.password_set))],
        Some(Kind::Kerberos(it)) => vec![format!("{}, {}", it.principal, stored("keytab", it.keytab_set))],
        Some(Kind::Oauth(it)) => match &it.source {
            None => vec![it.user.clone()],
            Some(Tokens::StaticToken(token)) => vec![format!("{}, {}", it.user, stored("token", token.token_set))],
            Some(Tokens::ClientCredentials(grant)) => vec![
                format!("{}, {}", it.user, stored("client secret", grant.client_secret_set)),
                client(&grant.client_id, &grant.token_endpoint, &grant.scope),
            ],
            Some(Tokens::RefreshToken(grant)) => vec![
                format!("{}, {}", it.user, stored("refresh token", grant.refresh_token_set)),
                client(&grant.client_id, &grant.token_endpoint, &grant.scope),
                stored("client secret", grant.client_secret_set),
            ],
        },
    }
}

fn client(id: &str, endpoint: &str, scope: &str) -> String {
    let scope = if scope.is_empty() { String::new() } else { format!(", scope {scope}") };
    format!("client {id} at {endpoint}{scope}")
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
    printable(&format!("{} to {}", spaces(c), hosts(c)))
}

fn spaces(c: &Connector) -> String {
    match c.linked_listener.as_str() {
        "" => some(c.address_spaces.iter().map(address_space::show)),
        listener => format!("listener {listener}"),
    }
}

/// The hosts, with the ports that are in effect.
fn hosts(c: &Connector) -> String {
    if c.smart_hosts.is_empty() {
        return if c.dns_routing == Some(false) { "-".to_owned() } else { "MX".to_owned() };
    }
    some(effective_hosts(c).into_iter())
}

fn effective_hosts(c: &Connector) -> Vec<String> {
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
            spaces(c),
            hosts(c),
            c.revision.to_string(),
        ]);
    }
    table.render()
}

/// One connector, one field per line: the essentials and what differs from the defaults, or `all`.
pub(crate) fn sheet(c: &Connector, all: bool) -> String {
    let mut lines: Vec<(&str, Vec<String>)> = Vec::new();
    for field in FIELDS {
        if all || !field.is_default(c) || ESSENTIAL.contains(&field.path) {
            lines.push((field.label, shown(field.path, c)));
        }
        match field.path {
            "name" => lines.push(("id", vec![c.id.clone()])),
            "auth_mechanism" => lines.push(("account", account_lines(c))),
            _ => {}
        }
    }
    lines.push(("revision", vec![c.revision.to_string()]));
    lines.push(("created", moment::show(c.create_time.as_ref()).into_iter().collect()));
    lines.push(("updated", moment::show(c.update_time.as_ref()).into_iter().collect()));
    sheet_lines(&lines)
}

/// A value of a sheet, in the words of people.
fn shown(path: &str, c: &Connector) -> Vec<String> {
    let texts = field(path).map(|field| field.texts(c)).unwrap_or_default();
    let none = texts.iter().all(String::is_empty);
    match path {
        "smart_hosts" => effective_hosts(c),
        "helo_name" if none => vec!["the relay's own".to_owned()],
        "source_relays" if none => vec!["every relay".to_owned()],
        "sender_filter" if none => vec!["every sender".to_owned()],
        "trusted_roots" if none => vec!["the relay's".to_owned()],
        "source_ip" if none => vec!["any".to_owned()],
        "final_reply_timeout" if texts == ["0"] => vec!["the listener's".to_owned()],
        "max_connections" | "max_messages_per_minute" if texts == ["0"] => vec!["no limit".to_owned()],
        _ if none => vec!["-".to_owned()],
        _ => texts.into_iter().map(|text| yes_no(&text)).collect(),
    }
}

fn yes_no(text: &str) -> String {
    match text {
        "true" => "yes".to_owned(),
        "false" => "no".to_owned(),
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests;
