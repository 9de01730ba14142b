/// How a dialogue gets to a relay over a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// In clear, at least in the beginning.
    Clear,
    /// Inside TLS as a whole.
    Tls,
}

/// The only way in which a dialogue means something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Over {
    /// The way.
    pub way: Way,
    /// Why it would mean nothing in the other one.
    pub why: String,
}

impl Over {
    /// `clear: why` or `tls: why`.
    pub(crate) fn parse(words: &str) -> Result<Self, String> {
        let (way, why) = words.split_once(':').unwrap_or((words, ""));
        let way = match way {
            "clear" => Way::Clear,
            "tls" => Way::Tls,
            other => return Err(format!("over {other:?} nothing is told; write clear or tls")),
        };
        let why = why.trim();
        if why.is_empty() { Err("write why, behind a colon".to_owned()) } else { Ok(Self { way, why: why.to_owned() }) }
    }
}
