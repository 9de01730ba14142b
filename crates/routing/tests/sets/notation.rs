//! `A[*;10 max=10M] "Connector 2"[contoso.com off]`: connectors with their spaces, then options.

use std::collections::BTreeMap;
use std::sync::Arc;

use postroad_connector_model::{
    AddressSpace, AddressSpaceDraft, Connector, ConnectorDraft, Epoch, RelayIdentity, Revision, SmartHostDraft,
    Snapshot,
};
use postroad_mail_types::{Mailbox, ReversePath};
use postroad_routing::{Query, RouteTable, compile};

/// The connector of a draft that needs no more than these fields.
pub(crate) fn connector(draft: ConnectorDraft) -> Arc<Connector> {
    let smart_hosts = vec![SmartHostDraft { host: "192.0.2.25".to_owned(), ..SmartHostDraft::default() }];
    let (connector, _warnings) = Connector::from_draft(ConnectorDraft { smart_hosts, ..draft }).unwrap();
    Arc::new(connector)
}

/// Reads a set; ids are the positions.
pub(crate) fn read_set(text: &str) -> Vec<Arc<Connector>> {
    text.split_terminator(']')
        .enumerate()
        .map(|(at, one)| {
            let (name, inner) = one.split_once('[').expect("a [ after the name");
            let mut draft = ConnectorDraft {
                id: format!("id-{at}"),
                name: name.trim().trim_matches('"').to_owned(),
                ..ConnectorDraft::default()
            };
            inner.split(' ').for_each(|word| read_word(word, &mut draft));
            connector(draft)
        })
        .collect()
}

fn read_word(word: &str, draft: &mut ConnectorDraft) {
    if word == "off" {
        draft.enabled = Some(false);
    } else if let Some(size) = word.strip_prefix("max=") {
        draft.max_message_size = read_size(size);
    } else {
        draft.address_spaces.push(space(word));
    }
}

fn space(text: &str) -> AddressSpaceDraft {
    AddressSpace::parse(text).unwrap().to_draft()
}

/// `-`: none; `10M`; `0`.
pub(crate) fn read_size(text: &str) -> Option<u64> {
    if text == "-" {
        return None;
    }
    let bytes = match text.strip_suffix('M') {
        Some(millions) => millions.parse::<u64>().unwrap() * 1_048_576,
        None => text.parse().unwrap(),
    };
    Some(bytes)
}

pub(crate) fn snapshot(connectors: Vec<Arc<Connector>>) -> Snapshot {
    Snapshot {
        epoch: Epoch([7; 16]),
        revision: Revision(42),
        connectors,
        credentials: BTreeMap::new(),
        surroundings: Default::default(),
    }
}

pub(crate) fn table(connectors: Vec<Arc<Connector>>) -> RouteTable {
    compile(&snapshot(connectors), &RelayIdentity::default()).unwrap()
}

/// Calls with a query that borrows its parts.
pub(crate) fn ask<T>(recipient: &str, size: Option<u64>, answer: impl FnOnce(&Query<'_>) -> T) -> T {
    let recipient = Mailbox::parse(recipient).unwrap();
    let sender = ReversePath::Mailbox(Mailbox::parse("s@x.example").unwrap());
    answer(&Query { recipient: &recipient, sender: &sender, size })
}
