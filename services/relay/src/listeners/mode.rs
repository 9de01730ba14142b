//! What a listener is for.

/// How clients speak to a listener, and what it asks of them by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Applications and mail servers hand in mail, and may relay by their address. TLS by STARTTLS, where there is a
    /// certificate.
    Smtp,
    /// Submission (RFC 6409): people and programs log in. TLS by STARTTLS.
    Submission,
    /// Submission with TLS from the first octet on (RFC 8314 §3.3).
    ImplicitTls,
}

impl Mode {
    /// As it is written in the settings.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Smtp => "smtp",
            Self::Submission => "submission",
            Self::ImplicitTls => "implicit-tls",
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self, String> {
        [Self::Smtp, Self::Submission, Self::ImplicitTls]
            .into_iter()
            .find(|mode| mode.as_str() == text)
            .ok_or_else(|| format!("write smtp, submission or implicit-tls, not {text:?}"))
    }

    /// Whether clients log in, unless the settings say otherwise, and whether the rules of RFC 6409 hold.
    #[must_use]
    pub const fn is_submission(self) -> bool {
        matches!(self, Self::Submission | Self::ImplicitTls)
    }
}
