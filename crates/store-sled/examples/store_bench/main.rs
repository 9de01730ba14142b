//! Durable writes a second with 1 and with 32 writers, beside a raw loop of append and `fdatasync` in the same run, and
//! how long a store of 100,000 records takes to open:
//! `cargo run --release -p postroad-store-sled --example store_bench -- [DIRECTORY [ROUNDS]]`.
//!
//! Every write carries its history, its changes, an audit event and a request id, at 10,000 records of 1 KiB. The rounds
//! alternate; a figure is a median with its range. Give it a directory on the disk that matters, for `/tmp` may be memory.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark says what it saw")]

mod figures;
mod filling;
mod machine;
mod opening;
mod writing;

use std::path::{Path, PathBuf};

use figures::Figures;

/// Rounds, unless said otherwise.
const ROUNDS: usize = 5;

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    match arguments.as_slice() {
        // How the benchmark calls itself.
        ["fill", directory, count] => {
            runtime.block_on(filling::fill_and_die(Path::new(directory), count.parse().unwrap()))
        }
        ["open", directory] => runtime.block_on(opening::open(Path::new(directory))),
        [] => bench(&runtime, &std::env::temp_dir(), ROUNDS),
        [directory] => bench(&runtime, Path::new(directory), ROUNDS),
        [directory, rounds] => bench(&runtime, Path::new(directory), rounds.parse().unwrap()),
        other => panic!("usage: store_bench [DIRECTORY [ROUNDS]], not {other:?}"),
    }
}

fn bench(runtime: &tokio::runtime::Runtime, directory: &Path, rounds: usize) {
    let root = Scratch(directory.join(format!("postroad-store-bench-{}", std::process::id())));
    std::fs::create_dir_all(&root.0).unwrap();
    println!("before: {}", machine::state());
    let [mut append, mut overwrite, mut one, mut many] = [(); 4].map(|()| Figures::default());
    let store = runtime.block_on(filling::filled(&root.0.join("written"), writing::RECORDS));
    for round in 0..rounds {
        append.add(writing::append(&root.0.join("append")));
        overwrite.add(writing::overwrite(&root.0.join("overwrite")));
        one.add(runtime.block_on(writing::writers(&store, 1)));
        many.add(runtime.block_on(writing::writers(&store, writing::WRITERS)));
        println!("round {}: load {}", round + 1, machine::load());
    }
    println!("raw append + fdatasync:     {append}");
    println!("raw overwrite + fdatasync:  {overwrite}");
    for (name, figures) in [("1 writer:  ", &one), ("32 writers:", &many)] {
        println!("{name}                 {figures}");
        println!("    {} % of append, {} % of overwrite", figures.beside(&append), figures.beside(&overwrite));
    }
    drop(store);
    opening::bench(&root.0);
    println!("after: {}", machine::state());
}

/// Files that go with the benchmark.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}
