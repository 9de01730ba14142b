use crate::vocabulary::{OF_MAIL, OF_RCPT, PATHS, Parameter};

/// A command line as the model reads it: by its vocabulary, not by a grammar.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Ehlo,
    Helo,
    Mail(Address),
    Rcpt(Address),
    Data,
    Bdat {
        size: usize,
        last: bool,
    },
    Rset,
    Noop,
    Verify,
    Help,
    Quit,
    StartTls,
    /// The mechanism.
    Auth(String),
    Xclient,
    /// What a browser says.
    Http,
    /// Wrong in itself: the codes it may get. The second: it may be said before TLS.
    Wrong(&'static [u16], bool),
}

/// What stands in MAIL or RCPT.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) mailbox: &'static str,
    pub(crate) parameters: Vec<Parameter>,
}

impl Said {
    /// Reads a line without its CRLF.
    pub(crate) fn read(line: &[u8]) -> Self {
        let Ok(text) = std::str::from_utf8(line) else { return Self::Wrong(&[500, 501, 553], false) };
        let text = text.trim_end_matches([' ', '\t']);
        let (verb, argument) = match text.split_once(' ') {
            Some((verb, argument)) => (verb, Some(argument)),
            None => (text, None),
        };
        let verb = verb.to_uppercase();
        let foreign = !text.is_ascii() && verb != "MAIL" && verb != "RCPT";
        let bare = |said: Self, clear| if argument.is_none() { said } else { Self::Wrong(&[501], clear) };
        match verb.as_str() {
            _ if foreign => Self::Wrong(&[500, 501], false),
            "EHLO" | "HELO" => hello(&verb, argument.unwrap_or_default()),
            "MAIL" => address(argument.unwrap_or_default(), "FROM:", OF_MAIL).map_or_else(Self::wrong, Self::Mail),
            "RCPT" => address(argument.unwrap_or_default(), "TO:", OF_RCPT).map_or_else(Self::wrong, Self::Rcpt),
            "DATA" => bare(Self::Data, false),
            "RSET" => bare(Self::Rset, false),
            "QUIT" => bare(Self::Quit, false),
            "STARTTLS" => bare(Self::StartTls, true),
            "NOOP" => Self::Noop,
            "VRFY" | "EXPN" => Self::Verify,
            "HELP" => Self::Help,
            "BDAT" => chunk(argument.unwrap_or_default()),
            "AUTH" => auth(argument.unwrap_or_default()),
            "XCLIENT" if argument == Some("ADDR=192.0.2.9") => Self::Xclient,
            "XCLIENT" => Self::Wrong(&[501, 550], false),
            "GET" => Self::Http,
            "ETRN" => Self::Wrong(&[502], false),
            _ => Self::Wrong(&[500], false),
        }
    }

    const fn wrong(codes: &'static [u16]) -> Self {
        Self::Wrong(codes, false)
    }
}

fn hello(verb: &str, name: &str) -> Said {
    match (verb, name) {
        (_, "" | "a b") => Said::Wrong(&[501], verb == "EHLO"),
        ("EHLO", _) => Said::Ehlo,
        _ => Said::Helo,
    }
}

fn chunk(argument: &str) -> Said {
    let (digits, rest) = argument.split_once(' ').unwrap_or((argument, ""));
    let size = digits.parse::<u64>().ok().filter(|size| *size < 1 << 63);
    match (size, rest) {
        (Some(size), "" | "LAST") => Said::Bdat { size: usize::try_from(size).unwrap(), last: rest == "LAST" },
        _ => Said::wrong(&[501]),
    }
}

fn auth(argument: &str) -> Said {
    let (mechanism, initial) = argument.split_once(' ').unwrap_or((argument, "="));
    match (mechanism, initial == "=" || is_base64(initial.as_bytes())) {
        ("", _) => Said::wrong(&[501]),
        (_, false) => Said::wrong(&[501, 502, 503, 504]),
        (mechanism, true) => Said::Auth(mechanism.to_uppercase()),
    }
}

/// RFC 4648 §4, with the padding and without bits set in vain.
pub(crate) fn is_base64(text: &[u8]) -> bool {
    let pads = text.iter().rev().take_while(|octet| **octet == b'=').count();
    let digits = &text[..text.len() - pads];
    let value = |octet: u8| {
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".iter().position(|d| *d == octet)
    };
    let last = digits.last().and_then(|octet| value(*octet)).unwrap_or(0);
    let spare = [0, 0b11, 0b1111];
    text.len().is_multiple_of(4) && pads <= 2 && digits.iter().all(|d| value(*d).is_some()) && last & spare[pads] == 0
}

/// The codes of what is wrong in it, or what it says.
fn address(argument: &str, keyword: &str, known: &[(&str, &str, Parameter)]) -> Result<Address, &'static [u16]> {
    let (start, rest) = argument.split_at_checked(keyword.len()).ok_or(&[501][..])?;
    let rest = Some(rest.trim_start_matches(' ')).filter(|_| start.eq_ignore_ascii_case(keyword)).ok_or(&[501][..])?;
    let path = PATHS.iter().find_map(|(path, meaning)| {
        let behind = rest.strip_prefix(path)?;
        (behind.is_empty() || behind.starts_with(' ')).then_some((*meaning, behind))
    });
    let (meaning, behind) = path.ok_or(&[501][..])?;
    // Only the reverse-path may be null.
    let meaning = meaning.filter(|mailbox| !mailbox.is_empty() || keyword == "FROM:");
    let (mut parameters, mut keywords, mut unknown, mut bad) = (Vec::new(), Vec::new(), false, meaning.is_none());
    for word in behind.split(' ').filter(|word| !word.is_empty()) {
        let Some((_, name, parameter)) = known.iter().find(|(written, ..)| *written == word) else {
            unknown = true;
            continue;
        };
        bad |= *parameter == Parameter::Bad || keywords.contains(name);
        keywords.push(*name);
        parameters.push(*parameter);
    }
    match (bad, unknown, meaning) {
        (false, false, Some(mailbox)) => Ok(Address { mailbox, parameters }),
        (true, false, _) => Err(&[501]),
        (false, true, _) => Err(&[555]),
        _ => Err(&[501, 555]),
    }
}
