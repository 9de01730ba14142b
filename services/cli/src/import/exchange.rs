//! Send connectors of Exchange, from the JSON that PowerShell makes of them.

mod enumeration;
mod property;
mod value;

use std::collections::BTreeMap;

use postroad_api::connector::v1::Connector;
use serde_json::Value;

use super::report::Fate;
use super::result::{Imported, basic_account};
use crate::config::export::Variables;
use crate::connector::choice::MECHANISMS;

/// What the directory writes about every object.
const BOOKKEEPING: [&str; 41] = [
    "AdminDisplayName",
    "ConnectedDomains",
    "CurrentlyUsedVersion",
    "DistinguishedName",
    "ExchangeObjectId",
    "ExchangeVersion",
    "Guid",
    "HomeMTA",
    "HomeMtaServerId",
    "Id",
    "Identity",
    "IsSmtpConnector",
    "IsValid",
    "MinAdminVersion",
    "ObjectCategory",
    "ObjectClass",
    "ObjectState",
    "OrganizationId",
    "OrganizationalUnitRoot",
    "OriginatingServer",
    "PSComputerName",
    "PSShowComputerName",
    "Region",
    "RunspaceId",
    "SmartHostsString",
    "SourceRoutingGroup",
    "WhenChanged",
    "WhenChangedUTC",
    "WhenCreated",
    "WhenCreatedUTC",
    "CertificateSubject",
    "PSSourceJobInstanceId",
    "ObjectId",
    "Heuristics",
    "PropertyNames",
    "MaximumSupportedExchangeObjectVersion",
    "StaticEntriesOnly",
    "TlsCertificateThumbprint",
    "DefaultDomain",
    "UnicodeName",
    "Name",
];

/// Reads one connector, or a list of them.
///
/// # Errors
/// When the text is no such JSON.
pub(super) fn read(text: &str) -> Result<Imported, String> {
    // Windows PowerShell marks UTF-8 files.
    let text = text.trim_start_matches('\u{feff}');
    let value: Value = serde_json::from_str(text).map_err(|error| format!("this is no JSON: {error}"))?;
    let all = match value {
        Value::Array(all) => all,
        one => vec![one],
    };
    let mut imported = Imported::default();
    let mut variables = Variables::default();
    for (at, one) in all.iter().enumerate() {
        let Value::Object(object) = one else {
            return Err(format!("entry {at} is no connector, but {}", value::kind(one)));
        };
        let Some(name) = object.get("Name").and_then(value::text) else {
            return Err(format!("entry {at} has no Name; is it the output of Get-SendConnector?"));
        };
        let properties: BTreeMap<_, _> = object.iter().map(|(key, value)| (key.as_str(), value)).collect();
        one_connector(&name, &properties, &mut imported, &mut variables);
    }
    Ok(imported)
}

fn one_connector(name: &str, properties: &BTreeMap<&str, &Value>, imported: &mut Imported, variables: &mut Variables) {
    let mut connector = Connector { name: name.trim().to_owned(), ..Connector::default() };
    let mut notes = property::Notes { subject: name.to_owned(), lines: Vec::new() };
    let mut bookkeeping = Vec::new();
    for (property, value) in properties {
        if BOOKKEEPING.contains(property) {
            if *property != "Name" {
                bookkeeping.push(*property);
            }
        } else if !value::is_nothing(value) {
            property::carry(property, value, properties, &mut connector, &mut notes);
        }
    }
    property::settle(properties, &mut connector, &mut notes);
    let mechanism = MECHANISMS.name(connector.auth_mechanism);
    let account = mechanism.starts_with("BASIC").then(|| {
        let user = properties.get("AuthenticationCredential").and_then(|value| value::user_name(value));
        if user.is_none() {
            notes.add(
                Fate::Changed,
                "AuthenticationCredential: the user name is not in the file; write it as credential.basic.user",
            );
        }
        notes.add(
            Fate::Changed,
            "AuthenticationCredential: a password cannot be exported; the file refers to an environment variable",
        );
        basic_account(name, user, variables)
    });
    if !bookkeeping.is_empty() {
        notes.add(Fate::Dropped, format!("{}: bookkeeping of the directory", bookkeeping.join(", ")));
    }
    for (fate, text) in notes.lines {
        imported.report.add(fate, &notes.subject, text);
    }
    imported.connectors.push((connector, account));
}

#[cfg(test)]
mod tests;
