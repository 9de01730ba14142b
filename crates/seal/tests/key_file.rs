//! The key file: made once, refused when it is exposed or malformed.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what it saw by panicking")]

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use postroad_seal::{KeyError, KeyRing};

const ZEROS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

fn write(path: &Path, text: &str, mode: u32) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_missing_file_is_made_once() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data/secret.key");
    let (first, created) = KeyRing::load_or_create(&path).unwrap();
    assert!(created);
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o600);
    assert_eq!(std::fs::metadata(path.parent().unwrap()).unwrap().permissions().mode() & 0o7777, 0o700);
    assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing but the key is left");

    let (second, created) = KeyRing::load_or_create(&path).unwrap();
    assert!(!created);
    assert_eq!(first.sealing_key(), second.sealing_key());
    let sealed = first.seal(b"c", b"secret").unwrap();
    assert_eq!(second.open(b"c", &sealed).unwrap().as_slice(), b"secret");
}

#[test]
fn where_a_key_must_be_there_none_is_made() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("secret.key");
    let error = KeyRing::load(&path).unwrap_err().to_string();
    assert!(error.contains("secret.key cannot be read"), "{error}");
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    let (made, _) = KeyRing::load_or_create(&path).unwrap();
    assert_eq!(KeyRing::load(&path).unwrap().sealing_key(), made.sealing_key());
}

#[test]
fn two_at_once_agree_on_one_key() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("secret.key");
    let loaded: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| KeyRing::load_or_create(&path).unwrap())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(loaded.iter().filter(|(_, created)| *created).count(), 1);
    assert!(loaded.iter().all(|(ring, _)| ring.sealing_key() == loaded[0].0.sealing_key()));
}

#[test]
fn an_exposed_file_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("secret.key");
    for mode in [0o640, 0o604, 0o620, 0o602, 0o610] {
        write(&path, &format!("postroad-keys 1\nkey 0000000000000001 {ZEROS}\n"), mode);
        let error = KeyRing::load_or_create(&path).unwrap_err();
        assert!(matches!(error, KeyError::Exposed { .. }), "{mode:o}: {error}");
        let text = error.to_string();
        assert!(
            text.contains("secret.key") && text.contains(&format!("{mode:04o}")) && text.contains("chmod 600"),
            "{text}"
        );
    }
    std::fs::set_permissions(&path, Permissions::from_mode(0o400)).unwrap();
    assert!(KeyRing::load_or_create(&path).is_ok(), "read-only for its owner is enough");
}

#[test]
fn a_malformed_file_is_refused_by_line_and_shows_no_key() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("secret.key");
    let canary = "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee";
    let cases = [
        (String::new(), 1),
        ("postroad-keys 2\n".to_owned(), 1),
        (format!("{canary}\n"), 1),
        ("postroad-keys 1\n".to_owned(), 1),
        ("postroad-keys 1\n\n# none yet\n".to_owned(), 3),
        (format!("postroad-keys 1\nkey 0000000000000001 {canary}\n"), 2),
        (format!("postroad-keys 1\nkey 0000000000000001 {canary}0000\n"), 2),
        (format!("postroad-keys 1\nkey 0000000000000001 {canary}zz\n"), 2),
        (format!("postroad-keys 1\nkey 00000000000001 {canary}00\n"), 2),
        (format!("postroad-keys 1\nkey  0000000000000001 {canary}00\n"), 2),
        (format!("postroad-keys 1\nkey 0000000000000001 {canary}00\n{canary}00\n"), 3),
        (format!("postroad-keys 1\nkey 0000000000000001 {canary}00\nkey 0000000000000001 {ZEROS}\n"), 3),
    ];
    for (text, at) in cases {
        write(&path, &text, 0o600);
        let error = KeyRing::load_or_create(&path).unwrap_err();
        assert!(matches!(error, KeyError::Malformed { line, .. } if line == at), "{text:?}: {error}");
        assert!(!format!("{error} {error:?}").contains("c0ffee"), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "the file is left as it was");
    }
}

#[test]
fn what_cannot_be_read_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("secret.key");
    std::fs::write(&path, [0xff, 0xfe]).unwrap();
    std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    assert!(matches!(KeyRing::load_or_create(&path), Err(KeyError::Io { action: "read", .. })));
    assert!(matches!(KeyRing::load_or_create(directory.path()), Err(KeyError::Io { action: "read", .. })));
    let below_a_file = path.join("secret.key");
    let error = KeyRing::load_or_create(&below_a_file).unwrap_err();
    assert!(error.to_string().contains("secret.key"), "{error}");
}
