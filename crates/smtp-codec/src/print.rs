//! MAIL and RCPT as we write them.

#[cfg(test)]
mod tests;

use postroad_mail_types::{Mailbox, ReversePath};

use crate::{Body, Capabilities, MailParameters, RcptParameters, Ret};

/// Appends a MAIL command. A parameter goes out only if the host offers it (RFC 5321 §4.1.1.11).
///
/// SIZE goes out only if the client declared one, enlarged by the `header` octets that we put on top. AUTH goes out as
/// `<>` whatever the client said, for we cannot vouch for it (RFC 4954 §5). Whether the host can carry what is left out
/// is for the caller to judge first.
pub fn print_mail(
    out: &mut Vec<u8>,
    path: &ReversePath,
    parameters: &MailParameters,
    host: &Capabilities,
    header: u64,
) {
    out.extend_from_slice(format!("MAIL FROM:<{path}>").as_bytes());
    if let (true, Some(size)) = (host.size, parameters.size) {
        out.extend_from_slice(format!(" SIZE={}", size.saturating_add(header)).as_bytes());
    }
    if let Some(body) = parameters.body {
        let (offered, text) = match body {
            Body::SevenBit => (host.eight_bit_mime, " BODY=7BIT"),
            Body::EightBitMime => (host.eight_bit_mime, " BODY=8BITMIME"),
            Body::BinaryMime => (host.binary_mime, " BODY=BINARYMIME"),
        };
        word(out, offered, text);
    }
    word(out, host.smtp_utf8 && parameters.smtputf8, " SMTPUTF8");
    word(out, host.require_tls && parameters.require_tls, " REQUIRETLS");
    word(out, !host.auth.is_empty() && parameters.auth.is_some(), " AUTH=<>");
    if let (true, Some(ret)) = (host.dsn, parameters.ret) {
        word(out, true, if ret == Ret::Full { " RET=FULL" } else { " RET=HDRS" });
    }
    if let (true, Some(envid)) = (host.dsn, &parameters.envid) {
        out.extend_from_slice(format!(" ENVID={envid}").as_bytes());
    }
    out.extend_from_slice(b"\r\n");
}

/// Appends a RCPT command. A parameter goes out only if the host offers it (RFC 5321 §4.1.1.11).
pub fn print_rcpt(out: &mut Vec<u8>, mailbox: &Mailbox, parameters: &RcptParameters, host: &Capabilities) {
    out.extend_from_slice(format!("RCPT TO:<{mailbox}>").as_bytes());
    if let (true, Some(notify)) = (host.dsn, parameters.notify) {
        out.extend_from_slice(format!(" NOTIFY={notify}").as_bytes());
    }
    if let (true, Some(orcpt)) = (host.dsn, &parameters.orcpt) {
        out.extend_from_slice(b" ORCPT=");
        if host.smtp_utf8 {
            out.extend_from_slice(orcpt.as_str().as_bytes());
        } else {
            out.extend_from_slice(orcpt.to_ascii().as_bytes());
        }
    }
    out.extend_from_slice(b"\r\n");
}

/// Appends a BDAT command, behind which `size` octets must follow (RFC 3030 §2).
pub fn print_bdat(out: &mut Vec<u8>, size: u64, last: bool) {
    out.extend_from_slice(format!("BDAT {size}{}\r\n", if last { " LAST" } else { "" }).as_bytes());
}

fn word(out: &mut Vec<u8>, wanted: bool, text: &str) {
    if wanted {
        out.extend_from_slice(text.as_bytes());
    }
}
