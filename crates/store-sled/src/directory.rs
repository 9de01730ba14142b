//! The directory of a store: who has it open, and whether it was ever finished.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use postroad_store::StoreError;

const MARKER: &str = "postroad-store";
const FINISHED: &str = "postroad-store 1\n";
/// How often the lock is asked for, 20 ms apart: a child that the last owner was just starting holds it until it runs.
const LOCK_TRIES: usize = 25;

/// A directory that this process alone has open, by a lock on its marker file.
///
/// The marker is empty until the store in it is durable. So a store whose file was wiped is told from a new one.
#[derive(Debug)]
pub(crate) struct Directory {
    path: PathBuf,
    marker: File,
    finished: bool,
}

impl Directory {
    /// Makes the directory if it is missing, and locks it.
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        // What connectors say is nobody else's business; a directory that is there keeps its mode.
        let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.map_err(|error| failed("made", path, &error))?;
        // Canonical, so that its parent is the directory that lists it.
        let path = path.canonicalize().map_err(|error| failed("found", path, &error))?;
        let at = path.join(MARKER);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut marker = options.open(&at).map_err(|error| failed("opened", &at, &error))?;
        match lock(&marker) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StoreError::InUse(path.display().to_string())),
            Err(TryLockError::Error(error)) => return Err(failed("locked", &at, &error)),
        }
        let mut text = String::new();
        marker.read_to_string(&mut text).map_err(|error| failed("read", &at, &error))?;
        match text.as_str() {
            "" => Ok(Self { path, marker, finished: false }),
            FINISHED => Ok(Self { path, marker, finished: true }),
            _ => Err(StoreError::Corrupt(format!(
                "{} is not a marker of this version: was the directory made by a later one?",
                at.display()
            ))),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a store was once durable here.
    pub(crate) fn is_finished(&self) -> bool {
        self.finished
    }

    /// Removes what an interrupted start left: sled takes a half-written snapshot for a corrupt one and would not open.
    pub(crate) fn remove_leftovers(&self) -> Result<(), StoreError> {
        let listed = std::fs::read_dir(&self.path).map_err(|error| failed("listed", &self.path, &error))?;
        for entry in listed {
            let entry = entry.map_err(|error| failed("listed", &self.path, &error))?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with("snap.") && name.ends_with(".generating") {
                let at = entry.path();
                std::fs::remove_file(&at).map_err(|error| failed("removed", &at, &error))?;
            }
        }
        Ok(())
    }

    /// Makes the names of the files in it durable, and its own; then says in the marker that the store is finished.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        if !self.finished {
            File::open(self.path.join("conf"))?.sync_all()?;
            self.sync()?;
            self.marker.write_all(FINISHED.as_bytes())?;
            self.marker.sync_all()?;
            self.finished = true;
        }
        self.sync()
    }

    fn sync(&self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()?;
        match self.path.parent() {
            Some(parent) => File::open(parent)?.sync_all(),
            None => Ok(()),
        }
    }
}

fn failed(action: &str, path: &Path, error: &io::Error) -> StoreError {
    StoreError::Corrupt(format!("{} cannot be {action}: {error}", path.display()))
}

/// Takes the lock, or fails after half a second.
#[expect(clippy::disallowed_methods, reason = "opening blocks on the disk anyway, and says so")]
fn lock(marker: &File) -> Result<(), TryLockError> {
    for _ in 1..LOCK_TRIES {
        match marker.try_lock() {
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(20)),
            other => return other,
        }
    }
    marker.try_lock()
}
