//! What is written.

use bytes::Bytes;
use postroad_store::{Change, Key, Kind, Put, RequestMark};

/// A connector and a credential of one id and one content, so that a half change shows; in the audit trail stands which.
pub(crate) fn pair(base: u64, id: &str, fill: u8) -> Change {
    let body = Bytes::from(vec![fill; 100 + usize::from(fill) * 20]);
    let puts = keys(id).map(|key| Put { key, body: body.clone(), wire_hash: postroad_seal::sha256(&[&body]) });
    Change { base, puts: puts.to_vec(), audit: Some(event(id, Some(fill))), time: 1, ..Change::default() }
}

/// The removal of both.
pub(crate) fn removal(id: &str) -> Change {
    Change { deletes: keys(id).to_vec(), audit: Some(event(id, None)), time: 1, ..Change::default() }
}

/// Gives a change a request id of its own.
pub(crate) fn requested(change: Change) -> (Change, String) {
    let id = format!("{:032x}", u128::from_be_bytes(postroad_seal::random_bytes()));
    let request = RequestMark { id: id.clone(), content: [1; 32], outcome: Bytes::from_static(b"done") };
    (Change { request: Some(request), ..change }, id)
}

fn event(id: &str, fill: Option<u8>) -> Bytes {
    Bytes::from(format!("{id} {fill:?}"))
}

fn keys(id: &str) -> [Key; 2] {
    [Kind::Connector, Kind::Credential].map(|kind| Key { kind, id: id.to_owned() })
}
