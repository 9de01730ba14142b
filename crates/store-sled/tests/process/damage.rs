//! ST12: files that were cut or zeroed open, or are refused by name.

use std::fs::OpenOptions;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::append;

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
    let (mut opened, mut refused) = (0, 0);
    for round in 0..ROUNDS {
        let copy = root.path().join(round.to_string());
        copy_all(&whole, &copy);
        let what = damage(&copy, round);
        let (code, said) = read(&copy);
        match code {
            Some(0) => opened += 1,
            Some(3) => {
                assert!(said.starts_with("refused the store cannot be read: /"), "{what}: {said}");
                refused += 1;
            }
            other => panic!("{what}: ended with {other:?}: {said}"),
        }
        std::fs::remove_dir_all(copy).unwrap();
    }
    eprintln!("of {ROUNDS} damaged stores {opened} opened and {refused} were refused by name");
    assert!(refused > 0, "no damage was noticed");
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
