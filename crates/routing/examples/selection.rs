//! What routing costs: `cargo run --release -p postroad-routing --example selection`.
//!
//! Prints, for sets of several shapes and sizes, the time on the processor of one choice and of compiling the set (and of
//! giving it up), and the median time of finding the next fallback and of applying one change.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::indexing_slicing, reason = "a program for developers")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use postroad_connector_model::{
    AddressSpace, Connector, ConnectorDraft, Delta, Epoch, RelayIdentity, RelayRecord, ResourceName, Revision,
    SiteLink, SmartHostDraft, Snapshot, Surroundings,
};
use postroad_mail_types::{Mailbox, ReversePath};
use postroad_routing::{Query, RouteTable, compile, fallbacks, route};

/// How the connectors of a set differ.
#[derive(Clone, Copy)]
struct Shape {
    name: &'static str,
    /// Spaces, and further fields, of the nth.
    make: fn(usize, &mut ConnectorDraft),
    /// Recipient and sender that the nth connector, or nobody, is chosen for.
    ask: fn(usize) -> (String, String),
    size: Option<u64>,
}

const SHAPES: [Shape; 8] = [
    Shape { name: "a domain each", make: |n, d| spaces(d, &[format!("d{n}.example")]), ask: |n| to(n), size: None },
    Shape {
        name: "a suffix each",
        make: |n, d| spaces(d, &[format!("*.d{n}.example")]),
        ask: |n| below(n),
        size: None,
    },
    Shape {
        name: "nobody covers it",
        make: |n, d| spaces(d, &[format!("d{n}.example")]),
        ask: |_| stranger(),
        size: None,
    },
    Shape { name: "all *", make: |n, d| spaces(d, &[format!("*;{}", n % 100 + 1)]), ask: |n| to(n), size: None },
    Shape { name: "all *, a sender each", make: |n, d| sender(d, n), ask: |n| sent_by(n), size: None },
    Shape { name: "all *, nobody's sender", make: |n, d| sender(d, n), ask: |_| stranger(), size: None },
    Shape { name: "all *, most too small", make: |n, d| small(d, n), ask: |n| to(n), size: Some(50 << 20) },
    Shape { name: "all *, many sites", make: |n, d| sited(d, n), ask: |n| to(n), size: None },
];

fn spaces(draft: &mut ConnectorDraft, spaces: &[String]) {
    draft.address_spaces = spaces.iter().map(|s| AddressSpace::parse(s).unwrap().to_draft()).collect();
}

fn sender(draft: &mut ConnectorDraft, n: usize) {
    spaces(draft, &["*".to_owned()]);
    draft.sender_filter = vec![format!("d{n}.example")];
}

fn small(draft: &mut ConnectorDraft, n: usize) {
    spaces(draft, &["*".to_owned()]);
    draft.max_message_size = Some(if n == 0 { 0 } else { ((n % 20 + 1) << 20) as u64 });
}

fn sited(draft: &mut ConnectorDraft, n: usize) {
    spaces(draft, &[format!("*;{}", n % 100 + 1)]);
    draft.source_relays = vec![format!("r{}", n % 1000)];
}

fn to(n: usize) -> (String, String) {
    (format!("u@d{n}.example"), "s@x.example".to_owned())
}

fn below(n: usize) -> (String, String) {
    (format!("u@mail.eu.d{n}.example"), "s@x.example".to_owned())
}

fn stranger() -> (String, String) {
    ("u@mail.eu.stranger.example".to_owned(), "s@mail.x.example".to_owned())
}

fn sent_by(n: usize) -> (String, String) {
    ("u@mail.eu.stranger.example".to_owned(), format!("s@d{n}.example"))
}

fn connector(n: usize, shape: Shape) -> Arc<Connector> {
    let mut draft = ConnectorDraft {
        id: format!("00000000-0000-4000-8000-{n:012}"),
        name: format!("Connector {n}"),
        smart_hosts: vec![SmartHostDraft { host: "h.example".to_owned(), ..Default::default() }],
        ..Default::default()
    };
    (shape.make)(n, &mut draft);
    Arc::new(Connector::from_draft(draft).unwrap().0)
}

/// A thousand relays in a hundred sites, each linked with the next.
fn fleet() -> Surroundings {
    let site = |n: usize| format!("site{}", n % 100);
    let relays = (0..1000).map(|n| RelayRecord::new(&format!("r{n}"), &site(n), BTreeMap::new()).unwrap());
    let links = (0..100).map(|n| SiteLink::new(&site(n), &site(n + 1), None).unwrap());
    Surroundings {
        relays: relays.map(|r| (r.name.clone(), Arc::new(r))).collect(),
        site_links: links.map(|l| ((l.from.clone(), l.to.clone()), Arc::new(l))).collect(),
        ..Default::default()
    }
}

fn snapshot(count: usize, shape: Shape) -> Snapshot {
    Snapshot {
        epoch: Epoch([1; 16]),
        revision: Revision(1),
        connectors: (0..count).map(|n| connector(n, shape)).collect(),
        credentials: BTreeMap::new(),
        surroundings: fleet(),
    }
}

/// The middle of several runs.
fn median(mut runs: Vec<Duration>) -> Duration {
    runs.sort();
    runs[runs.len() / 2]
}

/// What this thread has had of the processor; the kernel counts it in ticks of some milliseconds. On a machine that does
/// other things it says more than the clock.
fn processor_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

/// Time on the processor of one of the `each` things that a run does, over several runs.
fn busy<T>(times: u32, each: u32, mut run: impl FnMut() -> T) -> String {
    let Some(before) = processor_time() else { return "-".to_owned() };
    for _ in 0..times {
        drop(black_box(run()));
    }
    let spent = processor_time().unwrap_or(before).saturating_sub(before);
    format!("{:.2?}", spent / times / each)
}

fn timed<T>(times: usize, mut run: impl FnMut(usize) -> T) -> Duration {
    let runs = (0..times).map(|n| {
        let start = Instant::now();
        black_box(run(n));
        start.elapsed()
    });
    median(runs.collect())
}

fn choice(table: &RouteTable, count: usize, shape: Shape) -> String {
    const ROUND: usize = 1000;
    let asks: Vec<_> = (0..ROUND)
        .map(|n| {
            let (to, from) = (shape.ask)(n * 7919 % count);
            (Mailbox::parse(&to).unwrap(), ReversePath::Mailbox(Mailbox::parse(&from).unwrap()))
        })
        .collect();
    let round = || {
        for (recipient, sender) in &asks {
            let query = Query { recipient, sender, size: shape.size, listener: Some("default") };
            drop(black_box(route(table, &query)));
        }
    };
    busy(200, ROUND as u32, round)
}

fn main() {
    let relay = RelayIdentity { name: "r7".to_owned(), site: String::new() };
    println!("| shape | connectors | choice | next fallback | compile | apply one change |\n|---|---|---|---|---|---|");
    for shape in SHAPES {
        for count in [100, 10_000, 100_000] {
            let snapshot = snapshot(count, shape);
            let table = compile(&snapshot, &relay).unwrap();
            let compiling = busy(if count > 10_000 { 3 } else { 20 }, 1, || compile(&snapshot, &relay).unwrap());
            let changed = |n: usize| {
                let mut connector = (*snapshot.connectors[n * 7919 % count]).clone();
                connector.comment = "changed".to_owned();
                connector.enabled = n.is_multiple_of(2);
                let upserts = vec![Arc::new(connector)];
                table.apply(&Delta { revision: Revision(2), upserts, ..Default::default() }).unwrap()
            };
            let applying = timed(101, changed);
            let (to, from) = (shape.ask)(0);
            let (to, from) = (Mailbox::parse(&to).unwrap(), ReversePath::Mailbox(Mailbox::parse(&from).unwrap()));
            let query = Query { recipient: &to, sender: &from, size: shape.size, listener: None };
            let falling = match route(&table, &query) {
                Ok(chosen) => format!("{:.2?}", timed(101, |_| fallbacks(&table, &query, &chosen).next())),
                Err(_) => "-".to_owned(),
            };
            let choosing = choice(&table, count, shape);
            println!("| {} | {count} | {choosing} | {falling} | {compiling} | {applying:.2?} |", shape.name);
        }
    }
    let snapshot = snapshot(10_000, SHAPES[7]);
    let table = compile(&snapshot, &relay).unwrap();
    let mut surroundings = fleet();
    let link = SiteLink::new("site0", "site50", Some(1)).unwrap();
    surroundings.site_links.insert((link.from.clone(), link.to.clone()), Arc::new(link));
    let delta = Delta { revision: Revision(2), surroundings: Some(surroundings), ..Default::default() };
    println!(
        "\nanother site link, 10000 connectors with source relays: {:.2?}",
        timed(11, |_| table.apply(&delta).unwrap())
    );
    let here = ResourceName::parse("site7").unwrap();
    assert_eq!(table.site(), Some(&here));
}
