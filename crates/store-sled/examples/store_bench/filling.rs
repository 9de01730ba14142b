//! Stores with something in them.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use postroad_store::{Change, ConnectorStore, Key, Kind, Put, RequestMark};
use postroad_store_sled::SledStore;

/// Octets of a record, about those of a connector.
pub(crate) const SIZE: usize = 1024;
/// Octets of an audit event.
const EVENT: usize = 300;
/// Records that are loaded at once.
const BATCH: usize = 1000;

/// Opens a new store and writes so many records.
pub(crate) async fn filled(directory: &Path, count: usize) -> Arc<SledStore> {
    let store = Arc::new(SledStore::open(directory).unwrap());
    let mut base = 0;
    for batch in 0..count.div_ceil(BATCH) {
        let ids = batch * BATCH..((batch + 1) * BATCH).min(count);
        let change = Change { base, puts: ids.map(put).collect(), time: 1, ..Change::default() };
        base = store.apply(change).await.unwrap().revision;
    }
    store
}

/// The same, and then the process is gone without closing anything.
pub(crate) async fn fill_and_die(directory: &Path, count: usize) {
    let _store = filled(directory, count).await;
    std::process::abort();
}

/// A change as the control plane makes one: a record, an audit event, a request id.
pub(crate) fn change(at: usize) -> Change {
    let id = format!("{:032x}", u128::from_be_bytes(postroad_seal::random_bytes()));
    Change {
        puts: vec![put(at)],
        time: 1,
        audit: Some(Bytes::from(vec![7; EVENT])),
        request: Some(RequestMark { id, content: [1; 32], outcome: Bytes::from_static(b"done") }),
        ..Change::default()
    }
}

fn put(at: usize) -> Put {
    // Scattered, as UUIDs are.
    let id = postroad_seal::sha256(&[&at.to_be_bytes()]);
    let id: String = id.iter().take(18).map(|octet| format!("{octet:02x}")).collect();
    let seed = u8::try_from(at % 251).unwrap_or_default();
    let mut body = vec![0; SIZE];
    body.iter_mut().zip(id.bytes().cycle()).for_each(|(to, from)| *to = from ^ seed);
    Put { key: Key { kind: Kind::Connector, id }, body: Bytes::from(body), wire_hash: [9; 32] }
}
