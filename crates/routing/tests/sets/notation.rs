//! `A[*;10 max=10M] "Connector 2"[contoso.com off]`: connectors with their spaces, then options; `examples.txt` says which.

use std::collections::BTreeMap;
use std::sync::Arc;

use postroad_connector_model::{
    AddressSpace, AddressSpaceDraft, AuthMechanism, Connector, ConnectorDraft, Epoch, RelayIdentity, RelayRecord,
    Revision, Site, SiteLink, SmartHostDraft, Snapshot, Surroundings, TlsAuthLevel,
};
use postroad_mail_types::{Mailbox, ReversePath};
use postroad_routing::{Query, RouteTable, compile};

/// The smart host of connectors that are down.
pub(crate) const DOWN: &str = "down.example";

/// One line of `examples.txt`.
pub(crate) struct Example {
    pub(crate) number: u8,
    pub(crate) set: &'static str,
    pub(crate) relay: &'static str,
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
    pub(crate) size: Option<u64>,
    /// The name of the connector that carries it in the end, or the codes of the refusal.
    pub(crate) chosen: &'static str,
}

/// The examples of the operator's handbook.
pub(crate) fn example(number: u8) -> Example {
    let all = include_str!("examples.txt").lines().filter(|line| !line.starts_with('#'));
    let mut all = all.map(|line| line.split(" | ").collect::<Vec<_>>());
    let found = all.find(|columns| columns[0] == number.to_string()).expect("an example of this number");
    let [_, set, relay, from, to, size, chosen, _why] = found[..] else { panic!("eight columns: {found:?}") };
    Example { number, set, relay, from, to, size: read_size(size), chosen }
}

/// The connector of a draft that needs no more than these fields.
pub(crate) fn connector(mut draft: ConnectorDraft) -> Arc<Connector> {
    if draft.smart_hosts.is_empty() && draft.dns_routing != Some(true) {
        draft.smart_hosts = vec![SmartHostDraft { host: "192.0.2.25".to_owned(), ..SmartHostDraft::default() }];
    }
    let (connector, _warnings) = Connector::from_draft(draft).unwrap();
    Arc::new(connector)
}

/// Reads a set; ids are the positions.
pub(crate) fn read_set(text: &str) -> Vec<Arc<Connector>> {
    read_set_with(text, |_, _| {})
}

/// Reads a set and changes each draft by its position.
pub(crate) fn read_set_with(text: &str, mut change: impl FnMut(usize, &mut ConnectorDraft)) -> Vec<Arc<Connector>> {
    text.split_terminator(']')
        .enumerate()
        .map(|(at, one)| {
            let (name, inner) = one.split_once('[').expect("a [ after the name");
            let mut draft = ConnectorDraft {
                id: format!("id-{at}"),
                name: name.trim().trim_matches('"').to_owned(),
                ..ConnectorDraft::default()
            };
            draft.smart_hosts = vec![SmartHostDraft { host: "192.0.2.25".to_owned(), ..SmartHostDraft::default() }];
            inner.split_whitespace().for_each(|word| read_word(word, &mut draft));
            change(at, &mut draft);
            connector(draft)
        })
        .collect()
}

fn read_word(word: &str, draft: &mut ConnectorDraft) {
    let list = |text: &str| text.split(',').map(str::to_owned).collect();
    match word.split_once('=').unwrap_or((word, "")) {
        ("off", "") => draft.enabled = Some(false),
        ("scoped", "") => draft.scoped = true,
        ("down", "") => {
            draft.smart_hosts = vec![SmartHostDraft { host: DOWN.to_owned(), ..SmartHostDraft::default() }];
        }
        ("mx", "") => {
            draft.dns_routing = Some(true);
            draft.smart_hosts.clear();
        }
        ("trusted", "") => draft.auth_mechanism = AuthMechanism::ExternallySecured,
        ("max", size) => draft.max_message_size = read_size(size),
        ("src", relays) => draft.source_relays = list(relays),
        ("from", senders) => draft.sender_filter = list(senders),
        ("listener", name) => draft.linked_listener = name.to_owned(),
        ("tls", rank) => set_rank(draft, rank),
        _ => draft.address_spaces.push(space(word)),
    }
}

fn set_rank(draft: &mut ConnectorDraft, rank: &str) {
    draft.ignore_starttls = rank == "0";
    draft.require_tls = matches!(rank, "2" | "3" | "4");
    draft.tls_auth_level = match rank {
        "0" | "1" | "2" => None,
        "3" => Some(TlsAuthLevel::CertificateValidation),
        "4" => Some(TlsAuthLevel::DomainValidation),
        other => panic!("no TLS rank: {other}"),
    };
    if rank == "4" {
        draft.tls_domain = "mail.example".to_owned();
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

/// The sites and relays of the examples; `far` is a relay of a site that no link leads to, and `p2`, `b1` are labelled.
pub(crate) fn fleet() -> Surroundings {
    let sites = ["Prague", "Brno", "Vienna", "Island"];
    let links = [("Prague", "Brno", 100), ("Brno", "Vienna", 50), ("Prague", "Vienna", 300)];
    let relays =
        [("p1", "Prague"), ("p2", "Prague"), ("b1", "Brno"), ("b2", "Brno"), ("v1", "Vienna"), ("far", "Island")];
    let sites = sites.map(|name| Site::new(name, String::new()).unwrap());
    let links = links.map(|(from, to, cost)| SiteLink::new(from, to, Some(cost)).unwrap());
    let relays = relays.map(|(name, site)| {
        let edge = matches!(name, "p2" | "b1").then(|| ("tier".to_owned(), format!("edge-{name}")));
        RelayRecord::new(name, site, edge.into_iter().collect()).unwrap()
    });
    Surroundings {
        sites: sites.into_iter().map(|site| (site.name.clone(), Arc::new(site))).collect(),
        site_links: links.into_iter().map(|link| ((link.from.clone(), link.to.clone()), Arc::new(link))).collect(),
        relays: relays.into_iter().map(|relay| (relay.name.clone(), Arc::new(relay))).collect(),
        ..Surroundings::default()
    }
}

pub(crate) fn snapshot(connectors: Vec<Arc<Connector>>) -> Snapshot {
    Snapshot {
        epoch: Epoch([7; 16]),
        revision: Revision(42),
        connectors,
        credentials: BTreeMap::new(),
        surroundings: fleet(),
    }
}

pub(crate) fn identity(relay: &str) -> RelayIdentity {
    RelayIdentity { name: relay.to_owned(), site: String::new() }
}

pub(crate) fn table_of(connectors: Vec<Arc<Connector>>, relay: &str) -> RouteTable {
    compile(&snapshot(connectors), &identity(relay)).unwrap()
}

pub(crate) fn table(connectors: Vec<Arc<Connector>>) -> RouteTable {
    table_of(connectors, "p1")
}

/// What is asked, in words.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask<'a> {
    pub(crate) to: &'a str,
    /// `<>`: the null reverse-path.
    pub(crate) from: &'a str,
    pub(crate) size: Option<u64>,
    pub(crate) listener: Option<&'a str>,
}

impl<'a> Ask<'a> {
    pub(crate) const fn to(to: &'a str, size: Option<u64>) -> Self {
        Self { to, from: "s@x.example", size, listener: None }
    }

    /// Calls with a query that borrows its parts.
    pub(crate) fn with<T>(&self, answer: impl FnOnce(&Query<'_>) -> T) -> T {
        let recipient = Mailbox::parse(self.to).unwrap();
        let sender = match self.from {
            "<>" => ReversePath::Null,
            from => ReversePath::Mailbox(Mailbox::parse(from).unwrap()),
        };
        answer(&Query { recipient: &recipient, sender: &sender, size: self.size, listener: self.listener })
    }
}
