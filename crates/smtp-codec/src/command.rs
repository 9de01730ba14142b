//! Commands of a client (RFC 5321 §4.1.1).

use std::net::IpAddr;

use postroad_mail_types::{Domain, Mailbox, ReversePath};

use crate::path;

/// A command that is well formed. Whether it may come now is the session's business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// EHLO with the client's name.
    Ehlo(ClientName),
    /// HELO with the client's name.
    Helo(ClientName),
    /// MAIL FROM.
    Mail(ReversePath, MailParameters),
    /// RCPT TO.
    Rcpt(Mailbox),
    /// DATA.
    Data,
    /// RSET.
    Rset,
    /// NOOP, argument ignored.
    Noop,
    /// QUIT.
    Quit,
    /// VRFY, argument ignored.
    Vrfy,
    /// A verb of RFC 5321 or a known extension that is not offered here.
    NotImplemented,
}

/// The name a client gives itself: ASCII without control characters and parentheses, at most 255 octets. It may be
/// nonsense; a name that does not match the address is no ground for refusal (RFC 5321 §4.1.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientName(Box<str>);

/// Parameters of MAIL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MailParameters {
    /// SIZE, in octets (RFC 1870).
    pub size: Option<u64>,
    /// BODY (RFC 6152).
    pub body: Option<Body>,
}

/// Value of BODY.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// `7BIT`.
    SevenBit,
    /// `8BITMIME`.
    EightBitMime,
}

/// What is wrong with a command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// Octets outside printable ASCII.
    #[error("the command holds characters outside ASCII")]
    NotAscii,
    /// No verb that SMTP knows.
    #[error("unknown command")]
    UnknownVerb,
    /// The first line of an HTTP request: somebody makes a browser talk to us.
    #[error("this is SMTP, not HTTP")]
    OtherProtocol,
    /// EHLO or HELO without a usable name.
    #[error("give your host name or address literal")]
    ClientName,
    /// DATA, RSET or QUIT with an argument.
    #[error("this command takes no argument")]
    Argument,
    /// MAIL without FROM:<…>.
    #[error("write MAIL FROM:<address>")]
    ReversePath,
    /// RCPT without TO:<…>.
    #[error("write RCPT TO:<address>")]
    ForwardPath,
    /// A parameter given twice, or with a value it cannot have.
    #[error("a parameter is malformed or given twice")]
    Parameter,
    /// A parameter that was not offered (RFC 5321 §4.1.1.11).
    #[error("a parameter is not recognised")]
    UnknownParameter,
}

impl Command {
    /// Reads a line without its CRLF.
    ///
    /// # Errors
    /// Says what is wrong; nothing is guessed.
    pub fn parse(line: &[u8]) -> Result<Self, CommandError> {
        let text = std::str::from_utf8(line).ok().filter(|t| t.is_ascii()).ok_or(CommandError::NotAscii)?;
        let text = text.trim_end_matches([' ', '\t']);
        let (verb, argument) = match text.split_once(' ') {
            Some((verb, argument)) => (verb, Some(argument)),
            None => (text, None),
        };
        let bare = |command: Self| if argument.is_none() { Ok(command) } else { Err(CommandError::Argument) };
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => ClientName::parse(argument).map(Self::Ehlo),
            "HELO" => ClientName::parse(argument).map(Self::Helo),
            "MAIL" => parse_mail(argument.unwrap_or_default()),
            "RCPT" => parse_rcpt(argument.unwrap_or_default()),
            "DATA" => bare(Self::Data),
            "RSET" => bare(Self::Rset),
            "QUIT" => bare(Self::Quit),
            "NOOP" => Ok(Self::Noop),
            "VRFY" => Ok(Self::Vrfy),
            "EXPN" | "HELP" | "STARTTLS" | "AUTH" | "BDAT" | "ETRN" | "TURN" | "SEND" | "SOML" | "SAML" => {
                Ok(Self::NotImplemented)
            }
            "GET" | "POST" | "PUT" | "HEAD" | "OPTIONS" | "CONNECT" => Err(CommandError::OtherProtocol),
            _ => Err(CommandError::UnknownVerb),
        }
    }
}

impl ClientName {
    /// The name as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// An address literal or a host name; text after a literal is tolerated and dropped (RFC 5321 §4.1.4). Underscores
    /// are let pass, for many machines have them in their names.
    fn parse(argument: Option<&str>) -> Result<Self, CommandError> {
        let name = argument.unwrap_or_default().trim_start_matches(' ');
        let usable = |name: &str| (1..=255).contains(&name.len());
        if name.starts_with('[') {
            let end = name.find(']').ok_or(CommandError::ClientName)?;
            let literal = name.get(..=end).unwrap_or_default();
            let inside = literal.trim_matches(['[', ']']);
            let address = inside.strip_prefix("IPv6:").unwrap_or(inside);
            return match address.parse::<IpAddr>() {
                Ok(_) if usable(literal) => Ok(Self(literal.into())),
                _ => Err(CommandError::ClientName),
            };
        }
        let letter = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b':');
        if usable(name) && name.bytes().all(letter) { Ok(Self(name.into())) } else { Err(CommandError::ClientName) }
    }

    /// True when the name could be a host's.
    #[must_use]
    pub fn is_domain(&self) -> bool {
        Domain::parse(&self.0).is_ok()
    }
}

/// `FROM:` or `TO:` in any case; a blank after the colon is tolerated, since many programs write one (RFC 5321 §3.3
/// has none).
fn after_keyword<'a>(argument: &'a str, keyword: &str) -> Option<&'a str> {
    let head = argument.get(..keyword.len())?;
    head.eq_ignore_ascii_case(keyword)
        .then(|| argument.get(keyword.len()..).unwrap_or_default().trim_start_matches(' '))
}

fn parse_mail(argument: &str) -> Result<Command, CommandError> {
    let (inside, rest) =
        after_keyword(argument, "FROM:").and_then(path::split_path).ok_or(CommandError::ReversePath)?;
    let reverse_path = path::reverse_path(inside).ok_or(CommandError::ReversePath)?;
    let mut parameters = MailParameters::default();
    for parameter in parameters_of(rest).ok_or(CommandError::ReversePath)? {
        let (name, value) = match parameter.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (parameter, None),
        };
        match name.to_ascii_uppercase().as_str() {
            "SIZE" if parameters.size.is_none() => parameters.size = Some(size(value)?),
            "BODY" if parameters.body.is_none() => parameters.body = Some(body(value)?),
            "SIZE" | "BODY" => return Err(CommandError::Parameter),
            _ => return Err(CommandError::UnknownParameter),
        }
    }
    Ok(Command::Mail(reverse_path, parameters))
}

fn parse_rcpt(argument: &str) -> Result<Command, CommandError> {
    let (inside, rest) = after_keyword(argument, "TO:").and_then(path::split_path).ok_or(CommandError::ForwardPath)?;
    let mailbox = Mailbox::parse(inside).ok().ok_or(CommandError::ForwardPath)?;
    match parameters_of(rest).ok_or(CommandError::ForwardPath)?.next() {
        None => Ok(Command::Rcpt(mailbox)),
        Some(_) => Err(CommandError::UnknownParameter),
    }
}

/// The parameters after a path; `None` when something clings to its bracket.
fn parameters_of(rest: &str) -> Option<impl Iterator<Item = &str>> {
    (rest.is_empty() || rest.starts_with(' ')).then(|| rest.split(' ').filter(|p| !p.is_empty()))
}

/// 1 to 20 digits that fit a counter (RFC 1870 §3).
fn size(value: Option<&str>) -> Result<u64, CommandError> {
    value
        .filter(|v| (1..=20).contains(&v.len()) && v.bytes().all(|b| b.is_ascii_digit()))
        .and_then(|v| v.parse().ok())
        .ok_or(CommandError::Parameter)
}

fn body(value: Option<&str>) -> Result<Body, CommandError> {
    match value.map(str::to_ascii_uppercase).as_deref() {
        Some("7BIT") => Ok(Body::SevenBit),
        Some("8BITMIME") => Ok(Body::EightBitMime),
        // BINARYMIME is a parameter of an extension that is not offered (RFC 3030 §3).
        Some("BINARYMIME") => Err(CommandError::UnknownParameter),
        _ => Err(CommandError::Parameter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(line: &str) -> CommandError {
        Command::parse(line.as_bytes()).expect_err(line)
    }

    #[test]
    fn s06_verbs_keywords_and_names_ignore_case_and_the_local_part_stays() {
        let Command::Mail(path, parameters) =
            Command::parse(b"mail from:<A.b@C.Example> size=10 body=8bitmime").unwrap()
        else {
            panic!("not MAIL")
        };
        assert_eq!(path.to_string(), "A.b@C.Example");
        assert_eq!(parameters, MailParameters { size: Some(10), body: Some(Body::EightBitMime) });
    }

    #[test]
    fn s06_a_blank_after_the_colon_is_tolerated() {
        assert!(Command::parse(b"MAIL FROM: <a@b.example>").is_ok());
        assert!(Command::parse(b"RCPT TO: <a@b.example>").is_ok());
    }

    #[test]
    fn s07_arguments_where_none_belongs_are_refused() {
        for line in ["DATA x", "RSET x", "QUIT x"] {
            assert_eq!(error(line), CommandError::Argument, "{line}");
        }
        assert_eq!(Command::parse(b"NOOP x").unwrap(), Command::Noop);
    }

    #[test]
    fn s09_parameters_twice_malformed_or_unknown() {
        for line in [
            "MAIL FROM:<a@b.example> SIZE=1 SIZE=2",
            "MAIL FROM:<a@b.example> SIZE=",
            "MAIL FROM:<a@b.example> SIZE",
            "MAIL FROM:<a@b.example> SIZE=-1",
            "MAIL FROM:<a@b.example> SIZE=99999999999999999999999",
            "MAIL FROM:<a@b.example> SIZE=99999999999999999999",
            "MAIL FROM:<a@b.example> BODY=9BIT",
            "MAIL FROM:<a@b.example> BODY=7BIT BODY=7BIT",
        ] {
            assert_eq!(error(line), CommandError::Parameter, "{line}");
        }
        for line in [
            "MAIL FROM:<a@b.example> SMTPUTF8",
            "MAIL FROM:<a@b.example> BODY=BINARYMIME",
            "RCPT TO:<a@b.example> NOTIFY=NEVER",
            "RCPT TO:<a@b.example> X=1",
        ] {
            assert_eq!(error(line), CommandError::UnknownParameter, "{line}");
        }
    }

    #[test]
    fn malformed_paths_are_refused() {
        for path in [
            "",
            "a@b.example",
            "<a@b.example",
            "<a@b.example>SIZE=10",
            "<a b@c.example>",
            "<@a:b>",
            "<a@>",
            "< a@b.example>",
        ] {
            assert_eq!(error(&format!("MAIL FROM:{path}")), CommandError::ReversePath, "{path}");
            assert_eq!(error(&format!("RCPT TO:{path}")), CommandError::ForwardPath, "{path}");
        }
        assert_eq!(error("RCPT TO:<>"), CommandError::ForwardPath);
        assert!(Command::parse(b"MAIL FROM:<>").is_ok());
        assert!(Command::parse(b"RCPT TO:<Postmaster>").is_ok());
    }

    #[test]
    fn s03_client_names() {
        for name in ["a.example", "host_1", "[192.0.2.1]", "[IPv6:2001:db8::1]", "[192.0.2.1] trailing", "localhost"] {
            assert!(Command::parse(format!("EHLO {name}").as_bytes()).is_ok(), "{name}");
        }
        for name in ["", " ", "a b", "[1.2", "[x]", "a(b)", "a\u{7f}", "<x>"] {
            assert_eq!(error(&format!("EHLO {name}")), CommandError::ClientName, "{name}");
        }
    }

    #[test]
    fn s05_unknown_verbs_are_told_from_verbs_not_offered() {
        assert_eq!(error("GARBAGE / HTTP/1.1"), CommandError::UnknownVerb);
        assert_eq!(error("GET / HTTP/1.1"), CommandError::OtherProtocol);
        assert_eq!(error(""), CommandError::UnknownVerb);
        assert_eq!(Command::parse(b"STARTTLS").unwrap(), Command::NotImplemented);
        assert_eq!(Command::parse("NOOP \u{e9}".as_bytes()), Err(CommandError::NotAscii));
    }
}
