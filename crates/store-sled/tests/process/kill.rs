//! ST11: killed at any moment, the store has every answered change, and none by half.

use std::collections::HashMap;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use postroad_store::{ConnectorStore, Kind, Stored};
use postroad_store_sled::SledStore;

use crate::append;

/// What was answered last about one id: its revision, and its content; `None` when it was removed.
type Answered = HashMap<String, (u64, Option<u8>)>;

#[test]
fn st11_every_answered_write_survives_kill_9() {
    let rounds = if std::env::var_os("POSTROAD_LONG").is_some_and(|long| long == "1") { 200 } else { 30 };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let root = tempfile::tempdir().unwrap();
    let mut answered = Answered::new();
    let (mut store, mut head, mut total) = (0, 0, 0);
    for round in 0..rounds {
        // Every tenth store is a new one, so that its making is interrupted too.
        if round % 10 == 0 {
            (store, head) = (round, 0);
            answered.clear();
        }
        let directory = root.path().join(store.to_string());
        let said = kill_after(&directory, delay(round));
        total += note(&said, &mut answered);
        let opened = SledStore::open(&directory).unwrap_or_else(|error| panic!("round {round}: {error}"));
        let stored = runtime.block_on(opened.snapshot()).unwrap();
        assert!(stored.revision >= head, "round {round}: the revision fell from {head} to {}", stored.revision);
        head = stored.revision;
        check(round, &stored, &answered);
    }
    assert!(total > rounds, "only {total} answers in {rounds} rounds: nothing was tested");
    eprintln!("{rounds} kills, {total} answered changes, all there");
}

/// From inside the opening to well into the writing.
fn delay(round: usize) -> Duration {
    let [dice] = postroad_seal::random_bytes::<1>();
    Duration::from_millis(u64::from(dice) * if round.is_multiple_of(3) { 1 } else { 2 } / 2)
}

fn kill_after(directory: &Path, delay: Duration) -> Vec<u8> {
    let mut command = Command::new(append::program());
    let mut child = command.arg(directory).arg("forever").stdout(Stdio::piped()).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut said = Vec::new();
        out.read_to_end(&mut said).unwrap();
        said
    });
    #[expect(clippy::disallowed_methods, reason = "the moment of the kill is what is random")]
    std::thread::sleep(delay);
    assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

/// Notes what was answered; returns how much.
fn note(said: &[u8], answered: &mut Answered) -> usize {
    let mut count = 0;
    for line in append::lines(said) {
        let [word, revision, id] = line.as_slice() else { continue };
        let content = word.strip_prefix("answered-").map(|fill| fill.parse().unwrap());
        if content.is_none() && word != "deleted" {
            continue;
        }
        let revision = revision.parse().unwrap();
        let newest = answered.entry(id.clone()).or_insert((0, None));
        if revision > newest.0 {
            *newest = (revision, content);
        }
        count += 1;
    }
    count
}

fn check(round: usize, stored: &Stored, answered: &Answered) {
    let of = |kind| stored.records.iter().filter(move |record| record.key.kind == kind);
    let connectors: HashMap<_, _> = of(Kind::Connector).map(|record| (record.key.id.as_str(), record)).collect();
    assert_eq!(connectors.len() * 2, stored.records.len(), "round {round}: half a pair is there");
    for credential in of(Kind::Credential) {
        let connector = connectors[credential.key.id.as_str()];
        assert_eq!((connector.version, &connector.body), (credential.version, &credential.body), "round {round}: half");
        assert_eq!(connector.wire_hash, postroad_seal::sha256(&[&connector.body]), "round {round}: torn");
    }
    for (id, (revision, content)) in answered {
        assert!(stored.revision >= *revision, "round {round}: {revision} was answered, {} is there", stored.revision);
        // A later change of the same record may have become durable without its answer being read.
        match (connectors.get(id.as_str()), content) {
            (Some(found), _) if found.version > *revision => {}
            (Some(found), Some(fill)) => {
                assert_eq!((found.version, found.body.first()), (*revision, Some(fill)), "round {round}: {id}");
            }
            (Some(_), None) => panic!("round {round}: {id} was removed by {revision} and is there"),
            // Whether it was removed later without an answer shows in the revision alone.
            (None, Some(_)) => assert!(stored.revision > *revision, "round {round}: {id} of {revision} is lost"),
            (None, None) => {}
        }
    }
}
