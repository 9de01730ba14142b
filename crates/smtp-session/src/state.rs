//! Where the dialogue stands (RFC 5321 §4.1.4).

use postroad_smtp_codec::{BodyForm, ChunkScanner, DataScanner};

/// Where the dialogue stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// No transaction is open.
    Idle,
    /// MAIL was asked for; its answer is due.
    AskedMail,
    /// A transaction is open.
    Open,
    /// RCPT was asked for.
    AskedRcpt,
    /// DATA was asked for, or the first chunk of BDAT.
    AskedData(BodyForm),
    /// Message data is being read.
    Data,
    /// A chunk that was accepted is being read.
    Chunk { last: bool },
    /// Between two chunks of a message.
    Chunks,
    /// A chunk that was refused is read and dropped; then the pending action is due (RFC 3030 §2).
    Drain { left: u64, then: Rest },
    /// A chunk of the message was refused: nothing but RSET goes on from here.
    Failed,
    /// The data was read whole, or a chunk broke a rule; the last word is due.
    AskedEnd { then: Rest },
    /// A step of a SASL exchange was asked for.
    AskedSasl,
    /// The client's answer to a challenge is awaited.
    Challenged,
    /// The exchange is over; that it is forgotten is still to be heard.
    Cancelling,
    /// The TLS handshake is under way.
    AskedTls,
    /// XCLIENT was asked for.
    AskedClient,
    /// The last word was said: the driver closes.
    Closed,
}

/// Where the dialogue stands once something is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    Idle,
    Open,
    Failed,
}

/// The transaction that is open.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Progress {
    /// Recipients answered 2xx.
    pub(crate) accepted: u32,
    /// BODY=BINARYMIME was said.
    pub(crate) binary: bool,
    /// SMTPUTF8 was said.
    pub(crate) utf8: bool,
    /// A BDAT was refused before any was accepted.
    pub(crate) chunk_refused: bool,
}

/// What walks through the message.
#[derive(Debug)]
pub(crate) enum Scanner {
    None,
    Data(DataScanner),
    Chunks(ChunkScanner),
}

impl Rest {
    pub(crate) const fn state(self) -> State {
        match self {
            Self::Idle => State::Idle,
            Self::Open => State::Open,
            Self::Failed => State::Failed,
        }
    }

    /// After the end of a chunk that was refused.
    pub(crate) const fn after_chunk(last: bool) -> Self {
        if last { Self::Idle } else { Self::Failed }
    }
}

impl Scanner {
    /// Octets and Received fields of the message so far.
    pub(crate) const fn message(&self) -> (u64, u32) {
        match self {
            Self::None => (0, 0),
            Self::Data(data) => (data.size(), data.hops()),
            Self::Chunks(chunks) => (chunks.size(), chunks.hops()),
        }
    }
}
