use postroad_mail_types::Reply;
use postroad_smtp_codec::ReplyScanner;
use postroad_smtp_codec::sasl::Mechanism;
use postroad_smtp_session::Timeout;

/// One line of a dialogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The client sends these octets.
    Send(Vec<u8>),
    /// The next line of a reply is exactly this.
    Line(String),
    /// The next line of a reply begins with this.
    LineBegins(String),
    /// The next reply, all its lines, begins with this, where `-` stands for ` ` in all lines but the last.
    Reply(String),
    /// One of the lines of the last whole reply ([`Step::Reply`]) is this behind its code; or, `false`, none is.
    Has(String, bool),
    /// What the other side will answer to the next question of this kind; [`heard`] reads it.
    Answer(Question, String),
    /// The messages that the next hop took since the last such line are exactly this.
    Taken(Vec<u8>),
    /// The server has closed.
    Closed,
    /// The client goes through the TLS handshake.
    Tls,
    /// The client logs in by this mechanism, up to the last reply.
    Login(Mechanism),
    /// The next hop is lost.
    Lost,
    /// The next hops offer something else from now on.
    Offer(String),
    /// The client is silent, or slow.
    Timeout(Timeout),
    /// The server shuts down.
    Shutdown,
}

/// What a session asks of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// MAIL.
    Mail,
    /// RCPT.
    Rcpt,
    /// DATA, or the first BDAT.
    Data,
    /// The end of the message.
    End,
    /// A login: 2xx, 4xx (it cannot be found out now) or 5xx.
    Login,
    /// The handshake: 4xx, there is no TLS now.
    Tls,
}

impl Step {
    /// Reads a line; `None` for remarks and empty lines.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub(crate) fn parse(line: &str) -> Result<Option<Self>, String> {
        let (mark, rest) = line.split_at_checked(2).unwrap_or((line, ""));
        let rest = rest.strip_prefix(' ').unwrap_or(rest);
        Ok(Some(match mark {
            "" | "# " | "#" => return Ok(None),
            "->" => Self::Send([rest.as_bytes(), b"\r\n"].concat()),
            "=>" => Self::Send(unescape(rest)?),
            "<-" => Self::Line(rest.to_owned()),
            "<~" => Self::LineBegins(rest.to_owned()),
            "<=" => Self::Reply(rest.to_owned()),
            "<+" => Self::Has(rest.to_owned(), true),
            "<!" => Self::Has(rest.to_owned(), false),
            "??" => {
                let (question, answer) = rest.split_once(' ').ok_or("write ?? WHAT reply")?;
                heard(answer)?;
                Self::Answer(Question::named(question)?, answer.to_owned())
            }
            "!!" => Self::Taken(unescape(rest)?),
            "<<" => Self::Closed,
            "**" => Self::event(rest)?,
            _ => return Err(format!("what is {mark:?}?")),
        }))
    }

    fn event(rest: &str) -> Result<Self, String> {
        let (word, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        Ok(match (word, rest) {
            ("tls", _) => Self::Tls,
            ("login", name) => Self::Login(Mechanism::parse(name).ok_or(format!("no mechanism is {name:?}"))?),
            ("lost", _) => Self::Lost,
            ("offer", _) => Self::Offer(rest.to_owned()),
            ("shutdown", _) => Self::Shutdown,
            ("timeout", "idle") => Self::Timeout(Timeout::Idle),
            ("timeout", "phase") => Self::Timeout(Timeout::Phase),
            ("timeout", "rate") => Self::Timeout(Timeout::Rate),
            ("timeout", "session") => Self::Timeout(Timeout::Session),
            _ => return Err(format!("what happens at {word:?} {rest:?}?")),
        })
    }
}

impl Question {
    fn named(name: &str) -> Result<Self, String> {
        Ok(match name {
            "mail" => Self::Mail,
            "rcpt" => Self::Rcpt,
            "data" => Self::Data,
            "end" => Self::End,
            "login" => Self::Login,
            "tls" => Self::Tls,
            _ => return Err(format!("nobody asks for {name:?}")),
        })
    }
}

/// `\r`, `\n`, `\0`, `\\` and `\xNN`.
fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let mut octets = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        octets.extend_from_slice(before.as_bytes());
        let letter = after.chars().next().ok_or("a \\ at the end")?;
        rest = &after[letter.len_utf8()..];
        octets.push(match letter {
            'r' => b'\r',
            'n' => b'\n',
            '0' => 0,
            '\\' => b'\\',
            'x' => {
                let (digits, behind) = rest.split_at_checked(2).ok_or("write \\x and two digits")?;
                rest = behind;
                u8::from_str_radix(digits, 16).map_err(|error| error.to_string())?
            }
            _ => return Err(format!("what is \\{letter}?")),
        });
    }
    octets.extend_from_slice(rest.as_bytes());
    Ok(octets)
}

/// A reply of a next hop as the relay hears it: with an enhanced code that fits, or with X.0.0.
///
/// # Errors
/// When it is no reply.
pub fn heard(text: &str) -> Result<Reply, String> {
    let (_, reply) = ReplyScanner::default()
        .scan(format!("{text}\r\n").as_bytes())
        .map_err(|fault| format!("{text:?} is no reply: {fault}"))?;
    Ok(reply.ok_or_else(|| format!("{text:?} is no whole reply"))?.to_reply())
}
