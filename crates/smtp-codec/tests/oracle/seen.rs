//! What a command line means, in the words that both parsers can be brought to.

use std::borrow::Cow;

use postroad_smtp_codec::{
    Body, Command, Line, LineScanner, MailParameters, Notify, RcptParameters, Ret, Xtext, sasl::base64,
};
use smtp_proto::request::receiver::RequestReceiver;
use smtp_proto::{
    Error, MAIL_BODY_7BIT, MAIL_BODY_8BITMIME, MAIL_BODY_BINARYMIME, MAIL_REQUIRETLS, MAIL_RET_FULL, MAIL_RET_HDRS,
    MAIL_SMTPUTF8, RCPT_NOTIFY_DELAY, RCPT_NOTIFY_FAILURE, RCPT_NOTIFY_NEVER, RCPT_NOTIFY_SUCCESS, Request,
};

/// A command that was understood: its verb, its path or name, and its parameters as `NAME=value`, sorted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    verb: &'static str,
    subject: String,
    parameters: Vec<String>,
}

impl Seen {
    fn new(
        verb: &'static str,
        subject: impl Into<String>,
        parameters: impl IntoIterator<Item = Option<String>>,
    ) -> Self {
        let mut parameters: Vec<_> = parameters.into_iter().flatten().collect();
        parameters.sort();
        Self { verb, subject: subject.into(), parameters }
    }

    /// One line was not one command.
    pub(crate) fn out_of_step() -> Self {
        Self::bare("OUT OF STEP")
    }

    fn bare(verb: &'static str) -> Self {
        Self::new(verb, "", [])
    }
}

/// What we read in these pieces, line by line; `None`: refused.
pub(crate) fn ours<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Option<Seen>> {
    let mut scanner = LineScanner::new(2048);
    let (mut buffer, mut seen) = (Vec::new(), Vec::new());
    for piece in pieces {
        buffer.extend_from_slice(piece);
        loop {
            let scan = scanner.scan(&buffer);
            let (consumed, whole) = (scan.consumed, scan.line.is_some());
            match scan.line {
                Some(Line::Text(line)) => seen.push(Command::parse(line).ok().and_then(our)),
                Some(Line::Malformed | Line::TooLong) => seen.push(None),
                None => {}
            }
            buffer.drain(..consumed);
            if !whole {
                break;
            }
        }
    }
    seen
}

/// What smtp-proto reads in these pieces.
pub(crate) fn theirs<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Option<Seen>> {
    let mut receiver = RequestReceiver::default();
    let mut seen = Vec::new();
    for piece in pieces {
        let mut octets = piece.iter();
        loop {
            match receiver.ingest(&mut octets) {
                Ok(request) => seen.push(Some(their(request))),
                Err(Error::NeedsMoreData { .. }) => break,
                Err(_) => seen.push(None),
            }
        }
    }
    seen
}

fn our(command: Command) -> Option<Seen> {
    Some(match command {
        Command::Ehlo(name) => Seen::new("EHLO", name.as_str(), []),
        Command::Helo(name) => Seen::new("HELO", name.as_str(), []),
        Command::Mail(path, parameters) => our_mail(path.to_string(), &parameters),
        Command::Rcpt(mailbox, parameters) => our_rcpt(mailbox.as_str(), &parameters),
        Command::Bdat { size, last } => Seen::new("BDAT", size.to_string(), [last.then(|| "LAST".to_owned())]),
        Command::Auth { mechanism: _, initial } => {
            let initial = initial.map(|octets| base64::encode(octets.expose()));
            Seen::new("AUTH", initial.unwrap_or_default(), [])
        }
        Command::Xclient(_) => Seen::bare("XCLIENT"),
        Command::Data => Seen::bare("DATA"),
        Command::Rset => Seen::bare("RSET"),
        Command::Noop => Seen::bare("NOOP"),
        Command::Quit => Seen::bare("QUIT"),
        Command::Vrfy => Seen::bare("VRFY"),
        Command::Expn => Seen::bare("EXPN"),
        Command::Help => Seen::bare("HELP"),
        Command::StartTls => Seen::bare("STARTTLS"),
        Command::NotImplemented => return None,
    })
}

fn our_mail(path: String, parameters: &MailParameters) -> Seen {
    let body = parameters.body.map(|body| match body {
        Body::SevenBit => "BODY=7BIT",
        Body::EightBitMime => "BODY=8BITMIME",
        Body::BinaryMime => "BODY=BINARYMIME",
    });
    let ret = parameters.ret.map(|ret| if ret == Ret::Full { "RET=FULL" } else { "RET=HDRS" });
    Seen::new(
        "MAIL",
        path,
        [
            // To them a size of 0 is none.
            parameters.size.filter(|size| *size > 0).map(|size| format!("SIZE={size}")),
            body.map(str::to_owned),
            ret.map(str::to_owned),
            parameters.smtputf8.then(|| "SMTPUTF8".to_owned()),
            parameters.require_tls.then(|| "REQUIRETLS".to_owned()),
            parameters.auth.as_ref().map(Xtext::decoded).map(|text| format!("AUTH={text}")),
            parameters.envid.as_ref().map(Xtext::decoded).map(|text| format!("ENVID={text}")),
        ],
    )
}

fn our_rcpt(path: &str, parameters: &RcptParameters) -> Seen {
    let orcpt = parameters.orcpt.as_ref().map(|orcpt| {
        let (kind, address) = orcpt.as_str().split_once(';').unwrap();
        let address = Xtext::parse(address, 500).map_or_else(|| address.to_owned(), |text| text.decoded());
        format!("ORCPT={};{address}", kind.to_ascii_lowercase())
    });
    let mut list = vec![orcpt];
    match parameters.notify {
        Some(Notify::Never) => list.push(Some("NOTIFY=NEVER".to_owned())),
        Some(Notify::On { success, failure, delay }) => {
            for (set, word) in [(success, "SUCCESS"), (failure, "FAILURE"), (delay, "DELAY")] {
                list.push(set.then(|| format!("NOTIFY={word}")));
            }
        }
        None => {}
    }
    Seen::new("RCPT", path, list)
}

fn their(request: Request<Cow<'_, str>>) -> Seen {
    match request {
        Request::Ehlo { host } => Seen::new("EHLO", host, []),
        Request::Helo { host } => Seen::new("HELO", host, []),
        Request::Mail { from } => {
            let flags = [
                (MAIL_BODY_7BIT, "BODY=7BIT"),
                (MAIL_BODY_8BITMIME, "BODY=8BITMIME"),
                (MAIL_BODY_BINARYMIME, "BODY=BINARYMIME"),
                (MAIL_RET_FULL, "RET=FULL"),
                (MAIL_RET_HDRS, "RET=HDRS"),
                (MAIL_SMTPUTF8, "SMTPUTF8"),
                (MAIL_REQUIRETLS, "REQUIRETLS"),
            ];
            let set = flags.map(|(flag, word)| (from.flags & flag != 0).then(|| word.to_owned()));
            let values = [
                Some(from.size).filter(|size| *size > 0).map(|size| format!("SIZE={size}")),
                from.auth.map(|text| format!("AUTH={text}")),
                from.env_id.map(|text| format!("ENVID={text}")),
            ];
            Seen::new("MAIL", from.address, set.into_iter().chain(values))
        }
        Request::Rcpt { to } => {
            let flags = [
                (RCPT_NOTIFY_NEVER, "NOTIFY=NEVER"),
                (RCPT_NOTIFY_SUCCESS, "NOTIFY=SUCCESS"),
                (RCPT_NOTIFY_FAILURE, "NOTIFY=FAILURE"),
                (RCPT_NOTIFY_DELAY, "NOTIFY=DELAY"),
            ];
            let set = flags.map(|(flag, word)| (to.flags & flag != 0).then(|| word.to_owned()));
            Seen::new("RCPT", to.address, set.into_iter().chain([to.orcpt.map(|text| format!("ORCPT=rfc822;{text}"))]))
        }
        Request::Bdat { chunk_size, is_last } => {
            Seen::new("BDAT", chunk_size.to_string(), [is_last.then(|| "LAST".to_owned())])
        }
        // The empty response is written so.
        Request::Auth { initial_response, .. } => {
            Seen::new("AUTH", if initial_response == "=" { Cow::Borrowed("") } else { initial_response }, [])
        }
        other => Seen::bare(other.name()),
    }
}
