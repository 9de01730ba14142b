//! Opening and making the database.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use postroad_store::StoreError;
use postroad_store::rows::{self, Keyspace, SCHEMA, Tree, Write};

use crate::directory::Directory;
use crate::disk::Disk;
use crate::guard::guarded;

/// Fixed when a store is made: a page over a quarter of it would go to a blob file, which nothing syncs (ST9).
const SEGMENT_SIZE: usize = 8 * 1024 * 1024;
const CACHE: u64 = 64 * 1024 * 1024;
/// Number of the encoding of bodies and hashes. A change of it discards what relays may resume from.
const ENCODING: u32 = 1;

/// In the text of sled's error, which has no kind of its own for this.
const LOCKED: &str = "could not acquire lock";
/// How often an open is tried again while sled's file is locked, at 20 ms.
const LOCK_TRIES: usize = 100;

/// Opens or makes the database in a directory, and reads the present from it.
pub(crate) fn open(path: &Path) -> Result<(Disk, Keyspace), StoreError> {
    let directory = Directory::open(path)?;
    directory.remove_leftovers()?;
    let at = directory.path().display().to_string();
    guarded(|| open_in(directory)).and_then(|opened| opened).map_err(|problem| {
        if problem.contains(LOCKED) { StoreError::InUse(at) } else { StoreError::Corrupt(format!("{at}: {problem}")) }
    })
}

fn open_in(directory: Directory) -> Result<(Disk, Keyspace), String> {
    // Nothing is flushed behind our back; the committer decides when.
    let config = sled::Config::new().path(directory.path()).segment_size(SEGMENT_SIZE);
    let config = config.cache_capacity(CACHE).flush_every_ms(None);
    let db = open_unlocked(&config)?;
    let file = File::open(directory.path().join("db")).map_err(|error| error.to_string())?;
    let open_tree = |tree: Tree| db.open_tree(tree.name()).map_err(|error| error.to_string());
    let meta = open_tree(Tree::Meta)?;
    check_schema(&meta, directory.is_finished())?;
    let trees = Tree::ALL.into_iter().map(open_tree).collect::<Result<Vec<_>, _>>()?;
    let new = number(&meta, "schema")?.is_none();
    if new && trees.iter().any(|tree| tree.name() != meta.name() && !tree.is_empty()) {
        return Err("it holds rows, but no schema".to_owned());
    }
    let mut disk = Disk::new(db, trees, file, directory);
    if new {
        disk.write(&created())?;
    }
    disk.finish()?;
    let keyspace = Keyspace::load(&disk).map_err(|error| match error {
        StoreError::Corrupt(problem) => problem,
        other => other.to_string(),
    })?;
    Ok((disk, keyspace))
}

/// The rows of a new store.
fn created() -> Vec<Write> {
    let meta = |name: &str, number: u32| Write {
        tree: Tree::Meta,
        key: name.as_bytes().to_vec(),
        value: Some(number.to_be_bytes().to_vec()),
    };
    let mut writes = rows::created(&postroad_seal::random_bytes());
    writes.extend([meta("schema", SCHEMA), meta("encoding", ENCODING)]);
    writes
}

/// Opens sled. Its threads may hold the lock for a moment after a store of this process was dropped; our own lock is the
/// one that keeps others out.
fn open_unlocked(config: &sled::Config) -> Result<sled::Db, String> {
    let mut tries = 0;
    loop {
        match config.open() {
            Ok(db) => return Ok(db),
            Err(error) => {
                let error = error.to_string();
                if !error.contains(LOCKED) || tries >= LOCK_TRIES {
                    return Err(error);
                }
                tries += 1;
                #[expect(clippy::disallowed_methods, reason = "opening blocks on the disk anyway, and says so")]
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }
}

fn check_schema(meta: &sled::Tree, finished: bool) -> Result<(), String> {
    match number(meta, "schema")? {
        Some(SCHEMA) => {}
        Some(other) => {
            return Err(format!(
                "it has schema {other}, but this version knows {SCHEMA} only: use the version that made it"
            ));
        }
        None if finished => {
            return Err(
                "a store was here, but its content is gone: restore a backup, or remove the directory to begin anew"
                    .to_owned(),
            );
        }
        None => return Ok(()),
    }
    match number(meta, "encoding")? {
        Some(ENCODING) => Ok(()),
        other => Err(format!("its records have encoding {other:?}, but this version knows {ENCODING} only")),
    }
}

fn number(meta: &sled::Tree, name: &str) -> Result<Option<u32>, String> {
    let Some(value) = meta.get(name).map_err(|error| error.to_string())? else { return Ok(None) };
    match value.as_ref().try_into() {
        Ok(octets) => Ok(Some(u32::from_be_bytes(octets))),
        Err(_) => Err(format!("its {name} has not 4 octets, but {}", value.len())),
    }
}
