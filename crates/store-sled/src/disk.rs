//! sled, and the file under it.

use std::fs::File;
use std::sync::Arc;

use bytes::Bytes;
use postroad_store::StoreError;
use postroad_store::rows::{Range, RowIter, Rows, Tree, Write};
use sled::transaction::{ConflictableTransactionError, TransactionError, TransactionalTree};

use crate::directory::Directory;
use crate::guard::guarded;

/// An open database. The directory is the last to go, so that its lock outlives sled's.
#[derive(Debug)]
pub(crate) struct Disk {
    db: sled::Db,
    /// In the order of [`Tree::ALL`].
    trees: Vec<sled::Tree>,
    /// Our own handle of sled's file: sled's flush does not reach the disk (ST6).
    file: File,
    directory: Directory,
}

impl Disk {
    pub(crate) const fn new(db: sled::Db, trees: Vec<sled::Tree>, file: File, directory: Directory) -> Self {
        Self { db, trees, file, directory }
    }

    /// Makes what was written when it was opened durable, the names of the files included.
    pub(crate) fn finish(&mut self) -> Result<(), String> {
        self.db.flush().map_err(|error| error.to_string())?;
        self.file.sync_all().and_then(|()| self.directory.finish()).map_err(|error| error.to_string())
    }

    /// Writes rows in one transaction; they are not durable. After an error nothing is known of them, and nothing more
    /// may be written (ST8).
    pub(crate) fn write(&self, writes: &[Write]) -> Result<(), String> {
        guarded(|| {
            // sled may run this more than once.
            let written = sled::Transactional::transaction(self.trees.as_slice(), |trees: &Vec<TransactionalTree>| {
                for Write { tree, key, value } in writes {
                    let Some(tree) = trees.get(*tree as usize) else { continue };
                    match value {
                        Some(value) => tree.insert(key.as_slice(), value.as_slice())?,
                        None => tree.remove(key.as_slice())?,
                    };
                }
                Ok::<_, ConflictableTransactionError<String>>(())
            });
            written.map_err(|error| format!("transaction: {}", plain(error)))
        })
        .and_then(|written| written)
    }

    /// Makes everything that was written durable (ST6). After an error nothing is known of it, and nothing more may be
    /// written (ST8).
    pub(crate) fn sync(&self) -> Result<(), String> {
        guarded(|| {
            self.db.flush().map_err(|error| format!("flush: {error}"))?;
            self.file.sync_data().map_err(|error| format!("sync: {error}"))
        })
        .and_then(|synced| synced)
    }

    /// Reads; a panic of sled's is a store that cannot be read. The error says which store.
    pub(crate) fn guarded<T>(&self, read: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        let read = guarded(read).unwrap_or_else(|panic| Err(StoreError::Corrupt(panic)));
        read.map_err(|error| match error {
            StoreError::Corrupt(problem) => {
                StoreError::Corrupt(format!("{}: {problem}", self.directory.path().display()))
            }
            other => other,
        })
    }

    /// Gives up a handle, and closes the database with the last one; a panic of sled's is its last word.
    pub(crate) fn close(disk: Arc<Self>) -> Result<(), String> {
        guarded(|| drop(disk))
    }

    fn tree(&self, tree: Tree) -> Result<&sled::Tree, StoreError> {
        self.trees.get(tree as usize).ok_or_else(|| StoreError::Corrupt(format!("it has no {}", tree.name())))
    }
}

impl Rows for Disk {
    fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        let value = self.tree(tree)?.get(key).map_err(unreadable)?;
        Ok(value.map(|value| Bytes::copy_from_slice(&value)))
    }

    fn range(&self, tree: Tree, range: Range) -> RowIter<'_> {
        match self.tree(tree) {
            Ok(tree) => Box::new(tree.range(range).map(|row| {
                let (key, value) = row.map_err(unreadable)?;
                Ok((key.to_vec(), Bytes::copy_from_slice(&value)))
            })),
            Err(error) => Box::new(std::iter::once(Err(error))),
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn unreadable(error: sled::Error) -> StoreError {
    StoreError::Corrupt(error.to_string())
}

fn plain(error: TransactionError<String>) -> String {
    match error {
        TransactionError::Abort(reason) => reason,
        TransactionError::Storage(error) => error.to_string(),
    }
}
