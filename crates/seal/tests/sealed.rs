//! Secrets open where they belong, and nowhere else.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test says what it saw by panicking"
)]

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::LazyLock;

use postroad_seal::{KeyRing, OpenError, Sealed};
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

const GOLDEN_KEY: &str = "key 0123456789abcdef 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const GOLDEN_SEALED: &str = "010123456789abcdef000102030405060708090a0b2367b07cad8ca870e12cf9e4c1980a1ef7a3f14388022507\
                             441a9bfa9de88231524ab0f1938ebd8a79281ce296a3452432333435363738393a3b3c3d9bfc4c3489178881b3\
                             c2d4ae3458f7eac015e415f772d135cfe1237477";

fn ring(directory: &Path, lines: &str) -> KeyRing {
    let path = directory.join("secret.key");
    std::fs::write(&path, format!("postroad-keys 1\n{lines}\n")).unwrap();
    std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    let (ring, created) = KeyRing::load_or_create(&path).unwrap();
    assert!(!created);
    ring
}

fn golden() -> &'static KeyRing {
    static RING: LazyLock<KeyRing> = LazyLock::new(|| ring(tempfile::tempdir().unwrap().path(), GOLDEN_KEY));
    &RING
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// The stored form never changes: this vector was made by another program from the description of `Sealed`.
#[test]
fn the_golden_vector_opens() {
    let sealed = Sealed::from_bytes(unhex(GOLDEN_SEALED));
    let plain = golden().open(b"c-1/salt", &sealed).unwrap();
    assert_eq!(plain.as_slice(), b"correct horse");
}

#[test]
fn what_is_sealed_has_the_golden_form() {
    let golden_form = unhex(GOLDEN_SEALED);
    let sealed = golden().seal(b"c-1/salt", b"correct horse").unwrap();
    assert_eq!(sealed.as_bytes().len(), golden_form.len());
    assert_eq!(sealed.as_bytes()[..9], golden_form[..9], "version and key id");
    let again = golden().seal(b"c-1/salt", b"correct horse").unwrap();
    assert_ne!(sealed, again, "each secret has a key and nonces of its own");
}

#[test]
fn no_bit_of_the_golden_vector_can_be_changed() {
    let golden_form = unhex(GOLDEN_SEALED);
    for bit in 0..golden_form.len() * 8 {
        let mut bytes = golden_form.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let error = golden().open(b"c-1/salt", &Sealed::from_bytes(bytes)).unwrap_err();
        match bit / 8 {
            0 => assert!(matches!(error, OpenError::UnknownForm { .. }), "bit {bit}: {error}"),
            1..9 => assert!(matches!(error, OpenError::UnknownKey { .. }), "bit {bit}: {error}"),
            _ => assert_eq!(error, OpenError::Refused, "bit {bit}"),
        }
    }
    for len in 0..golden_form.len() {
        let error = golden().open(b"c-1/salt", &Sealed::from_bytes(golden_form[..len].to_vec()));
        assert!(matches!(error, Err(OpenError::Short { .. } | OpenError::Refused)), "length {len}");
    }
}

#[test]
fn the_first_key_seals_and_all_open() {
    let directory = tempfile::tempdir().unwrap();
    let newer = format!("key fedcba9876543210 {}", "5a".repeat(32));
    let both = ring(directory.path(), &format!("# rotated\n{newer}\n\n{GOLDEN_KEY}"));
    assert_eq!(both.sealing_key().to_string(), "fedcba9876543210");
    assert!(both.open(b"c-1/salt", &Sealed::from_bytes(unhex(GOLDEN_SEALED))).is_ok());
    let sealed = both.seal(b"c", b"s").unwrap();
    assert!(both.open(b"c", &sealed).is_ok());
    let error = golden().open(b"c", &sealed).unwrap_err();
    assert!(error.to_string().contains("fedcba9876543210"), "{error}");
    // The right id with another key behind it.
    let other = ring(directory.path(), &format!("key 0123456789abcdef {}", "5a".repeat(32)));
    let error = other.open(b"c-1/salt", &Sealed::from_bytes(unhex(GOLDEN_SEALED)));
    assert_eq!(error, Err(OpenError::Refused));
}

#[test]
fn nothing_secret_is_shown() {
    let sealed = golden().seal(b"context", b"correct horse").unwrap();
    let shown = format!("{:?} {sealed:?} {:?}", golden(), golden().open(b"other", &sealed));
    assert!(shown.contains("0123456789abcdef"), "the id may be shown: {shown}");
    for canary in ["correct", "horse", "000102030405", "0, 1, 2, 3", "context"] {
        assert!(!shown.contains(canary), "{canary} is in {shown}");
    }
}

proptest! {
    #[test]
    fn whatever_is_sealed_opens(
        context in proptest::collection::vec(any::<u8>(), 0..40),
        plain in proptest::collection::vec(any::<u8>(), 0..2000),
    ) {
        let sealed = golden().seal(&context, &plain).unwrap();
        let stored = Sealed::from_bytes(sealed.into_bytes());
        let opened = golden().open(&context, &stored).unwrap();
        prop_assert_eq!(opened.as_slice(), plain.as_slice());
        // Eight octets in a row are in no sealed form by chance.
        prop_assert!(plain.len() < 8 || !stored.as_bytes().windows(8).any(|part| part == &plain[..8]));
    }

    #[test]
    fn any_flipped_bit_fails(plain in proptest::collection::vec(any::<u8>(), 0..200), at in any::<proptest::sample::Index>()) {
        let mut bytes = golden().seal(b"c", &plain).unwrap().into_bytes();
        let bit = at.index(bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(golden().open(b"c", &Sealed::from_bytes(bytes)).is_err());
    }

    #[test]
    fn another_context_fails(
        context in proptest::collection::vec(any::<u8>(), 0..20),
        other in proptest::collection::vec(any::<u8>(), 0..20),
    ) {
        let sealed = golden().seal(&context, b"secret").unwrap();
        prop_assert_eq!(golden().open(&other, &sealed).is_ok(), other == context);
    }

    #[test]
    fn any_bytes_are_refused_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(golden().open(b"c", &Sealed::from_bytes(bytes)).is_err());
    }
}
