//! The texts that quickstart prints.

use std::net::SocketAddr;

use serde::Serialize;

use super::capturing_host::Captured;
use super::hop::{Hop, JsonHop};
use super::proof::Proof;
use super::sender::{Envelope, Sent};
use super::system::NAME;
use super::tree;
use crate::printable::printable;

/// Where the parts are.
#[derive(Debug)]
pub(super) struct Places {
    /// The control plane's gRPC port.
    pub(super) grpc: SocketAddr,
    /// The relay's SMTP port.
    pub(super) smtp: SocketAddr,
    /// The relay's health port.
    pub(super) admin: SocketAddr,
    /// The smart host.
    pub(super) smart_host: String,
    /// The smart host is the capturing one.
    pub(super) captures: bool,
    /// Where the data is, and what becomes of it.
    pub(super) data_dir: String,
}

/// The last line, for programs.
#[derive(Serialize)]
struct Summary<'a> {
    revision: u64,
    reply: String,
    identical: Option<bool>,
    spans: Vec<JsonHop<'a>>,
}

/// What was started.
pub(super) fn parts(places: &Places, revision: u64) -> String {
    let captures = if places.captures { "captures what it is given" } else { "yours" };
    format!(
        "control plane   http://{}, data in {}\n\
         smart host      {}, {captures}\n\
         relay           smtp {}, health http://{}/readyz\n\
         connector       \"{NAME}\", SMTP:*;1 to {}, applied by the relay at revision {revision}\n",
        places.grpc, places.data_dir, places.smart_host, places.smtp, places.admin, places.smart_host,
    )
}

/// What became of the message.
pub(super) fn outcome(sent: &Sent, captured: Option<&Captured>, above: Option<&[u8]>, proof: &Proof) -> String {
    let mut lines = vec![format!("reply           {}", printable(&sent.reply.text()))];
    match (proof.identical, captured) {
        (None, _) => {
            lines.push(
                "smart host has  not known: what a smart host other than the capturing one has cannot be seen".into(),
            );
        }
        (Some(identical), Some(captured)) => {
            let verdict = if identical { "the very message, below" } else { "ANOTHER message than was sent" };
            lines.push(format!("smart host has  {} octets: {verdict}", captured.octets.len()));
        }
        (Some(_), None) => lines.push("smart host has  nothing".to_owned()),
    }
    let above = String::from_utf8_lossy(above.unwrap_or_default());
    lines.extend(above.lines().map(|line| format!("    {}", printable(&line.replace('\t', "    ")))));
    lines.join("\n")
}

/// The trace, as a tree.
pub(super) fn trace(sent: &Sent, hops: &[Hop]) -> String {
    let id = sent.reply.trace_id().unwrap_or("unknown");
    format!("trace           {id}\n{}\n", tree::draw(hops))
}

/// The JSON object, in one line.
pub(super) fn summary(revision: u64, sent: &Sent, proof: &Proof, hops: &[Hop]) -> String {
    let mut hops: Vec<_> = hops.iter().collect();
    hops.sort_by_key(|hop| hop.start);
    let summary = Summary {
        revision,
        reply: sent.reply.text(),
        identical: proof.identical,
        spans: hops.into_iter().map(Hop::json).collect(),
    };
    serde_json::to_string(&summary).unwrap_or_default()
}

/// What a newcomer may do now.
pub(super) fn next_steps(places: &Places, envelope: &Envelope) -> String {
    let (host, port) = (places.smtp.ip(), places.smtp.port());
    let look =
        if places.captures { "each message that arrives is told here" } else { "it leaves through your smart host" };
    format!(
        "\nTry next:\n  \
         swaks --server {host} --port {port} --from {from} --to {to}\n      {look}\n  \
         export POSTROAD_SERVER=http://{grpc}\n  \
         postroad connector create --name example --address-space example.net --smart-host {smart}\n  \
         postroad route explain someone@example.net\n  \
         postroad connector list\n  \
         postroad relay list\n  \
         OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317 postroad quickstart\n      \
         sends the traces to a collector too\n\
         Ctrl-C ends everything.\n",
        from = envelope.from,
        to = envelope.to,
        grpc = places.grpc,
        smart = places.smart_host,
    )
}

/// A message that the capturing host got.
pub(super) fn arrival(sender: &str, recipients: &[String], octets: usize) -> String {
    let to = recipients.first().map_or("", String::as_str);
    let more = match recipients.len() {
        0 | 1 => String::new(),
        several => format!(" and {} more", several - 1),
    };
    printable(&format!("smart host got {octets} octets from <{sender}> for <{to}>{more}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quickstart::sender::Reply;
    use crate::quickstart::tree::tests::hop;
    use tokio::time::Instant;

    #[test]
    fn the_summary_has_the_form_that_is_promised() {
        let sent = Sent { stage: "end of data", reply: Reply::of(250, "2.0.0 ok"), replied: Instant::now() };
        let proof = Proof { identical: Some(true), faults: Vec::new() };
        let hops = [hop("smtp.send q", "CLIENT", "b", Some("a"), 1), hop("smtp.receive smtp", "SERVER", "a", None, 0)];
        assert_eq!(
            summary(3, &sent, &proof, &hops),
            "{\"revision\":3,\"reply\":\"250 2.0.0 ok\",\"identical\":true,\"spans\":[\
             {\"name\":\"smtp.receive smtp\",\"kind\":\"SERVER\",\"trace_id\":\"0123456789abcdef0123456789abcdef\",\
             \"span_id\":\"a\",\"parent_id\":null,\"duration_ms\":12.34},\
             {\"name\":\"smtp.send q\",\"kind\":\"CLIENT\",\"trace_id\":\"0123456789abcdef0123456789abcdef\",\
             \"span_id\":\"b\",\"parent_id\":\"a\",\"duration_ms\":12.34}]}"
        );
        let unknown = Proof::default();
        assert!(summary(3, &sent, &unknown, &[]).contains("\"identical\":null,\"spans\":[]"));
    }

    #[test]
    fn arrivals_are_told_in_one_line() {
        assert_eq!(
            arrival("", &["a@b\n".into(), "c@d".into()], 5),
            "smart host got 5 octets from <> for <a@b\u{fffd}> and 1 more"
        );
    }
}
