//! Pieces of a view, each of which fits into one Chunk.

use postroad_api::config::v1::Record;
use postroad_api::limits;
use prost::Message as _;

/// Kind and id of a record; the order of records in a view.
pub(super) type RecordName<'a> = (i32, &'a str);

/// Tags, lengths and the numbers of the Chunk itself.
const MARGIN: usize = 64;

/// The name of a record.
pub(super) fn name(record: &Record) -> RecordName<'_> {
    record.key.as_ref().map_or((0, ""), |key| (key.kind, key.id.as_str()))
}

/// Cuts records into pieces of at most so many octets each; one record alone may have more.
pub(super) fn cut(records: Vec<Record>, limit: usize) -> Vec<Vec<Record>> {
    let mut pieces: Vec<Vec<Record>> = Vec::new();
    let mut room = 0;
    for record in records {
        let size = size(&record);
        match pieces.last_mut() {
            Some(last) if size <= room => last.push(record),
            _ => {
                room = limit.saturating_sub(MARGIN);
                pieces.push(vec![record]);
            }
        }
        room = room.saturating_sub(size);
    }
    pieces
}

/// The records as one piece, or halved when they are too large for one: halves leave room for what comes next.
pub(super) fn fit(records: Vec<Record>) -> Vec<Vec<Record>> {
    let all: usize = records.iter().map(size).sum();
    if all <= limits::CHUNK - MARGIN { vec![records] } else { cut(records, limits::CHUNK / 2) }
}

/// Octets of a record in a Chunk.
fn size(record: &Record) -> usize {
    record.encoded_len() + 8
}
