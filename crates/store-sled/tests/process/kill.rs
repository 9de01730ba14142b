//! ST11: killed at any moment in the middle of a thousand writes, the store has every answered change, and none by half.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use postroad_store::{AuditId, AuditQuery, ConnectorStore, Kind, Stored};
use postroad_store_sled::SledStore;

use crate::append;

/// What was answered last about one id: its revision, and its content; `None` when it was removed.
type Answered = HashMap<String, (u64, Option<u8>)>;

/// One answered change.
struct Answer {
    revision: u64,
    id: String,
    content: Option<u8>,
    request: String,
}

#[test]
fn st11_every_answered_write_survives_kill_9() {
    let rounds = if std::env::var_os("POSTROAD_LONG").is_some_and(|long| long == "1") { 1000 } else { 30 };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let root = tempfile::tempdir().unwrap();
    let mut newest = Answered::new();
    let (mut store, mut head, mut total) = (0, 0, 0);
    for round in 0..rounds {
        // Every tenth store is a new one, so that its making is interrupted too.
        if round % 10 == 0 {
            let _ended = std::fs::remove_dir_all(root.path().join(store.to_string()));
            (store, head) = (round, 0);
            newest.clear();
        }
        let directory = root.path().join(store.to_string());
        let answers = answers(&kill_after(&directory, delay(round)));
        total += answers.len();
        // Nothing is there by half: records, history, audit trail.
        let output = append::run(&directory, &["read"]);
        assert!(output.status.success(), "round {round}: {output:?}");
        let opened = SledStore::open(&directory).unwrap_or_else(|error| panic!("round {round}: {error}"));
        let stored = runtime.block_on(opened.snapshot()).unwrap();
        assert!(stored.revision >= head, "round {round}: the revision fell from {head} to {}", stored.revision);
        head = stored.revision;
        runtime.block_on(check_answers(round, &opened, &answers));
        note(answers, &mut newest);
        check(round, &stored, &newest);
    }
    assert!(total > rounds, "only {total} answers in {rounds} rounds: nothing was tested");
    eprintln!("{rounds} kills in the middle of 1,000 writes, {total} answered changes, all there");
}

/// Each answered revision has its row in the audit trail and its request.
async fn check_answers(round: usize, store: &SledStore, answers: &[Answer]) {
    for Answer { revision, id, content, request } in answers {
        let after = Some(AuditId { revision: revision - 1, number: u64::MAX });
        let page = store.audit(AuditQuery { after, limit: 1, ..AuditQuery::default() }).await.unwrap();
        let row = page.rows.first().unwrap_or_else(|| panic!("round {round}: {revision} has no row in the trail"));
        assert_eq!((row.id.revision, row.value.as_ref()), (*revision, format!("{id} {content:?}").as_bytes()));
        let kept = store.request(request).await.unwrap();
        assert_eq!(kept.map(|kept| kept.revision), Some(*revision), "round {round}: the request {request}");
    }
}

/// From inside the opening to well into the writing.
fn delay(round: usize) -> Duration {
    let [dice] = postroad_seal::random_bytes::<1>();
    Duration::from_millis(u64::from(dice) * if round.is_multiple_of(3) { 1 } else { 4 } / 2)
}

/// Kills `forever` a while after its start; returns what it has said.
fn kill_after(directory: &Path, delay: Duration) -> Vec<u8> {
    let mut child = start(directory);
    let mut out = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut said = Vec::new();
        out.read_to_end(&mut said).unwrap();
        said
    });
    #[expect(clippy::disallowed_methods, reason = "the moment of the kill is what is random")]
    std::thread::sleep(delay);
    kill(child);
    reader.join().unwrap()
}

/// Kills `forever` when it has answered so many changes.
pub(crate) fn kill_after_answers(directory: &Path, answers: usize) {
    let mut child = start(directory);
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let seen = lines.map(Result::unwrap).filter(|line| !line.starts_with("opened")).take(answers).count();
    assert_eq!(seen, answers, "it ended by itself");
    kill(child);
}

fn start(directory: &Path) -> Child {
    Command::new(append::program()).arg(directory).arg("forever").stdout(Stdio::piped()).spawn().unwrap()
}

fn kill(mut child: Child) {
    assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
    child.kill().unwrap();
    child.wait().unwrap();
}

/// What was answered.
fn answers(said: &[u8]) -> Vec<Answer> {
    let answers = append::lines(said).into_iter().filter_map(|line| {
        let [word, revision, id, request] = line.as_slice() else { return None };
        let content = word.strip_prefix("answered-").map(|fill| fill.parse().unwrap());
        assert!(content.is_some() || word == "deleted", "{line:?}");
        Some(Answer { revision: revision.parse().unwrap(), id: id.clone(), content, request: request.clone() })
    });
    answers.collect()
}

/// Notes the newest answer of each id.
fn note(answers: Vec<Answer>, newest: &mut Answered) {
    for answer in answers {
        let known = newest.entry(answer.id).or_insert((0, None));
        if answer.revision > known.0 {
            *known = (answer.revision, answer.content);
        }
    }
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
