//! A transfer on its way in.

use postroad_api::config::v1 as wire;
use postroad_api::{record_hash, view_problem};
use postroad_seal::ViewDigest;

/// What has been received of a transfer; never more than was declared.
#[derive(Debug)]
pub(crate) struct Transfer {
    pub(crate) begin: wire::Begin,
    pub(crate) records: Vec<wire::Record>,
    octets: u64,
    chunks: u32,
    digest: ViewDigest,
}

/// Octets of a whole view (SR14).
const VIEW: u64 = 256 * 1024 * 1024;
/// Records of a whole view: each connector may have a credential.
const RECORDS: u32 = 200_000;

impl Transfer {
    /// Checks what is declared; nothing is allocated for it.
    pub(crate) fn begin(begin: wire::Begin) -> Result<Self, Box<(wire::Begin, wire::Problem)>> {
        if begin.upserts > RECORDS || begin.bytes > VIEW {
            let text = format!("the view is larger than {RECORDS} records or {VIEW} octets");
            return Err(Box::new((begin, view_problem(wire::ProblemReason::Limit, text))));
        }
        Ok(Self { begin, records: Vec::new(), octets: 0, chunks: 0, digest: ViewDigest::EMPTY })
    }

    /// Takes one chunk.
    pub(crate) fn chunk(&mut self, chunk: wire::Chunk) -> Result<(), wire::Problem> {
        let mismatch = |text: &str| view_problem(wire::ProblemReason::DigestMismatch, text);
        if chunk.transfer != self.begin.transfer || chunk.index != self.chunks {
            return Err(mismatch("a chunk is missing or out of order"));
        }
        self.chunks += 1;
        for record in chunk.upserts {
            if record.body.len() > postroad_connector_model::limits::RECORD_BYTES {
                return Err(view_problem(wire::ProblemReason::Limit, "a record is larger than a record may be"));
            }
            self.octets += record.body.len() as u64;
            if self.records.len() as u64 >= u64::from(self.begin.upserts) || self.octets > self.begin.bytes {
                return Err(mismatch("more came than was declared"));
            }
            // Chunk by chunk: hashing the whole view at its end would hold up a thread that carries mail.
            self.digest.add(&record_hash(&record));
            self.records.push(record);
        }
        Ok(())
    }

    /// Checks counts and digest at the end.
    pub(crate) fn commit(&self, commit: &wire::Commit) -> Result<[u8; 32], wire::Problem> {
        let mismatch = |text: &str| view_problem(wire::ProblemReason::DigestMismatch, text);
        if commit.transfer != self.begin.transfer || commit.revision != self.begin.revision {
            return Err(mismatch("the commit belongs to another transfer"));
        }
        if self.records.len() as u64 != u64::from(self.begin.upserts) || self.octets != self.begin.bytes {
            return Err(mismatch("less came than was declared"));
        }
        let digest = self.digest.to_bytes();
        if digest[..] != commit.view_digest[..] {
            return Err(mismatch("the digest of what came is another than the one sent with it"));
        }
        Ok(digest)
    }
}
