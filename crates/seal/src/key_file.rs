//! The key file.
//!
//! Text: the first line is `postroad-keys 1`; each further line is `key`, the key's id (16 hexadecimal digits) and the key
//! (64 of them), parted by single spaces. Empty lines and lines that begin with `#` are skipped. The first key seals, all open.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::key_ring::KeyRing;
use crate::master_key::{KeyId, MasterKey};
use crate::random::random_bytes;

const HEADER: &str = "postroad-keys 1";
/// Longer than any key file anybody needs (some 700 keys).
const MAX_FILE: u64 = 64 * 1024;

/// Why there are no keys. No variant carries anything of the file's content but line numbers and key ids.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file or its directory cannot be read or made.
    #[error("the key file {} cannot be {action}: {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What was tried: "read", "created".
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// Others than its owner may read or write it.
    #[error(
        "the key file {} has mode {mode:04o}, so group or others can reach it: take it for compromised, or run chmod 600 on it if it is not",
        path.display()
    )]
    Exposed {
        /// Where.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The keys that were given as a text cannot be read.
    #[error("the keys given as a text, entry {entry}: {problem}")]
    Text {
        /// Which entry, from 1.
        entry: usize,
        /// What is wrong and what should be there.
        problem: String,
    },
    /// It is not a key file, or not one of this version.
    #[error("the key file {}, line {line}: {problem}", path.display())]
    Malformed {
        /// Where.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// What is wrong and what should be there.
        problem: String,
    },
}

impl KeyRing {
    /// Reads the master keys from a text, as an environment variable holds them: the lines of a key file, with or without
    /// its first one, parted by line ends, commas or semicolons.
    ///
    /// # Errors
    /// [`KeyError::Text`], without anything of the text but key ids.
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        // Room at once, so that growing leaves no copies of the keys behind.
        let mut lines = Zeroizing::new(String::with_capacity(text.len() + HEADER.len() + 2));
        lines.push_str(HEADER);
        for entry in text.split(['\n', ',', ';']).map(str::trim).filter(|entry| *entry != HEADER) {
            lines.push('\n');
            lines.push_str(entry);
        }
        parse(&lines).map_err(|(line, problem)| KeyError::Text { entry: line.saturating_sub(1).max(1), problem })
    }

    /// Reads the master keys from a file. Blocks on the disk.
    ///
    /// # Errors
    /// As [`load_or_create`](Self::load_or_create), and when there is no file.
    pub fn load(path: &Path) -> Result<Self, KeyError> {
        let file = File::open(path).map_err(|source| io_error(path, "read", source))?;
        read(path, file)
    }

    /// Reads the master keys from a file, or makes the file with one new key when there is none; `true` says it was made.
    ///
    /// A new file has mode 0600 and appears whole or not at all: it and its directory are synced before this returns. A
    /// missing directory is made with mode 0700. Where sealed secrets exist call [`load`](Self::load) instead: a new key opens
    /// none of them. Blocks on the disk.
    ///
    /// # Errors
    /// [`KeyError`], when the file cannot be read or made, when group or others can reach it, and when it is malformed.
    pub fn load_or_create(path: &Path) -> Result<(Self, bool), KeyError> {
        match File::open(path) {
            Ok(file) => Ok((read(path, file)?, false)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let made = create(path).map_err(|source| io_error(path, "created", source))?;
                let file = File::open(path).map_err(|source| io_error(path, "read", source))?;
                Ok((read(path, file)?, made))
            }
            Err(source) => Err(io_error(path, "read", source)),
        }
    }
}

fn io_error(path: &Path, action: &'static str, source: io::Error) -> KeyError {
    KeyError::Io { path: path.to_owned(), action, source }
}

fn read(path: &Path, file: File) -> Result<KeyRing, KeyError> {
    let failed = |source| io_error(path, "read", source);
    let about = file.metadata().map_err(failed)?;
    if !about.is_file() {
        return Err(failed(io::Error::other("it is not a regular file")));
    }
    let mode = about.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(KeyError::Exposed { path: path.to_owned(), mode });
    }
    if about.len() > MAX_FILE {
        return Err(failed(io::Error::other(format!("it is larger than {MAX_FILE} octets"))));
    }
    // Room at once, so that growing leaves no copies of the keys behind.
    let mut text = Zeroizing::new(String::with_capacity(usize::try_from(MAX_FILE).unwrap_or(0)));
    file.take(MAX_FILE).read_to_string(&mut text).map_err(failed)?;
    parse(&text).map_err(|(line, problem)| KeyError::Malformed { path: path.to_owned(), line, problem })
}

fn parse(text: &str) -> Result<KeyRing, (usize, String)> {
    let mut lines = (1..).zip(text.lines());
    match lines.next() {
        Some((_, HEADER)) => {}
        None => return Err((1, format!("the file is empty; it should begin with `{HEADER}`"))),
        Some(_) => return Err((1, format!("it should be `{HEADER}`; is this the right file?"))),
    }
    let mut keys: Vec<MasterKey> = Vec::new();
    let mut last = 1;
    for (number, line) in lines {
        last = number;
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let key = parse_key(line).ok_or_else(|| {
            (number, "it should be `key`, 16 and 64 hexadecimal digits, parted by single spaces".to_owned())
        })?;
        if keys.iter().any(|other| other.id == key.id) {
            return Err((number, format!("the key id {} stands there twice", key.id)));
        }
        keys.push(key);
    }
    let mut keys = keys.into_iter();
    let first = keys.next().ok_or_else(|| (last, "it ends without a key".to_owned()))?;
    Ok(KeyRing { first, others: keys.collect() })
}

fn parse_key(line: &str) -> Option<MasterKey> {
    let (id, key) = line.strip_prefix("key ")?.split_once(' ')?;
    let mut id_bytes = [0; KeyId::LEN];
    let mut key_bytes = Zeroizing::new([0; 32]);
    unhex(id, &mut id_bytes)?;
    unhex(key, key_bytes.as_mut_slice())?;
    MasterKey::new(KeyId::from_bytes(id_bytes), &key_bytes)
}

fn unhex(text: &str, bytes: &mut [u8]) -> Option<()> {
    let digit = |octet: &u8| char::from(*octet).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() || pairs.len() != bytes.len() {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = (digit(high)? << 4) | digit(low)?;
    }
    Some(())
}

fn hex(bytes: &[u8], text: &mut String) {
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(nibble), 16));
        }
    }
}

/// Makes the file; `false` when another process was first.
fn create(path: &Path) -> io::Result<bool> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    let mut name = String::from(".postroad-key-");
    hex(&random_bytes::<8>(), &mut name);
    let temporary = directory.join(name);
    let made = write_new(&temporary).and_then(|()| publish(&temporary, path));
    let removed = std::fs::remove_file(&temporary);
    let made = made?;
    removed?;
    File::open(directory)?.sync_all()?;
    Ok(made)
}

fn write_new(path: &Path) -> io::Result<()> {
    // Room at once, as above: 16 + 4 + 16 + 1 + 64 + 1 octets.
    let mut text = Zeroizing::new(String::with_capacity(256));
    text.push_str(HEADER);
    text.push_str("\nkey ");
    hex(&random_bytes::<{ KeyId::LEN }>(), &mut text);
    text.push(' ');
    hex(Zeroizing::new(random_bytes::<32>()).as_slice(), &mut text);
    text.push('\n');
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Gives the file its name. A link, unlike a renaming, never replaces a key that is there.
fn publish(temporary: &Path, path: &Path) -> io::Result<bool> {
    match std::fs::hard_link(temporary, path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}
