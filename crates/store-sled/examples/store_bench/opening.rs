//! Opening a large store.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use postroad_store::ConnectorStore as _;
use postroad_store_sled::SledStore;

use crate::{filling, machine};

/// Records in the store that is opened.
const RECORDS: usize = 100_000;

/// Fills a store in a process that dies, then opens it in fresh ones: after the kill, and after being closed.
pub(crate) fn bench(root: &Path) {
    let directory = root.join("opened");
    let itself = std::env::current_exe().unwrap();
    let begun = Instant::now();
    let died = Command::new(&itself).arg("fill").arg(&directory).arg(RECORDS.to_string()).status().unwrap();
    assert!(died.code().is_none(), "the filling ended with {died}");
    println!("{RECORDS} records of {} octets loaded in {:.1} s", filling::SIZE, begun.elapsed().as_secs_f64());
    for after in ["a kill", "closing", "closing"] {
        let output = Command::new(&itself).arg("open").arg(&directory).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        println!("opened after {after}: {}", String::from_utf8_lossy(&output.stdout).trim());
    }
}

/// Opens a store and reads the present.
pub(crate) async fn open(directory: &Path) {
    let begun = Instant::now();
    let store = SledStore::open(directory).unwrap();
    let stored = store.snapshot().await.unwrap();
    let took = begun.elapsed().as_secs_f64();
    assert_eq!(stored.records.len(), RECORDS);
    println!("{took:.2} s; memory {}, at most {}", machine::memory("VmRSS"), machine::memory("VmHWM"));
}
