//! `postroad relay set` and `remove`: the record that says where a relay stands.

use std::collections::BTreeMap;

use clap::Args;
use postroad_api::fleet::v1::{DeleteRelayRequest, Relay, UpdateRelayRequest};
use serde_json::json;

use super::list;
use crate::client::{Reach, send};
use crate::printable::printable;
use crate::writing::{Writing, request_id};
use crate::{Console, Failure, Output};

/// Where a relay stands.
#[derive(Args, Debug)]
pub(crate) struct SetArguments {
    /// Its name.
    name: String,
    /// The site it stands in; empty: none.
    #[arg(long)]
    site: Option<String>,
    /// A label, KEY=VALUE; connectors name relays by them (group:KEY=VALUE, group:KEY). Repeat it for more; they replace
    /// all labels, and one empty value removes them.
    #[arg(long = "label", value_name = "KEY=VALUE")]
    labels: Vec<String>,
    #[command(flatten)]
    writing: Writing,
}

/// Whose record to remove.
#[derive(Args, Debug)]
pub(crate) struct RemoveArguments {
    /// Its name.
    name: String,
    #[command(flatten)]
    writing: Writing,
}

fn labels(texts: &[String]) -> Result<Option<BTreeMap<String, String>>, Failure> {
    if texts.is_empty() {
        return Ok(None);
    }
    let mut labels = BTreeMap::new();
    for text in texts.iter().filter(|text| !text.is_empty()) {
        let (key, value) = text
            .split_once('=')
            .filter(|(key, _)| !key.is_empty())
            .ok_or_else(|| Failure::usage(format!("--label \"{text}\": Write KEY=VALUE.")))?;
        labels.insert(key.to_owned(), value.to_owned());
    }
    Ok(Some(labels))
}

pub(super) async fn set(
    arguments: SetArguments,
    reach: &Reach,
    output: Output,
    console: &mut Console,
) -> Result<(), Failure> {
    let labels = labels(&arguments.labels)?;
    if labels.is_none() && arguments.site.is_none() {
        return Err(Failure::usage("Say what to set: --site, --label or both."));
    }
    let control_plane = reach.connect().await?;
    let known = list::all(&control_plane).await?.relays;
    let etag = known.into_iter().find(|relay| relay.name.eq_ignore_ascii_case(&arguments.name)).map(|relay| relay.etag);
    let update_mask = [("site", arguments.site.is_some()), ("labels", labels.is_some())];
    let request = UpdateRelayRequest {
        name: arguments.name,
        site: arguments.site.unwrap_or_default(),
        labels: labels.unwrap_or_default(),
        etag: etag.unwrap_or_default(),
        update_mask: update_mask.into_iter().filter(|(_, said)| *said).map(|(path, _)| path.to_owned()).collect(),
        validate_only: arguments.writing.dry_run,
        request_id: request_id(),
    };
    let relay = send!(control_plane, fleet.update_relay(request))?;
    let value = json!({"name": relay.name, "site": relay.granted_site, "labels": relay.labels, "etag": relay.etag});
    console.print(output, &value, || sentence(&relay, arguments.writing))
}

fn sentence(relay: &Relay, writing: Writing) -> String {
    let name = printable(&relay.name);
    if writing.dry_run {
        return format!("the record of relay \"{name}\" would be accepted; nothing was stored");
    }
    let site = match relay.granted_site.as_str() {
        "" => "no site".to_owned(),
        site => format!("site {}", printable(site)),
    };
    let labels: Vec<_> = relay.labels.iter().map(|(key, value)| printable(&format!("{key}={value}"))).collect();
    let labels = if labels.is_empty() { "no labels".to_owned() } else { labels.join(", ") };
    format!("relay \"{name}\" has {site}, {labels}")
}

pub(super) async fn remove(
    arguments: &RemoveArguments,
    reach: &Reach,
    output: Output,
    console: &mut Console,
) -> Result<(), Failure> {
    arguments.writing.can_ask(console)?;
    let control_plane = reach.connect().await?;
    let known = list::all(&control_plane).await?.relays;
    let relay =
        known.into_iter().find(|relay| relay.name.eq_ignore_ascii_case(&arguments.name) && !relay.etag.is_empty());
    let name = printable(&arguments.name);
    let relay = relay.ok_or_else(|| Failure::usage(format!("Relay \"{name}\" has no record; nothing was changed.")))?;
    arguments.writing.allow(&format!("Remove the record of relay \"{name}\"?"), console)?;
    let request = DeleteRelayRequest {
        name: relay.name.clone(),
        etag: relay.etag,
        validate_only: arguments.writing.dry_run,
        request_id: request_id(),
    };
    let revision = send!(control_plane, fleet.delete_relay(request))?.revision;
    console.print(output, &json!({"name": relay.name, "revision": revision}), || match arguments.writing.dry_run {
        true => format!("the record of relay \"{name}\" could be removed; nothing was changed"),
        false => format!("removed the record of relay \"{name}\", revision {revision}"),
    })
}
