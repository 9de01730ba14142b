use std::time::Duration;

/// Where in the dialogue a scripted smart host departs from honesty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// Instead of the greeting.
    Greeting,
    /// In answer to EHLO.
    Ehlo,
    /// In answer to MAIL.
    Mail,
    /// In answer to RCPT.
    Rcpt,
    /// In answer to DATA.
    Data,
    /// In the middle of the message: after its first line.
    Body,
    /// In answer to the end of the data, the message stored.
    Dot,
    /// In answer to the end of the data, the message not stored.
    DotUnstored,
    /// In answer to RSET.
    Rset,
    /// In answer to QUIT.
    Quit,
}

/// What it does there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Says this, line ends added, and goes on.
    Say(String),
    /// Says these bytes, as they are, and goes on.
    Raw(Vec<u8>),
    /// Says these bytes and closes.
    RawThenClose(Vec<u8>),
    /// Closes without a word.
    Close,
    /// Is silent until the peer closes.
    Stall,
    /// Waits, then does the honest thing.
    Late(Duration),
}

impl Act {
    /// `Say` from a literal.
    #[must_use]
    pub fn say(text: &str) -> Self {
        Self::Say(text.to_owned())
    }
}

/// How one connection goes: honest, but for the named points.
#[derive(Clone, Debug, Default)]
pub struct Conversation {
    steps: Vec<(At, Act)>,
    pub(crate) slow: Option<(usize, Duration)>,
    pub(crate) forget_bodies: bool,
}

impl Conversation {
    /// Nothing but honest.
    #[must_use]
    pub fn honest() -> Self {
        Self::default()
    }

    /// Honest but for this.
    #[must_use]
    pub fn but(mut self, at: At, act: Act) -> Self {
        self.steps.push((at, act));
        self
    }

    /// A slow reader: a pause after so many bytes of a body. Keeps no body, so that one may be large.
    #[must_use]
    pub const fn slow(mut self, bytes: usize, pause: Duration) -> Self {
        self.slow = Some((bytes, pause));
        self.forget_bodies = true;
        self
    }

    pub(crate) fn act(&self, at: At) -> Option<&Act> {
        self.steps.iter().find(|(when, _)| *when == at).map(|(_, act)| act)
    }
}
