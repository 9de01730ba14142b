//! What a host's reply means.

use postroad_delivery::{Fault, FaultKind};
use postroad_mail_types::{EnhancedCode, Reply};
use postroad_smtp_codec::HostReply;
use postroad_telemetry::Phase;

/// The host's answer as the client may have it, or the fault that it really is.
pub(super) fn verdict(reply: &HostReply, phase: Phase) -> Result<Reply, Fault> {
    let passed = reply.to_reply();
    match reply.code {
        421 => Err(Fault::replied(FaultKind::Lost, phase, &passed)),
        _ if is_about_our_login(&passed) => Err(Fault::replied(FaultKind::Login, phase, &passed)),
        250..=252 => Ok(passed),
        200..=299 => Ok(Reply::fixed(250, Some(EnhancedCode::new(2, 0, 0)), "Ok")),
        300..=399 => Err(Fault::replied(FaultKind::Protocol, phase, &passed)),
        _ => Ok(passed),
    }
}

/// About our login or our TLS, not about the client's mail: by the code, or by an enhanced code of RFC 4954 §6 and RFC
/// 5248 §2.4: X.7.8 credentials, X.7.9 mechanism too weak, X.7.10 and X.7.11 encryption needed. The next ones, X.7.12 and
/// X.7.13, are not taken so: large hosts say them of recipients.
fn is_about_our_login(reply: &Reply) -> bool {
    match (reply.code(), reply.enhanced()) {
        (523 | 525 | 530 | 534 | 535 | 538, _) => true,
        (400..=599, Some(seen)) => (8..=11).any(|detail| seen == EnhancedCode::new(seen.class(), 7, detail)),
        _ => false,
    }
}
