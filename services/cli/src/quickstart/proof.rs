//! Whether the message went the way that is promised.

use super::capturing_host::Captured;
use super::hop::Hop;
use super::sender::Sent;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Proof {
    /// The smart host has the very message, one Received field above it; `None` when it cannot be looked at.
    pub(super) identical: Option<bool>,
    /// Everything that is not as it should be.
    pub(super) faults: Vec<String>,
}

/// Checks the message itself: what the smart host has, and that the client was answered after it.
pub(super) fn of_message(sent: &Sent, message: &[u8], captured: Option<&Captured>) -> Proof {
    let mut faults = Vec::new();
    if !sent.reply.is_positive() {
        faults.push(format!("the relay answered {} with {}", sent.stage, sent.reply.text()));
    }
    let trace_id = sent.reply.trace_id();
    if trace_id.is_none() {
        faults.push("the reply does not end in id= and the 32 hex digits of a trace".to_owned());
    }
    let Some(captured) = captured else {
        return Proof { identical: None, faults };
    };
    let mut identical = true;
    match captured.octets.strip_suffix(message) {
        Some(above) => faults.extend(check_received(above, trace_id.unwrap_or_default())),
        None => {
            identical = false;
            faults.push(difference(&captured.octets, message));
        }
    }
    if sent.replied < captured.replied {
        faults.push("the client was answered before the smart host had taken the message over".to_owned());
    }
    Proof { identical: Some(identical), faults }
}

/// What stands above the message must be one Received field (RFC 5321 §4.4) with the trace id in it.
fn check_received(above: &[u8], trace_id: &str) -> Option<String> {
    let text = String::from_utf8_lossy(above);
    let mut lines = text.split_inclusive("\r\n");
    let first = lines.next().unwrap_or_default();
    let one_field = first.starts_with("Received:") && lines.all(|line| line.starts_with([' ', '\t']));
    if !one_field || !text.ends_with("\r\n") {
        return Some(format!("above the message stands {text:?} instead of one Received field"));
    }
    let mut words = text.split(|c: char| c.is_whitespace() || c == ';').filter(|word| !word.is_empty());
    let told = words.any(|word| word == "id") && words.next() == Some(trace_id);
    (!told).then(|| format!("the Received field does not hold \"id {trace_id}\": {text:?}"))
}

fn difference(received: &[u8], message: &[u8]) -> String {
    let same = received.iter().rev().zip(message.iter().rev()).take_while(|(a, b)| a == b).count();
    format!(
        "the smart host has another message: {} octets against {} sent, equal in the last {same}",
        received.len(),
        message.len()
    )
}

/// Checks the trace: one SERVER root, its attempts under it as CLIENT spans, the last of which succeeded, and nothing
/// that hangs elsewhere.
pub(super) fn of_trace(hops: &[Hop]) -> Vec<String> {
    let mut faults = Vec::new();
    let roots: Vec<_> = hops.iter().filter(|hop| hop.is_server() && hop.name.starts_with("smtp.receive")).collect();
    let [root] = roots.as_slice() else {
        return vec![format!("the trace has {} smtp.receive spans instead of one", roots.len())];
    };
    if root.parent_id.is_some() {
        faults.push("the smtp.receive span is no root".to_owned());
    }
    let mut sends: Vec<_> = hops
        .iter()
        .filter(|hop| hop.is_client() && hop.name.starts_with("smtp.send"))
        .filter(|hop| hop.parent_id.as_deref() == Some(&root.span_id))
        .collect();
    sends.sort_by_key(|hop| hop.start);
    match sends.last() {
        None => faults.push("the trace has no smtp.send span under smtp.receive".to_owned()),
        Some(last) => {
            if let Some(error) = &last.error {
                faults.push(format!("the last smtp.send span has status Error: {error}"));
            }
        }
    }
    if sends.len() + 1 != hops.len() {
        faults.push(format!("{} spans of the trace hang elsewhere", hops.len() - sends.len() - 1));
    }
    faults
}

#[cfg(test)]
mod tests;
