//! Commands of a client (RFC 5321 §4.1.1).

mod auth;
mod chunk;
mod client_name;
mod mail;
mod parameter;
mod rcpt;
#[cfg(test)]
mod tests;
mod xclient;

use postroad_mail_types::{Mailbox, ReversePath};

use crate::SaslOctets;

pub use auth::MechanismName;
pub use client_name::ClientName;
pub(crate) use client_name::is_letter;
pub use mail::{Body, MailParameters, Ret};
pub use rcpt::{Notify, Orcpt, RcptParameters};
pub use xclient::{ClientAttributes, Given};

/// A command that is well formed. Whether it may come now, and whether its extension was offered, is the session's
/// business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// EHLO with the client's name.
    Ehlo(ClientName),
    /// HELO with the client's name.
    Helo(ClientName),
    /// MAIL FROM.
    Mail(ReversePath, MailParameters),
    /// RCPT TO.
    Rcpt(Mailbox, RcptParameters),
    /// DATA.
    Data,
    /// BDAT (RFC 3030 §2): a chunk follows at once.
    Bdat {
        /// Octets of the chunk, at most 2^63 - 1.
        size: u64,
        /// It is the last of the message.
        last: bool,
    },
    /// RSET.
    Rset,
    /// NOOP, argument ignored.
    Noop,
    /// QUIT.
    Quit,
    /// VRFY, argument ignored.
    Vrfy,
    /// EXPN, argument ignored.
    Expn,
    /// HELP, argument ignored.
    Help,
    /// STARTTLS (RFC 3207).
    StartTls,
    /// AUTH (RFC 4954 §4).
    Auth {
        /// The mechanism asked for.
        mechanism: MechanismName,
        /// The initial response, decoded; `=` is the empty one.
        initial: Option<SaslOctets>,
    },
    /// XCLIENT (Postfix XCLIENT_README).
    Xclient(ClientAttributes),
    /// A verb of RFC 5321 or a known extension that does not exist here.
    NotImplemented,
}

/// What is wrong with a command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// Characters outside ASCII where they are never allowed, or octets that are no UTF-8.
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
    /// DATA, RSET, QUIT or STARTTLS with an argument.
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
    /// A parameter that nobody here knows (RFC 5321 §4.1.1.11).
    #[error("a parameter is not recognised")]
    UnknownParameter,
    /// BDAT without a usable size. A chunk of unknown length follows, so the dialogue is out of step.
    #[error("write BDAT size or BDAT size LAST, with a size below 2^63")]
    ChunkSize,
    /// AUTH without a mechanism, or with more than an initial response behind it.
    #[error("write AUTH mechanism, or AUTH mechanism initial-response")]
    Mechanism,
    /// The initial response of AUTH is no base64 (RFC 4954 §4).
    #[error("the initial response is not base64")]
    Base64,
    /// XCLIENT without attributes, or with one that is unknown, malformed or given twice.
    #[error("an attribute is unknown, malformed or given twice")]
    Attribute,
}

impl Command {
    /// Reads a line without its CRLF.
    ///
    /// # Errors
    /// Says what is wrong; nothing is guessed.
    pub fn parse(line: &[u8]) -> Result<Self, CommandError> {
        let text = std::str::from_utf8(line).map_err(|_invalid| CommandError::NotAscii)?;
        let text = text.trim_end_matches([' ', '\t']);
        let (verb, argument) = match text.split_once(' ') {
            Some((verb, argument)) => (verb, Some(argument)),
            None => (text, None),
        };
        let verb = verb.to_ascii_uppercase();
        // Only paths, and addresses in parameters, may hold more than ASCII (RFC 6531 §3.1).
        if !text.is_ascii() && !matches!(verb.as_str(), "MAIL" | "RCPT") {
            return Err(CommandError::NotAscii);
        }
        let bare = |command: Self| if argument.is_none() { Ok(command) } else { Err(CommandError::Argument) };
        match verb.as_str() {
            "EHLO" => ClientName::parse(argument).map(Self::Ehlo),
            "HELO" => ClientName::parse(argument).map(Self::Helo),
            "MAIL" => mail::parse(argument.unwrap_or_default()),
            "RCPT" => rcpt::parse(argument.unwrap_or_default()),
            "DATA" => bare(Self::Data),
            "BDAT" => chunk::parse(argument.unwrap_or_default()),
            "RSET" => bare(Self::Rset),
            "QUIT" => bare(Self::Quit),
            "STARTTLS" => bare(Self::StartTls),
            "NOOP" => Ok(Self::Noop),
            "VRFY" => Ok(Self::Vrfy),
            "EXPN" => Ok(Self::Expn),
            "HELP" => Ok(Self::Help),
            "AUTH" => auth::parse(argument.unwrap_or_default()),
            "XCLIENT" => ClientAttributes::parse(argument.unwrap_or_default()).map(Self::Xclient),
            "ETRN" | "TURN" | "SEND" | "SOML" | "SAML" | "XFORWARD" => Ok(Self::NotImplemented),
            "GET" | "POST" | "PUT" | "HEAD" | "OPTIONS" | "CONNECT" => Err(CommandError::OtherProtocol),
            _ => Err(CommandError::UnknownVerb),
        }
    }
}
