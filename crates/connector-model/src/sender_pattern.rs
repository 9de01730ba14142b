//! Whose mail a connector carries.

use std::fmt;

use postroad_mail_types::{Domain, MailDomain, Mailbox, ReversePath};

/// One entry of a sender filter.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SenderPattern {
    /// `<>`: the null reverse-path, and nothing else.
    Null,
    /// One mailbox, lower-cased: case is ignored.
    Mailbox(Box<str>),
    /// Every mailbox of this domain.
    Domain(Domain),
    /// `*.domain`: every mailbox of this domain and of those below it.
    Below(Domain),
}

impl SenderPattern {
    /// Reads `a@contoso.com`, `contoso.com`, `*.contoso.com` or `<>`. `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == "<>" {
            return Some(Self::Null);
        }
        if text.contains('@') {
            let mailbox = Mailbox::parse(text).ok()?;
            return Some(Self::Mailbox(mailbox.as_str().to_lowercase().into()));
        }
        match text.strip_prefix("*.") {
            Some(domain) => Domain::parse(domain).ok().map(Self::Below),
            None => Domain::parse(text).ok().map(Self::Domain),
        }
    }

    /// True when mail of this sender is meant.
    #[must_use]
    pub fn covers(&self, sender: &ReversePath) -> bool {
        let ReversePath::Mailbox(mailbox) = sender else { return *self == Self::Null };
        let domain = match mailbox.domain() {
            Some(MailDomain::Name(name)) => Some(name.as_str()),
            Some(MailDomain::Literal(_)) | None => None,
        };
        match self {
            Self::Null => false,
            Self::Mailbox(pattern) => mailbox.as_str().to_lowercase() == **pattern,
            Self::Domain(pattern) => domain == Some(pattern.as_str()),
            Self::Below(pattern) => domain.is_some_and(|domain| {
                domain.strip_suffix(pattern.as_str()).is_some_and(|above| above.is_empty() || above.ends_with('.'))
            }),
        }
    }
}

/// The stored form.
impl fmt::Display for SenderPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("<>"),
            Self::Mailbox(mailbox) => f.write_str(mailbox),
            Self::Domain(domain) => domain.fmt(f),
            Self::Below(domain) => write!(f, "*.{domain}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_cover_whole_labels_and_ignore_case() {
        let sender = |text: &str| ReversePath::Mailbox(Mailbox::parse(text).unwrap());
        for (pattern, from, covers) in [
            ("App@Contoso.com", "aPP@contoso.COM", true),
            ("app@contoso.com", "b@contoso.com", false),
            ("contoso.com", "b@Contoso.com", true),
            ("contoso.com", "b@eu.contoso.com", false),
            ("*.contoso.com", "b@eu.contoso.com", true),
            ("*.contoso.com", "b@contoso.com", true),
            ("*.contoso.com", "b@notcontoso.com", false),
            ("<>", "b@contoso.com", false),
        ] {
            let pattern = SenderPattern::parse(pattern).unwrap();
            assert_eq!(pattern.covers(&sender(from)), covers, "{pattern} {from}");
            assert!(pattern == SenderPattern::Null || !pattern.covers(&ReversePath::Null));
            assert_eq!(SenderPattern::parse(&pattern.to_string()), Some(pattern));
        }
        assert!(SenderPattern::Null.covers(&ReversePath::Null));
        for text in ["", "*", "*.", "a@", "@b", "a b", "<a@b.example>", "*contoso.com"] {
            assert_eq!(SenderPattern::parse(text), None, "{text:?}");
        }
    }
}
