//! Hashes of records and digests of views, as both planes compute them.

use postroad_seal::ViewDigest;

use crate::config::v1 as wire;

/// SHA-256 of a body as it is sent.
#[must_use]
pub fn wire_hash(body: &[u8]) -> [u8; 32] {
    postroad_seal::sha256(&[body])
}

/// What a record adds to the digest of a view.
#[must_use]
pub fn record_hash(record: &wire::Record) -> [u8; 32] {
    let (kind, id) = record.key.as_ref().map_or((0, ""), |key| (key.kind, key.id.as_str()));
    let kind = u32::try_from(kind).unwrap_or(0);
    postroad_seal::record_hash(kind, id, record.version, &wire_hash(&record.body))
}

/// The digest of the view that these records make.
#[must_use]
pub fn view_digest<'a>(records: impl IntoIterator<Item = &'a wire::Record>) -> ViewDigest {
    let mut digest = ViewDigest::EMPTY;
    for record in records {
        digest.add(&record_hash(record));
    }
    digest
}
