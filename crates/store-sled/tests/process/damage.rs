//! ST12: files that were cut or zeroed open whole, or are refused by name.

use std::fs::OpenOptions;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::{append, kill};

const ROUNDS: u64 = 60;
const DEADLINE: Duration = Duration::from_secs(30);

#[test]
fn st12_damaged_files_open_or_are_refused_by_name() {
    let root = tempfile::tempdir().unwrap();
    let whole = root.path().join("whole");
    for _ in 0..3 {
        let output = append::run(&whole, &["once", "60"]);
        assert!(output.status.success(), "{output:?}");
    }
    let Outcomes { opened, refused } = damage_copies(&root, &whole, damage);
    eprintln!("of {ROUNDS} damaged stores {} opened and {refused} were refused by name", opened.len());
    assert!(refused > 0, "no damage was noticed");
}

/// What a power cut may leave of the last writes: the end of what was written is cut, or was never there. The store was
/// killed in the middle of writing, so that it has only its log to go by: sled's own snapshot is older.
#[test]
fn st12_a_torn_tail_opens_or_is_refused_by_name() {
    let root = tempfile::tempdir().unwrap();
    let whole = root.path().join("whole");
    assert!(append::run(&whole, &["once", "60"]).status.success());
    kill::kill_after_answers(&whole, 500);
    let Outcomes { opened, refused } = damage_copies(&root, &whole, tear);
    let newest = opened.iter().max().copied().unwrap_or_default();
    let older = opened.iter().filter(|revision| **revision < newest).count();
    let count = opened.len();
    eprintln!("of {ROUNDS} stores with a torn tail {count} opened, {older} in an older state; {refused} were refused");
    assert!(newest > 0, "a torn tail is never survived");
    assert!(older + refused > 0, "nothing was torn");
}

/// What became of damaged stores.
#[derive(Default)]
struct Outcomes {
    /// The revisions of those that opened, and are whole.
    opened: Vec<u64>,
    /// How many were refused by name.
    refused: usize,
}

/// Damages copies of a store, and reads each.
fn damage_copies(root: &TempDir, whole: &Path, damage: impl Fn(&Path, u64) -> String) -> Outcomes {
    let mut outcomes = Outcomes::default();
    for round in 0..ROUNDS {
        let copy = root.path().join(round.to_string());
        copy_all(whole, &copy);
        let what = damage(&copy, round);
        let (code, said) = read(&copy);
        match code {
            Some(0) => {
                let whole = said.lines().find_map(|line| line.strip_prefix("whole "));
                outcomes.opened.push(whole.unwrap().parse().unwrap());
            }
            Some(3) => {
                let refusal = said.lines().find(|line| line.starts_with("refused")).unwrap_or_default();
                assert!(refusal.starts_with("refused the store cannot be read: /"), "{what}: {said}");
                outcomes.refused += 1;
            }
            other => panic!("{what}: ended with {other:?}: {said}"),
        }
        std::fs::remove_dir_all(copy).unwrap();
    }
    outcomes
}

/// Cuts or zeroes the end of what was written; says what it did.
fn tear(directory: &Path, round: u64) -> String {
    let db = directory.join("db");
    let written = std::fs::read(&db).unwrap();
    let end = written.iter().rposition(|octet| *octet != 0).unwrap() as u64 + 1;
    // From a few octets to a whole segment.
    let torn = at(1 << (4 + round % 20)).min(end - 1) + 1;
    let opened = OpenOptions::new().write(true).open(&db).unwrap();
    opened.set_len(end - torn).unwrap();
    let how = if at(2) == 0 {
        "cut"
    } else {
        opened.set_len(written.len() as u64).unwrap();
        "zeroed"
    };
    format!("the last {torn} of {end} octets {how}")
}

/// Runs `read` within a deadline: its exit code, `None` for a signal, and what it said.
fn read(directory: &Path) -> (Option<i32>, String) {
    let mut command = Command::new(append::program());
    let mut child = command.arg(directory).arg("read").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > DEADLINE {
            child.kill().unwrap();
        }
        #[expect(clippy::disallowed_methods, reason = "std has no wait with a deadline")]
        std::thread::sleep(Duration::from_millis(5));
    }
    let mut said = String::new();
    child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    if !child.wait().unwrap().success() {
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    }
    (child.wait().unwrap().code(), said)
}

/// Cuts or zeroes one file at a random place; says what it did.
fn damage(directory: &Path, round: u64) -> String {
    let files = files(directory);
    // Most of the damage goes where most of the octets are.
    let db = directory.join("db");
    let file = if round.is_multiple_of(2) { &db } else { &files[at(files.len() as u64) as usize] };
    let length = std::fs::metadata(file).unwrap().len();
    let offset = at(length.min(64 * 1024 * (1 + round)));
    let mut opened = OpenOptions::new().write(true).open(file).unwrap();
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    if at(2) == 0 {
        opened.set_len(offset).unwrap();
        format!("{name} of {length} octets cut at {offset}")
    } else {
        let zeros = at((length - offset).min(100_000)) + 1;
        opened.seek(SeekFrom::Start(offset)).unwrap();
        opened.write_all(&vec![0; usize::try_from(zeros).unwrap()]).unwrap();
        format!("{name} of {length} octets zeroed from {offset}, {zeros} octets")
    }
}

/// A random number below a bound.
fn at(bound: u64) -> u64 {
    u64::from_be_bytes(postroad_seal::random_bytes()) % bound.max(1)
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.is_file());
    files.sort();
    files
}

fn copy_all(from: &Path, to: &Path) {
    std::fs::create_dir_all(to.join("blobs")).unwrap();
    for file in files(from) {
        std::fs::copy(&file, to.join(file.file_name().unwrap())).unwrap();
    }
}
