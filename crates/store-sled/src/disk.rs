//! sled, and the file under it.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use postroad_store::{Effect, Keyspace, StoreError};
use sled::transaction::{ConflictableTransactionError, TransactionError, Transactional as _};

use crate::directory::Directory;
use crate::guard::guarded;
use crate::row;

/// Fixed when a store is made: a page over a quarter of it would go to a blob file, which nothing syncs (ST9).
const SEGMENT_SIZE: usize = 8 * 1024 * 1024;
const CACHE: u64 = 64 * 1024 * 1024;
/// Number of the trees and rows as they are now.
const SCHEMA: u32 = 1;
/// Number of the encoding of bodies and hashes. A change of it discards what relays may resume from.
const ENCODING: u32 = 1;

/// In the text of sled's error, which has no kind of its own for this.
const LOCKED: &str = "could not acquire lock";
/// How often an open is tried again while sled's file is locked, at 20 ms.
const LOCK_TRIES: usize = 100;

/// An open database. The directory is the last to go, so that its lock outlives sled's.
#[derive(Debug)]
pub(crate) struct Disk {
    db: sled::Db,
    meta: sled::Tree,
    records: sled::Tree,
    /// Our own handle of sled's file: sled's flush does not reach the disk (ST6).
    file: File,
    _directory: Directory,
}

impl Disk {
    /// Opens or makes the database in a directory, and reads all of it.
    pub(crate) fn open(path: &Path) -> Result<(Self, Keyspace), StoreError> {
        let directory = Directory::open(path)?;
        directory.remove_leftovers()?;
        let at = directory.path().display().to_string();
        guarded(|| Self::open_in(directory)).and_then(|opened| opened).map_err(|problem| {
            if problem.contains(LOCKED) {
                StoreError::InUse(at)
            } else {
                StoreError::Corrupt(format!("{at}: {problem}"))
            }
        })
    }

    fn open_in(mut directory: Directory) -> Result<(Self, Keyspace), String> {
        // Nothing is flushed behind our back; `write` decides when.
        let config = sled::Config::new().path(directory.path()).segment_size(SEGMENT_SIZE);
        let config = config.cache_capacity(CACHE).flush_every_ms(None);
        let db = open_unlocked(&config)?;
        let file = File::open(directory.path().join("db")).map_err(|error| error.to_string())?;
        let meta = db.open_tree("meta").map_err(|error| error.to_string())?;
        check_schema(&meta, directory.is_finished())?;
        let records = db.open_tree("records").map_err(|error| error.to_string())?;
        if number(&meta, "schema")?.is_none() {
            if !records.is_empty() {
                return Err("it holds records, but no schema".to_owned());
            }
            create(&meta)?;
        }
        db.flush().map_err(|error| error.to_string())?;
        file.sync_all().and_then(|()| directory.finish()).map_err(|error| error.to_string())?;
        let keyspace = load(&meta, &records)?;
        Ok((Self { db, meta, records, file, _directory: directory }, keyspace))
    }

    /// Writes changes, each in a transaction of its own, and returns when all are on the disk. After an error nothing is
    /// known of them, and nothing more may be written (ST8).
    pub(crate) fn write(&self, effects: &[Effect]) -> Result<(), String> {
        guarded(|| {
            effects.iter().try_for_each(|effect| self.write_one(effect))?;
            self.db.flush().map_err(|error| format!("flush: {error}"))?;
            self.file.sync_data().map_err(|error| format!("sync: {error}"))
        })
        .and_then(|written| written)
    }

    fn write_one(&self, effect: &Effect) -> Result<(), String> {
        let rows: Vec<_> = effect
            .writes
            .iter()
            .map(|(key, record)| (row::encode_key(key), record.as_ref().map(row::encode_value)))
            .collect();
        let revision = effect.revision.to_be_bytes();
        // sled may run this more than once.
        let written = (&self.records, &self.meta).transaction(|(records, meta)| {
            for (key, value) in &rows {
                match value {
                    Some(value) => records.insert(key.as_slice(), value.as_slice())?,
                    None => records.remove(key.as_slice())?,
                };
            }
            meta.insert("revision", &revision)?;
            Ok::<_, ConflictableTransactionError<String>>(())
        });
        written.map_err(|error| format!("transaction: {}", plain(error)))
    }

    /// Closes it; a panic of sled's is its last word.
    pub(crate) fn close(self) -> Result<(), String> {
        guarded(|| drop(self))
    }
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

fn plain(error: TransactionError<String>) -> String {
    match error {
        TransactionError::Abort(reason) => reason,
        TransactionError::Storage(error) => error.to_string(),
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

fn create(meta: &sled::Tree) -> Result<(), String> {
    let epoch: [u8; 16] = postroad_seal::random_bytes();
    let created = meta.transaction(|meta| {
        meta.insert("epoch", &epoch)?;
        meta.insert("schema", &SCHEMA.to_be_bytes())?;
        meta.insert("encoding", &ENCODING.to_be_bytes())?;
        meta.insert("revision", &0_u64.to_be_bytes())?;
        Ok::<_, ConflictableTransactionError<String>>(())
    });
    created.map_err(plain)
}

fn load(meta: &sled::Tree, records: &sled::Tree) -> Result<Keyspace, String> {
    let epoch = octets(meta, "epoch")?.ok_or("it has no epoch")?;
    let revision = octets(meta, "revision")?.map(u64::from_be_bytes).ok_or("it has no revision")?;
    let mut loaded = Vec::new();
    for row in records {
        let (key, value) = row.map_err(|error| error.to_string())?;
        let record = row::decode(&key, &value)?;
        if record.version > revision {
            let (id, version) = (record.key.id, record.version);
            return Err(format!("the record {id} has version {version}, but the revision is {revision}"));
        }
        loaded.push(record);
    }
    Ok(Keyspace::restored(epoch, revision, loaded))
}

fn number(meta: &sled::Tree, name: &str) -> Result<Option<u32>, String> {
    Ok(octets(meta, name)?.map(u32::from_be_bytes))
}

fn octets<const N: usize>(meta: &sled::Tree, name: &str) -> Result<Option<[u8; N]>, String> {
    let value = meta.get(name).map_err(|error| error.to_string())?;
    let Some(value) = value else { return Ok(None) };
    match value.as_ref().try_into() {
        Ok(octets) => Ok(Some(octets)),
        Err(_) => Err(format!("its {name} has not {N} octets, but {}", value.len())),
    }
}
