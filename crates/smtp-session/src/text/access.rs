//! Who may do what: TLS, AUTH, relaying, senders.

use std::net::IpAddr;

use super::{No, no, no_made};
use crate::{SaslFailure, SessionSettings};

pub(crate) fn tls_first() -> No {
    no("tls-required", 530, (7, 0), "Say STARTTLS first")
}

pub(crate) fn auth_first() -> No {
    no("auth-required", 530, (7, 0), "Authenticate first: AUTH, with a mechanism of those that EHLO lists")
}

/// AUTH is required, but none was offered to this client as it stands.
pub(crate) fn auth_after_tls(settings: &SessionSettings) -> No {
    let text = if settings.starttls {
        "Authenticate first: say STARTTLS, then EHLO, then AUTH"
    } else {
        "Authenticate first: AUTH after EHLO"
    };
    no("auth-required", 530, (7, 0), text)
}

pub(crate) fn relaying_denied(address: IpAddr) -> No {
    let text = format!("Relaying is not allowed from your address {}: ask to have it allowed", address.to_canonical());
    no_made("relaying-denied", 550, (7, 1), text)
}

pub(crate) fn relaying_needs_auth() -> No {
    no("relaying-denied", 550, (7, 1), "Relaying is not allowed before you authenticate: say AUTH")
}

pub(crate) fn relaying_needs_tls_and_auth() -> No {
    no("relaying-denied", 550, (7, 1), "Relaying is not allowed before you authenticate: say STARTTLS, EHLO, AUTH")
}

pub(crate) fn may_not_send_as() -> No {
    no("sender-denied", 550, (7, 1), "You may not send as this address; use one that belongs to your account")
}

pub(crate) fn not_ascii() -> No {
    no("smtputf8-needed", 553, (6, 7), "An address beyond ASCII needs SMTPUTF8 with MAIL, where EHLO lists it")
}

pub(crate) fn unqualified_sender() -> No {
    no("unqualified-domain", 554, (1, 8), "Write the sender's domain in full, as in user@mail.example")
}

pub(crate) fn unqualified_recipient() -> No {
    no("unqualified-domain", 554, (1, 2), "Write the recipient's domain in full, as in user@mail.example")
}

pub(crate) fn unknown_mechanism() -> No {
    no("unknown-mechanism", 504, (5, 4), "This mechanism is not taken here; EHLO lists those that are")
}

pub(crate) fn unusable_mechanism() -> No {
    no("unusable-mechanism", 504, (5, 4), "This mechanism cannot be used in this session; EHLO lists those that can")
}

/// RFC 4954 §6 has 538 5.7.11 for this as history only.
pub(crate) fn mechanism_after_tls() -> No {
    no("tls-required", 530, (7, 0), "Say STARTTLS before you use this mechanism")
}

/// 501 and 5.7.0 are RFC 4954 §4's own.
pub(crate) fn initial_response_refused() -> No {
    let text = "This mechanism takes no initial response: send AUTH and its name alone, and answer when you are asked";
    no("sasl-initial-response", 501, (7, 0), text)
}

pub(crate) fn auth_line_too_long() -> No {
    no("sasl-line-length", 500, (5, 6), "Authentication exchange line is too long")
}

pub(crate) fn bad_base64() -> No {
    no("sasl-syntax", 501, (5, 2), "This is not base64; the exchange is over")
}

pub(crate) fn auth_cancelled() -> No {
    no("sasl-cancelled", 501, (7, 0), "Authentication cancelled, as you asked")
}

/// RFC 4954 §6.
pub(crate) fn auth_failure(failure: SaslFailure) -> No {
    match failure {
        SaslFailure::Credentials => no("credentials", 535, (7, 8), "Authentication credentials are invalid"),
        SaslFailure::Temporary => no("auth-unavailable", 454, (7, 0), "Authentication is not possible now, try later"),
        SaslFailure::Malformed => no("sasl-syntax", 501, (5, 2), "This is no message of the mechanism"),
        SaslFailure::Mechanism => unknown_mechanism(),
        SaslFailure::Cancelled => auth_cancelled(),
    }
}
