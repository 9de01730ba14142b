//! RCPT (RFC 5321 §4.1.1.3).

mod notify;
mod orcpt;

use postroad_mail_types::Mailbox;

use super::parameter::{Parameter, after_keyword, parameters};
use super::{Command, CommandError};
use crate::path;

pub use notify::Notify;
pub use orcpt::Orcpt;

/// Parameters of RCPT.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RcptParameters {
    /// NOTIFY (RFC 3461 §4.1).
    pub notify: Option<Notify>,
    /// ORCPT (RFC 3461 §4.2).
    pub orcpt: Option<Orcpt>,
}

impl RcptParameters {
    /// True when there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.notify.is_none() && self.orcpt.is_none()
    }
}

pub(super) fn parse(argument: &str) -> Result<Command, CommandError> {
    let (inside, rest) = after_keyword(argument, "TO:").and_then(path::split_path).ok_or(CommandError::ForwardPath)?;
    let mailbox = Mailbox::parse(inside).map_err(|_malformed| CommandError::ForwardPath)?;
    let mut seen = RcptParameters::default();
    for parameter in parameters(rest).ok_or(CommandError::ForwardPath)? {
        match parameter.keyword.as_str() {
            "NOTIFY" => Parameter::once(&mut seen.notify, Notify::parse(parameter.value()?)),
            "ORCPT" => Parameter::once(&mut seen.orcpt, Orcpt::parse(parameter.value()?)),
            _ => Err(CommandError::UnknownParameter),
        }?;
    }
    Ok(Command::Rcpt(mailbox, seen))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(parameters: &str) -> Result<RcptParameters, CommandError> {
        match Command::parse(format!("RCPT TO:<a@b.example>{parameters}").as_bytes())? {
            Command::Rcpt(_, parameters) => Ok(parameters),
            other => panic!("not RCPT: {other:?}"),
        }
    }

    #[test]
    fn e6b_never_stands_alone() {
        assert_eq!(read(" notify=never").unwrap().notify, Some(Notify::Never));
        let some = Some(Notify::On { success: true, failure: false, delay: true });
        assert_eq!(read(" NOTIFY=Delay,SUCCESS").unwrap().notify, some);
        for bad in ["", "NEVER,SUCCESS", "SUCCESS,NEVER", "SUCCESS,", ",", "SUCCESS;DELAY", "ALWAYS", "NEVER,NEVER"] {
            assert_eq!(read(&format!(" NOTIFY={bad}")), Err(CommandError::Parameter), "{bad}");
        }
        assert_eq!(read(" NOTIFY"), Err(CommandError::Parameter));
        assert_eq!(read(" NOTIFY=NEVER NOTIFY=NEVER"), Err(CommandError::Parameter));
    }

    #[test]
    fn e6a_orcpt_is_kept_octet_for_octet() {
        for value in ["rfc822;Bob+2BX@Example.COM", "RFC822;a", "x-b;a+3Db", "rfc822;a+C3+A9@b"] {
            assert_eq!(read(&format!(" ORCPT={value}")).unwrap().orcpt.unwrap().as_str(), value);
        }
        for bad in [
            "",
            "rfc822",
            "rfc822;",
            ";a",
            "rfc822;a=b",
            "rfc822;a+3d",
            "rfc822;a+0D+0A",
            "rfc 822;a",
            "rf@c;a",
            "rfc822;\u{e9}",
            "rfc822;a+C3",
            "rfc822;a+C2+85",
        ] {
            assert!(read(&format!(" ORCPT={bad}")).is_err(), "{bad}");
        }
        assert_eq!(read(" ORCPT=rfc822;a ORCPT=rfc822;a"), Err(CommandError::Parameter));
        assert!(read(&format!(" ORCPT=rfc822;{}", "x".repeat(493))).is_ok());
        assert!(read(&format!(" ORCPT=rfc822;{}", "x".repeat(494))).is_err());
    }

    #[test]
    fn e5c_orcpt_utf_8_has_the_forms_of_its_rfc() {
        for value in ["utf-8;a@b", "UTF-8;\u{fc}@b\u{fc}.example", "utf-8;\\x{FC}@b", "utf-8;\\x{1F600}", "utf-8;a+2Bb"]
        {
            let orcpt = read(&format!(" ORCPT={value}")).unwrap().orcpt.unwrap();
            assert_eq!((orcpt.as_str(), orcpt.is_ascii()), (value, value.is_ascii()));
        }
        for bad in [
            "utf-8;a=b",
            "utf-8;\\a",
            "utf-8;\\x{}",
            "utf-8;\\x{fc}",
            "utf-8;\\x{D800}",
            "utf-8;\\x{110000}",
            "utf-8;\\x{0A}",
            "utf-8;\\x{FC",
            "utf-8;a+0A",
            "utf-8;\u{85}",
        ] {
            assert!(read(&format!(" ORCPT={bad}")).is_err(), "{bad}");
        }
        let orcpt = read(" ORCPT=utf-8;\u{fc}\u{1f600}@b").unwrap().orcpt.unwrap();
        assert_eq!(orcpt.to_ascii(), "utf-8;\\x{FC}\\x{1F600}@b");
    }

    #[test]
    fn s15_postmaster_needs_no_domain() {
        for path in ["Postmaster", "postMASTER", "POSTMASTER"] {
            let Ok(Command::Rcpt(mailbox, _)) = Command::parse(format!("RCPT TO:<{path}>").as_bytes()) else {
                panic!("{path} was refused")
            };
            assert_eq!((mailbox.as_str(), mailbox.domain()), (path, None));
        }
        assert_eq!(Command::parse(b"RCPT TO:<abuse>"), Err(CommandError::ForwardPath));
    }

    #[test]
    fn s16_a_source_route_is_taken_and_stripped() {
        for path in ["@a.example,@b.example:u@c.example", "@a.example:u@c.example", "@b\u{fc}.example:u@c.example"] {
            let Ok(Command::Rcpt(mailbox, _)) = Command::parse(format!("RCPT TO:<{path}>").as_bytes()) else {
                panic!("{path} was refused")
            };
            assert_eq!(mailbox.as_str(), "u@c.example");
        }
        for path in ["@a.example,b.example:u@c.example", "@a.example u@c.example", "@:u@c.example", "@a.example:"] {
            assert_eq!(
                Command::parse(format!("RCPT TO:<{path}>").as_bytes()),
                Err(CommandError::ForwardPath),
                "{path}"
            );
        }
    }

    #[test]
    fn th06_addresses_that_hide_another_one_are_kept_whole_or_refused() {
        for (path, kept) in [
            ("a%b@c.example", true),
            ("\"a@b\"@c.example", true),
            ("a@b@c.example", false),
            ("user@[127.0.0.1]", true),
            ("user@domain.example.", false),
            ("u@xn--", false),
            ("u@", false),
        ] {
            match Command::parse(format!("RCPT TO:<{path}>").as_bytes()) {
                Ok(Command::Rcpt(mailbox, _)) => assert_eq!((mailbox.as_str(), kept), (path, true)),
                other => assert_eq!((other, kept), (Err(CommandError::ForwardPath), false), "{path}"),
            }
        }
    }
}
