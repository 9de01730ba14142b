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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(parameters: &str) -> Result<MailParameters, CommandError> {
        match Command::parse(format!("MAIL FROM:<a@b.example>{parameters}").as_bytes())? {
            Command::Mail(_, parameters) => Ok(parameters),
            other => panic!("not MAIL: {other:?}"),
        }
    }

    #[test]
    fn s06_all_parameters_in_any_case_and_order() {
        let seen = read(
            " envid=QQ+2B314159 Ret=hdrs BODY=binarymime smtputf8 RequireTLS Auth=e+3Dmc2@example.com  size=00012",
        )
        .unwrap();
        assert_eq!(
            seen,
            MailParameters {
                size: Some(12),
                body: Some(Body::BinaryMime),
                smtputf8: true,
                require_tls: true,
                auth: Xtext::parse("e+3Dmc2@example.com", 500),
                ret: Some(Ret::Headers),
                envid: Xtext::parse("QQ+2B314159", 100),
            }
        );
        assert_eq!(read(" RET=FULL").unwrap().ret, Some(Ret::Full));
    }

    #[test]
    fn e1a_size_is_digits_that_fit_a_counter() {
        assert_eq!(read(" SIZE=18446744073709551615").unwrap().size, Some(u64::MAX));
        for value in ["", "-1", "+1", "1.", "0x1", " 1", "18446744073709551616", "000000000000000000001"] {
            assert!(read(&format!(" SIZE={value}")).is_err(), "{value:?}");
        }
    }

    #[test]
    fn e5a_smtputf8_has_no_value() {
        assert_eq!(read(" SMTPUTF8=x"), Err(CommandError::Parameter));
        assert_eq!(read(" SMTPUTF8="), Err(CommandError::Parameter));
        assert_eq!(read(" REQUIRETLS=yes"), Err(CommandError::Parameter));
    }

    #[test]
    fn e6b_invalid_and_repeated_parameters_are_refused() {
        for one in ["SIZE=1", "BODY=7BIT", "SMTPUTF8", "REQUIRETLS", "AUTH=<>", "RET=FULL", "ENVID=x"] {
            assert!(read(&format!(" {one}")).is_ok(), "{one}");
            assert_eq!(read(&format!(" {one} {one}")), Err(CommandError::Parameter), "{one}");
        }
        for bad in
            ["RET", "RET=", "RET=HEADERS", "ENVID", "ENVID=", "ENVID=a=b", "ENVID=a+0D", "ENVID=a+2", "ENVID=\u{e9}"]
        {
            assert_eq!(read(&format!(" {bad}")), Err(CommandError::Parameter), "{bad}");
        }
    }

    #[test]
    fn e10d_auth_is_xtext() {
        assert_eq!(read(" AUTH=<>").unwrap().auth.unwrap().decoded(), "<>");
        assert_eq!(read(" AUTH=a+40b").unwrap().auth.unwrap().decoded(), "a@b");
        for bad in ["AUTH", "AUTH=", "AUTH=a+", "AUTH=a=b", "AUTH=a+0Ab"] {
            assert_eq!(read(&format!(" {bad}")), Err(CommandError::Parameter), "{bad}");
        }
    }

    #[test]
    fn l2a_the_longest_line_of_all_extensions_is_read() {
        let path = format!("{}@{}.example", "l".repeat(64), "d.".repeat(90) + "d");
        let line = format!(
            "MAIL FROM:<{path}> SIZE=18446744073709551615 BODY=BINARYMIME SMTPUTF8 REQUIRETLS AUTH={} RET=FULL ENVID={}",
            "a".repeat(494),
            "e".repeat(100)
        );
        let Ok(Command::Mail(reverse_path, seen)) = Command::parse(line.as_bytes()) else { panic!("refused") };
        assert_eq!(reverse_path.to_string(), path);
        assert_eq!(seen.auth.unwrap().as_str().len() + " AUTH=".len(), 500);
        assert!(line.len() > 900);
    }

    #[test]
    fn l2b_envid_has_100_octets_at_most() {
        assert!(read(&format!(" ENVID={}", "x".repeat(100))).is_ok());
        assert_eq!(read(&format!(" ENVID={}", "x".repeat(101))), Err(CommandError::Parameter));
    }

    #[test]
    fn e5a_a_path_may_be_utf8_and_nothing_else_may() {
        let Ok(Command::Mail(path, _)) = Command::parse("MAIL FROM:<j\u{f6}rg@b\u{fc}cher.example>".as_bytes()) else {
            panic!("refused")
        };
        assert!(!path.is_ascii());
        for bad in [" \u{e9}", " SIZE=\u{661}", " \u{a0}SMTPUTF8", "\u{a0}"] {
            assert!(read(bad).is_err(), "{bad:?}");
        }
        assert_eq!(Command::parse(b"MAIL FROM:<j\xf6rg@b.example>"), Err(CommandError::NotAscii));
        assert_eq!(Command::parse(b"MAIL FROM:<j\xed\xa0\x80@b.example>"), Err(CommandError::NotAscii));
    }
}
