//! Messages that break a rule of the listener.

use postroad_smtp_codec::DataViolation;

use super::{No, no, no_made};

pub(crate) fn too_large(limit: u64) -> No {
    no_made("message-size", 552, (3, 4), format!("Message too large: at most {limit} octets"))
}

pub(crate) fn header_too_large(limit: u64) -> No {
    no_made("header-size", 552, (3, 4), format!("Message header too large: at most {limit} octets"))
}

pub(crate) fn too_many_hops() -> No {
    no("hops", 554, (4, 6), "Too many Received fields: the mail runs in a circle")
}

pub(crate) fn too_many_recipients() -> No {
    no("recipients", 452, (5, 3), "Too many recipients: send the others in another transaction")
}

pub(crate) fn violation(violation: DataViolation) -> No {
    let text = match violation {
        DataViolation::BareCr => "Message refused: it holds a CR without LF",
        DataViolation::BareLf => "Message refused: it holds a LF without CR",
        DataViolation::Nul => "Message refused: it holds a NUL",
    };
    no("line-ends", 550, (6, 0), text)
}
