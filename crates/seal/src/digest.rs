//! SHA-256, plain and over the parts of a record.

use aws_lc_rs::digest::{Context, SHA256};

/// The SHA-256 (FIPS 180-4) of the parts, one after the other, with nothing between them.
///
/// For parts whose borders matter use [`record_hash`], or give each part its length.
#[must_use]
pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    let mut hash = [0; 32];
    for (to, from) in hash.iter_mut().zip(context.finish().as_ref()) {
        *to = *from;
    }
    hash
}

/// The record hash: SHA-256 over kind, id, version and `wire_hash`, each part after its length.
///
/// `kind` is the number of the kind on the wire and `wire_hash` the SHA-256 of the body as sent. Lengths and
/// `kind` are four octets, `version` is eight, all big endian. Control plane and relays compute the same, so
/// this form never changes.
#[must_use]
pub fn record_hash(kind: u32, id: &str, version: u64, wire_hash: &[u8; 32]) -> [u8; 32] {
    let id = id.as_bytes();
    // Ids have at most 128 octets; a longer one could not be stored.
    let length = u32::try_from(id.len()).unwrap_or(u32::MAX);
    sha256(&[
        &4_u32.to_be_bytes(),
        &kind.to_be_bytes(),
        &length.to_be_bytes(),
        id,
        &8_u32.to_be_bytes(),
        &version.to_be_bytes(),
        &32_u32.to_be_bytes(),
        wire_hash,
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn sha256_is_the_standard_one() {
        // FIPS 180-4, examples.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hex(&sha256(&[b"abc"])), abc);
        assert_eq!(hex(&sha256(&[b"a", b"", b"bc"])), abc);
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(hex(&sha256(&[])), empty);
    }

    #[test]
    fn record_hash_is_pinned() {
        let wire_hash = sha256(&[b"body"]);
        assert_eq!(
            hex(&record_hash(1, "c-1", 7, &wire_hash)),
            "8847a0704d508d0bfc308a714c91a553cd13c95f7be7b6421a20acc8bb4f45cd"
        );
    }

    #[test]
    fn every_part_of_a_record_counts() {
        let wire_hash = sha256(&[b"body"]);
        let hash = record_hash(1, "ab", 7, &wire_hash);
        assert_ne!(hash, record_hash(2, "ab", 7, &wire_hash));
        assert_ne!(hash, record_hash(1, "abc", 7, &wire_hash));
        assert_ne!(hash, record_hash(1, "ab", 8, &wire_hash));
        assert_ne!(hash, record_hash(1, "ab", 7, &sha256(&[b"other"])));
    }
}
