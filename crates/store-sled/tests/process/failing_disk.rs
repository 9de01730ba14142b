//! ST8, ST13: a disk that fails or is full ends the writing and nothing else.

use std::path::Path;

use postroad_store::ConnectorStore;
use postroad_store_sled::SledStore;

use crate::append::{self, lines, skip, succeeds};

/// What `until-broken` said: the last answered revision.
fn check_said(stdout: &[u8], stderr: &[u8]) -> u64 {
    let said = lines(stdout);
    let text = || format!("{said:?}\n{}", String::from_utf8_lossy(stderr));
    let number = |line: &Vec<String>| line[1].parse::<u64>().unwrap();
    let last = said.iter().rfind(|line| line[0] == "answered").map_or(0, number);
    assert!(said.iter().any(|line| line[0] == "broken"), "{}", text());
    let end = said.last().unwrap_or_else(|| panic!("{}", text()));
    assert!(end[0] == "reading" && number(end) == last, "{}", text());
    last
}

/// Reads the disk anew, as a restart does, and writes again.
fn check_reopened(store: &Path, last: u64) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let opened = SledStore::open(store).unwrap();
    let stored = runtime.block_on(opened.snapshot()).unwrap();
    assert!(stored.revision >= last, "{last} was answered, {} is there", stored.revision);
    drop(opened);
    let output = append::run(store, &["once", "3"]);
    assert!(output.status.success(), "{output:?}");
}

fn inject(test: &str, fault: &str, expected: &str) {
    let directory = tempfile::tempdir().unwrap();
    let (trace, store) = (directory.path().join("trace"), directory.path().join("store"));
    // Made first, so that the fault meets a change and not the making.
    assert!(append::run(&store, &["once", "2"]).status.success());
    let call = fault.split(':').next().unwrap();
    let options = ["-e", &format!("trace={call}"), "-e", &format!("inject={fault}")];
    let Some(output) = append::run_traced(test, &options, &trace, &store, &["until-broken"]) else { return };
    let last = check_said(&output.stdout, &output.stderr);
    assert!(last > 2, "nothing was written before the fault");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains(expected), "{said}");
    assert!(std::fs::read_to_string(trace).unwrap().contains("(INJECTED)"));
    check_reopened(&store, last);
}

#[test]
fn st8_a_failed_sync_breaks_the_store() {
    inject("st8_a_failed_sync_breaks_the_store", "fdatasync:error=EIO:when=6", "sync: ");
}

#[test]
fn st8_a_failed_flush_breaks_the_store() {
    // sled also writes when one of its buffers is full, so that the disk's error may come out of the next transaction. Either
    // way the store must break, and say what the disk said.
    inject("st8_a_failed_flush_breaks_the_store", "sync_file_range:error=EIO:when=9+", "Input/output error");
}

/// Of many changes under way the durable ones are answered, and all others are told that the store is broken.
#[test]
fn st8_all_that_wait_learn_of_a_failed_sync() {
    let test = "st8_all_that_wait_learn_of_a_failed_sync";
    let directory = tempfile::tempdir().unwrap();
    let (trace, store) = (directory.path().join("trace"), directory.path().join("store"));
    assert!(append::run(&store, &["once", "2"]).status.success());
    let options = ["-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO:when=4+"];
    let Some(output) = append::run_traced(test, &options, &trace, &store, &["pipeline", "500"]) else { return };
    assert!(output.status.success(), "{output:?}");
    let said = lines(&output.stdout);
    let answered: Vec<u64> =
        said.iter().filter(|line| line[0] == "answered").map(|line| line[1].parse().unwrap()).collect();
    let broken = said.iter().filter(|line| line[0] == "broken").count();
    assert_eq!(answered.len() + broken, 500);
    assert!(!answered.is_empty() && answered.len() <= 3 * 64, "{} answers of three syncs", answered.len());
    // One sync failed; what might have been another group's chance was not taken.
    assert_eq!(std::fs::read_to_string(trace).unwrap().matches("(INJECTED)").count(), 1);
    check_reopened(&store, answered.into_iter().max().unwrap());
}

#[test]
fn st13_no_space_breaks_the_store() {
    inject("st13_no_space_breaks_the_store", "pwrite64:error=ENOSPC:when=12+", "o space left");
}

#[test]
fn st13_a_full_disk_ends_writing_until_there_is_space() {
    let test = "st13_a_full_disk_ends_writing_until_there_is_space";
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path().to_str().unwrap();
    if let Err(reason) = succeeds("mount", &["-t", "tmpfs", "-o", "size=12m", "tmpfs", at]) {
        return skip(test, &format!("a small file system cannot be mounted: {reason}"));
    }
    let store = directory.path().join("store");
    let outcome = std::panic::catch_unwind(|| {
        std::fs::write(directory.path().join("ballast"), vec![1; 8 << 20]).unwrap();
        let output = append::run(&store, &["until-broken"]);
        let last = check_said(&output.stdout, &output.stderr);
        assert!(last > 0, "the disk was full from the beginning");
        std::fs::remove_file(directory.path().join("ballast")).unwrap();
        check_reopened(&store, last);
    });
    succeeds("umount", &["-l", at]).unwrap();
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic);
    }
}
