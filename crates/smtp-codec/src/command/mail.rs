//! MAIL (RFC 5321 §4.1.1.2).

use super::parameter::{Parameter, after_keyword, parameters};
use super::{Command, CommandError};
use crate::{Xtext, path};

/// Parameters of MAIL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailParameters {
    /// SIZE, in octets (RFC 1870).
    pub size: Option<u64>,
    /// BODY (RFC 6152, RFC 3030).
    pub body: Option<Body>,
    /// SMTPUTF8 (RFC 6531).
    pub smtputf8: bool,
    /// REQUIRETLS (RFC 8689).
    pub require_tls: bool,
    /// AUTH: who is said to have submitted the message, `<>` for nobody (RFC 4954 §5).
    pub auth: Option<Xtext>,
    /// RET (RFC 3461 §4.3).
    pub ret: Option<Ret>,
    /// ENVID, at most 100 octets as written (RFC 3461 §4.4).
    pub envid: Option<Xtext>,
}

/// Value of BODY.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// `7BIT`.
    SevenBit,
    /// `8BITMIME`.
    EightBitMime,
    /// `BINARYMIME`: lines mean nothing; it can be sent by BDAT only (RFC 3030 §3).
    BinaryMime,
}

/// Value of RET: what a report is to bring back of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ret {
    /// `FULL`.
    Full,
    /// `HDRS`.
    Headers,
}

/// Octets of ENVID as written (RFC 3461 §4.4).
const ENVID_LIMIT: usize = 100;
/// Octets that AUTH adds to a line (RFC 4954 §3).
const AUTH_LIMIT: usize = 500;

pub(super) fn parse(argument: &str) -> Result<Command, CommandError> {
    let (inside, rest) =
        after_keyword(argument, "FROM:").and_then(path::split_path).ok_or(CommandError::ReversePath)?;
    let reverse_path = path::reverse_path(inside).ok_or(CommandError::ReversePath)?;
    let mut seen = MailParameters::default();
    for parameter in parameters(rest).ok_or(CommandError::ReversePath)? {
        match parameter.keyword.as_str() {
            "SIZE" => Parameter::once(&mut seen.size, size(parameter.value()?)),
            "BODY" => Parameter::once(&mut seen.body, body(parameter.value()?)),
            "SMTPUTF8" => parameter.flag(&mut seen.smtputf8),
            "REQUIRETLS" => parameter.flag(&mut seen.require_tls),
            "AUTH" => Parameter::once(&mut seen.auth, Xtext::parse(parameter.value()?, AUTH_LIMIT)),
            "RET" => Parameter::once(&mut seen.ret, ret(parameter.value()?)),
            "ENVID" => Parameter::once(&mut seen.envid, Xtext::parse(parameter.value()?, ENVID_LIMIT)),
            _ => Err(CommandError::UnknownParameter),
        }?;
    }
    Ok(Command::Mail(reverse_path, seen))
}

/// 1 to 20 digits that fit a counter (RFC 1870 §3).
fn size(value: &str) -> Option<u64> {
    let digits = (1..=20).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_digit());
    value.parse().ok().filter(|_| digits)
}

fn body(value: &str) -> Option<Body> {
    match value.to_ascii_uppercase().as_str() {
        "7BIT" => Some(Body::SevenBit),
        "8BITMIME" => Some(Body::EightBitMime),
        "BINARYMIME" => Some(Body::BinaryMime),
        _ => None,
    }
}

fn ret(value: &str) -> Option<Ret> {
    match value.to_ascii_uppercase().as_str() {
        "FULL" => Some(Ret::Full),
        "HDRS" => Some(Ret::Headers),
        _ => None,
    }
}
