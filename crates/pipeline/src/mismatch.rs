//! What a transaction needs and a host cannot give it (RFC 5321 §3.6.1 and the extensions' own rules).
//!
//! What is offered to clients is what every host can honour, as last seen; so this is about a host that offers less than
//! it did, or that nobody had seen when the client said EHLO. It is told at RCPT, where the host is known, and nothing is
//! left out in silence.

use postroad_mail_types::Reply;
use postroad_smtp_codec::{Body, Capabilities, MailParameters, RcptParameters};

use crate::rule::Rule;
use crate::text;

/// What was declared at MAIL and this host cannot take. `header`: octets that we put on top (RFC 1870 §6.1).
pub(crate) fn at_mail(mail: &MailParameters, header: u64, host: &Capabilities) -> Option<(Reply, Rule)> {
    if mail.require_tls && !host.require_tls {
        return Some((text::require_tls_refused(), Rule::RequireTls));
    }
    // RFC 6531 §3.1: SMTPUTF8 is nothing without 8BITMIME.
    if mail.smtputf8 && !(host.smtp_utf8 && host.eight_bit_mime) {
        return Some((text::utf8_refused(), Rule::SmtpUtf8));
    }
    match mail.body {
        Some(Body::EightBitMime) if !host.eight_bit_mime => return Some((text::eight_bit_refused(), Rule::EightBit)),
        Some(Body::BinaryMime) if !takes_binary(host) => return Some((text::binary_refused(), Rule::Binary)),
        _ => {}
    }
    if (mail.ret.is_some() || mail.envid.is_some()) && !host.dsn {
        return Some((text::dsn_not_offered(), Rule::Dsn));
    }
    match (mail.size, host.max_size) {
        (Some(size), Some(limit)) if size.saturating_add(header) > limit => {
            Some((text::too_large_for_host(), Rule::HostSize))
        }
        _ => None,
    }
}

/// What was declared at RCPT and this host cannot take.
///
/// RFC 3461 gives no ground to refuse a recipient for good because of what is asked about it (§5.1), and §5.2.2 makes
/// whoever hands the message to a host without DSN say so to the sender by mail, which a relay without a queue does not
/// do. So the client is told to come again: by then DSN is not offered to it any more, and the duty is its own.
pub(crate) fn at_rcpt(rcpt: &RcptParameters, host: &Capabilities) -> Option<(Reply, Rule)> {
    (!rcpt.is_empty() && !host.dsn).then(|| (text::dsn_not_offered(), Rule::Dsn))
}

/// Octets beyond ASCII need 8BITMIME, or BINARYMIME where the message goes out as that (RFC 6152 §3, RFC 3030 §3).
pub(crate) fn takes_eight_bits(mail: &MailParameters, host: &Capabilities) -> bool {
    host.eight_bit_mime || (mail.body == Some(Body::BinaryMime) && takes_binary(host))
}

/// Binary messages go by BDAT only.
const fn takes_binary(host: &Capabilities) -> bool {
    host.binary_mime && host.chunking
}
