//! One connector takes the place of another, or nobody does; and what cannot be used here is not used.

use std::collections::BTreeMap;
use std::time::Duration;

use postroad_connector_model::ConnectorDraft;
use postroad_delivery::FaultKind;
use postroad_pipeline::{Abort, Transaction};

use crate::bench::{Bench, rcpt, send};
use crate::fake::{Act, FakeCourier, Script};
use crate::notation::{self, DOWN, example};

const DEAD: Act = Act::Fault(FaultKind::Connect);
const LOST: Act = Act::Fault(FaultKind::Lost);

/// A pipeline over connectors in the notation of the examples: the nth has one host at port 100 + n. Those that are down
/// are so before MAIL; `scripts` says what the others do, by name.
fn bench(set: &str, relay: &str, scripts: &[(&str, Script)]) -> (Bench, BTreeMap<u16, String>) {
    let (mut names, mut hosts) = (BTreeMap::new(), BTreeMap::new());
    let ports = |at: usize, draft: &mut ConnectorDraft| {
        let port = 100 + u16::try_from(at).unwrap();
        names.insert(port, draft.name.clone());
        for host in &mut draft.smart_hosts {
            host.port = port.into();
            if host.host == DOWN {
                hosts.insert(port, Script { open: Some(DEAD), ..Script::default() });
            }
        }
        if let Some((_, script)) = scripts.iter().find(|(name, _)| *name == draft.name) {
            hosts.insert(port, script.clone());
        }
    };
    let table = notation::table_of(notation::read_set_with(set, ports), relay);
    (Bench::over(Some(std::sync::Arc::new(table)), Duration::from_secs(10), hosts), names)
}

fn at_rcpt(mailbox: &'static str, acts: &[Act]) -> Script {
    Script { rcpt: [(mailbox, acts.iter().copied().collect())].into(), ..Script::default() }
}

/// Names of the connectors whose hosts took the end of a message.
fn carried_by(bench: &Bench, names: &BTreeMap<u16, String>) -> Vec<String> {
    let dots = bench.said();
    let ports = dots.iter().filter_map(|said| said.strip_suffix(" dot")?.parse().ok());
    ports.map(|port: u16| names[&port].clone()).collect()
}

async fn deliver(transaction: &mut Transaction<FakeCourier>, to: &str) -> String {
    let told = rcpt(transaction, to).await;
    if told.starts_with("250") { send(transaction, b"x\r\n").await } else { told }
}

async fn decide(number: u8) {
    let example = example(number);
    let (bench, names) = bench(example.set, example.relay, &[]);
    let mut transaction = bench.begin_from(example.from);
    let told = deliver(&mut transaction, example.to).await;
    transaction.settle(true).await;
    let carried = carried_by(&bench, &names);
    if names.values().any(|name| name == example.chosen) {
        assert_eq!((told.as_str(), carried), ("250 2.9.9", vec![example.chosen.to_owned()]), "{}", example.set);
    } else {
        assert_eq!((told.as_str(), carried), (example.chosen, vec![]), "{}", example.set);
    }
}

#[tokio::test]
async fn example_29_the_next_of_the_same_space_and_rank_takes_over() {
    decide(29).await;
}

#[tokio::test]
async fn example_30_another_address_space_does_not_take_over() {
    decide(30).await;
}

#[tokio::test]
async fn example_31_a_weaker_one_does_not_take_over() {
    decide(31).await;
}

#[tokio::test]
async fn example_32_a_weaker_one_is_skipped() {
    decide(32).await;
}

#[tokio::test]
async fn example_33_from_a_sender_filter_never_to_none() {
    decide(33).await;
}

#[tokio::test]
async fn another_connector_takes_over_before_the_first_octet_only() {
    for (script, told, carried) in [
        (Script { open: Some(Act::Fault(FaultKind::Login)), ..Script::default() }, "250 2.9.9", vec!["B"]),
        (Script { mail: Some(LOST), ..Script::default() }, "250 2.9.9", vec!["B"]),
        (at_rcpt("u@y.example", &[LOST]), "250 2.9.9", vec!["B"]),
        (Script { data: Some(LOST), ..Script::default() }, "250 2.9.9", vec!["B"]),
        // A verdict is the host's own, and with the first octet it is too late.
        (Script { mail: Some(Act::Say(451)), ..Script::default() }, "451 4.9.9", vec![]),
        (at_rcpt("u@y.example", &[Act::Say(450)]), "450 4.9.9", vec![]),
        (Script { data: Some(Act::Say(451)), ..Script::default() }, "451 4.9.9", vec![]),
        (Script { body: Some(LOST), ..Script::default() }, "451 4.4.2", vec![]),
        (Script { dot: Some(LOST), ..Script::default() }, "451 4.4.2", vec!["A"]),
    ] {
        let (bench, names) = bench("A[*;1] B[*;2]", "p1", &[("A", script.clone())]);
        let mut transaction = bench.begin();
        assert_eq!(deliver(&mut transaction, "u@y.example").await, told, "{script:?}");
        transaction.settle(true).await;
        assert_eq!(carried_by(&bench, &names), carried, "{script:?}");
    }
}

#[tokio::test]
async fn at_the_end_of_the_list_the_first_connectors_own_fault_is_told() {
    let fails = |kind| Script { open: Some(Act::Fault(kind)), ..Script::default() };
    let scripts = [("A", fails(FaultKind::Name)), ("B", fails(FaultKind::Login)), ("C", fails(FaultKind::Connect))];
    let (bench, _) = bench("A[*;1] B[*;2] C[*;3]", "p1", &scripts);
    let mut transaction = bench.begin();
    assert_eq!(deliver(&mut transaction, "u@y.example").await, "451 4.4.3");
    // The next recipient is told the same without a round through dead hosts.
    assert_eq!(bench.said(), ["100 open", "101 open", "102 open"]);
    assert_eq!(deliver(&mut transaction, "v@y.example").await, "451 4.4.3");
    assert_eq!(bench.said(), [""; 0]);
    transaction.abort(Abort::Client).await;
    assert_eq!(bench.attempts(), 3);
}

/// The fault of the one that was chosen, also when the one in its place is lost at DATA.
#[tokio::test]
async fn the_first_connectors_own_fault_is_told_at_data_too() {
    let lost = Script { data: Some(LOST), ..Script::default() };
    let (bench, _) = bench("A[*;1 down] B[*;2]", "p1", &[("B", lost)]);
    let mut transaction = bench.begin();
    assert_eq!(deliver(&mut transaction, "u@y.example").await, "451 4.4.1");
    transaction.settle(true).await;
    assert!(bench.outcome().starts_with("tempfail "), "{}", bench.outcome());
}

#[tokio::test]
async fn whoever_takes_over_accepts_everybody_again() {
    let lost = at_rcpt("two@y.example", &[LOST]);
    let (bench, _) = bench("A[*;1] B[*;2]", "p1", &[("A", lost)]);
    let mut transaction = bench.begin();
    assert_eq!(rcpt(&mut transaction, "one@y.example").await, "250 2.9.9");
    assert_eq!(rcpt(&mut transaction, "two@y.example").await, "250 2.9.9");
    assert_eq!(send(&mut transaction, b"x\r\n").await, "250 2.9.9");
    transaction.settle(true).await;
    let said = bench.said();
    let second: Vec<_> = said.iter().filter_map(|said| said.strip_prefix("101 ")).collect();
    assert_eq!(second, ["open", "MAIL", "RCPT one@y.example", "RCPT two@y.example", "DATA", "dot", "QUIT"]);
}

#[tokio::test]
async fn whoever_does_not_accept_everybody_again_means_451_at_data() {
    for refusal in [Act::Say(550), Act::Say(450)] {
        let scripts = [("A", at_rcpt("two@y.example", &[LOST])), ("B", at_rcpt("one@y.example", &[refusal]))];
        let (bench, names) = bench("A[*;1] B[*;2] C[*;3]", "p1", &scripts);
        let mut transaction = bench.begin();
        assert_eq!(rcpt(&mut transaction, "one@y.example").await, "250 2.9.9");
        assert_eq!(rcpt(&mut transaction, "two@y.example").await, "451 4.4.2");
        assert_eq!(send(&mut transaction, b"x\r\n").await, "451 4.4.2");
        transaction.settle(true).await;
        assert_eq!(carried_by(&bench, &names), [""; 0]);
    }
}

/// "A" carries both recipients, but B may take the place of A for the first alone.
#[tokio::test]
async fn whoever_may_not_carry_everybody_that_was_accepted_does_not_take_over() {
    let set = "A[*;1 z.example;1] B[*;2] C[*;3 z.example;3]";
    let lost = Script { data: Some(LOST), ..Script::default() };
    for (set, told, carried) in [(set, "250 2.9.9", vec!["C"]), ("A[*;1 z.example;1] B[*;2]", "451 4.4.2", vec![])] {
        let (bench, names) = bench(set, "p1", &[("A", lost.clone())]);
        let mut transaction = bench.begin();
        assert_eq!(rcpt(&mut transaction, "u@y.example").await, "250 2.9.9");
        assert_eq!(rcpt(&mut transaction, "u@z.example").await, "250 2.9.9");
        assert_eq!(send(&mut transaction, b"x\r\n").await, told, "{set}");
        transaction.settle(true).await;
        assert_eq!(carried_by(&bench, &names), carried, "{set}");
    }
}

#[tokio::test]
async fn a_later_recipient_joins_only_if_it_may_use_the_connector_in_use() {
    let (bench, names) = bench("A[*;1 z.example;1 down] B[*;2]", "p1", &[]);
    let mut transaction = bench.begin();
    assert_eq!(rcpt(&mut transaction, "u@y.example").await, "250 2.9.9");
    assert_eq!(rcpt(&mut transaction, "u@z.example").await, "452 4.5.3");
    assert_eq!(rcpt(&mut transaction, "v@y.example").await, "250 2.9.9");
    assert_eq!(send(&mut transaction, b"x\r\n").await, "250 2.9.9");
    transaction.settle(true).await;
    assert_eq!(carried_by(&bench, &names), ["B"]);
}

/// A connector that was found dead for one recipient has other fallbacks for the next.
#[tokio::test]
async fn one_that_reached_no_host_pins_nothing() {
    let (bench, names) = bench("A[*;1 z.example;1 down] B[z.example;2]", "p1", &[]);
    let mut transaction = bench.begin();
    assert_eq!(rcpt(&mut transaction, "u@y.example").await, "451 4.4.1");
    assert_eq!(bench.said(), ["100 open"]);
    assert_eq!(rcpt(&mut transaction, "u@z.example").await, "250 2.9.9");
    assert_eq!(bench.said(), ["101 open", "101 MAIL", "101 RCPT u@z.example"]);
    assert_eq!(send(&mut transaction, b"x\r\n").await, "250 2.9.9");
    transaction.settle(true).await;
    assert_eq!(carried_by(&bench, &names), ["B"]);
}

#[tokio::test]
async fn a_verdict_of_the_one_that_took_over_is_told_to_everybody() {
    let refuses = Script { mail: Some(Act::Say(550)), ..Script::default() };
    let (bench, _) = bench("A[*;1 down] B[*;2] C[*;3]", "p1", &[("B", refuses)]);
    let mut transaction = bench.begin();
    assert_eq!(rcpt(&mut transaction, "u@y.example").await, "550 5.9.9");
    bench.said();
    assert_eq!(rcpt(&mut transaction, "v@y.example").await, "550 5.9.9");
    assert_eq!(bench.said(), [""; 0]);
    transaction.abort(Abort::Client).await;
}

#[tokio::test]
async fn one_that_cannot_be_used_here_is_as_one_whose_hosts_have_failed() {
    for (set, told, carried) in [
        // Something that the courier cannot do, and another relay's.
        ("A[*;1 mx] B[*;2]", "250 2.9.9", vec!["B"]),
        ("A[*;1 src=p2] B[*;2]", "250 2.9.9", vec!["B"]),
        ("A[*;1 src=p2] B[*;2 tls=0]", "451 4.3.2", vec![]),
        ("A[*;1 mx]", "451 4.3.2", vec![]),
        // The chosen one's own fault again.
        ("A[*;1 mx] B[*;2 down]", "451 4.3.2", vec![]),
        ("A[*;1 down] B[*;2 mx]", "451 4.4.1", vec![]),
    ] {
        let (bench, names) = bench(set, "p1", &[]);
        let mut transaction = bench.begin();
        assert_eq!(deliver(&mut transaction, "u@y.example").await, told, "{set}");
        transaction.settle(true).await;
        assert_eq!(carried_by(&bench, &names), carried, "{set}");
    }
}

#[tokio::test]
async fn mail_of_a_linked_listener_goes_by_its_connector_or_not_at_all() {
    // The sessions of these tests come in by the listener "smtp".
    for (set, told, carried) in [
        ("A[*] L[listener=SMTP max=0]", "250 2.9.9", vec!["L"]),
        ("A[*] L[listener=smtp max=0 down]", "451 4.4.1", vec![]),
        ("A[*] L[listener=smtp max=0 off]", "451 4.3.2", vec![]),
        ("A[*] L[listener=other max=0]", "250 2.9.9", vec!["A"]),
    ] {
        let (bench, names) = bench(set, "p1", &[]);
        let mut transaction = bench.begin();
        assert_eq!(deliver(&mut transaction, "u@y.example").await, told, "{set}");
        transaction.settle(true).await;
        assert_eq!(carried_by(&bench, &names), carried, "{set}");
    }
}
