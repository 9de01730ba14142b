//! Which reverse-paths a user may send with.

use std::borrow::Cow;

use postroad_mail_types::{Domain, DomainError, MailDomain, Mailbox, MailboxError, ReversePath};

/// The reverse-paths that a user may send with. Without patterns: all.
///
/// Domains are compared as A-labels. Local-parts are compared without regard to the case of ASCII letters and to quotes that need
/// not be there: that is what administrators expect, though RFC 5321 §2.4 lets a domain tell `a` from `A`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Senders(Option<Vec<Pattern>>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Pattern {
    /// `<>`
    Null,
    /// `local@domain`: the local-part folded.
    Mailbox { local: String, domain: MailDomain },
    /// `*@domain`
    Domain(MailDomain),
    /// `*@*.domain`, kept as `.domain`: whatever stands below it, not the domain itself.
    Below(String),
}

/// Why a text is no sender pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SenderError {
    /// A `*` where it means nothing.
    #[error("`*` stands for a whole local-part (`*@domain`) or for names below a domain (`*@*.domain`), nowhere else")]
    Star,
    /// The address is malformed.
    #[error("{0}; write local@domain, *@domain, *@*.domain or <>")]
    Mailbox(#[from] MailboxError),
    /// The domain is malformed.
    #[error("{0}; write local@domain, *@domain, *@*.domain or <>")]
    Domain(#[from] DomainError),
}

impl Senders {
    /// Every reverse-path, `<>` as well.
    #[must_use]
    pub const fn all() -> Self {
        Self(None)
    }

    /// Only those of the patterns.
    ///
    /// # Errors
    /// Each pattern that is wrong, by its place.
    pub fn only<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Result<Self, Vec<(usize, SenderError)>> {
        let mut good = Vec::new();
        let mut bad = Vec::new();
        for (at, pattern) in patterns.into_iter().enumerate() {
            match Pattern::parse(pattern) {
                Ok(pattern) => good.push(pattern),
                Err(error) => bad.push((at, error)),
            }
        }
        if bad.is_empty() { Ok(Self(Some(good))) } else { Err(bad) }
    }

    /// Whether mail may be sent with this reverse-path.
    #[must_use]
    pub fn allow(&self, sender: &ReversePath) -> bool {
        self.0.as_ref().is_none_or(|patterns| patterns.iter().any(|pattern| pattern.matches(sender)))
    }
}

impl Pattern {
    fn parse(text: &str) -> Result<Self, SenderError> {
        if text == "<>" {
            return Ok(Self::Null);
        }
        if let Some(domain) = text.strip_prefix("*@") {
            if let Some(below) = domain.strip_prefix("*.") {
                return Ok(Self::Below(format!(".{}", Domain::parse(below)?)));
            }
            if domain.contains('*') {
                return Err(SenderError::Star);
            }
            // Any local-part will do: the domain may be a literal, which only a mailbox knows how to read.
            let mailbox = Mailbox::parse(&format!("x@{domain}"))?;
            return Ok(Self::Domain(mailbox.domain().cloned().ok_or(MailboxError::NoDomain)?));
        }
        if text.contains('*') && !text.starts_with('"') {
            return Err(SenderError::Star);
        }
        let mailbox = Mailbox::parse(text)?;
        let domain = mailbox.domain().cloned().ok_or(MailboxError::NoDomain)?;
        Ok(Self::Mailbox { local: folded_local_part(&mailbox), domain })
    }

    fn matches(&self, sender: &ReversePath) -> bool {
        let mailbox = match sender {
            ReversePath::Null => return *self == Self::Null,
            ReversePath::Mailbox(mailbox) => mailbox,
        };
        match self {
            Self::Null => false,
            Self::Domain(domain) => mailbox.domain() == Some(domain),
            Self::Mailbox { local, domain } => mailbox.domain() == Some(domain) && folded_local_part(mailbox) == *local,
            Self::Below(end) => match mailbox.domain() {
                Some(MailDomain::Name(name)) => name.as_str().len() > end.len() && name.as_str().ends_with(end),
                _ => false,
            },
        }
    }
}

/// The local-part in lower case (ASCII), without the quotes and backslashes of a quoted string.
fn folded_local_part(mailbox: &Mailbox) -> String {
    let text = mailbox.as_str();
    // No domain and no literal holds an @.
    let local = text.rsplit_once('@').map_or(text, |(local, _)| local);
    let quoted = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let plain = quoted.map_or(Cow::Borrowed(local), |inner| Cow::Owned(unescaped(inner)));
    plain.to_ascii_lowercase()
}

fn unescaped(inner: &str) -> String {
    let mut text = String::with_capacity(inner.len());
    let mut escaped = false;
    for character in inner.chars() {
        escaped = character == '\\' && !escaped;
        if !escaped {
            text.push(character);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(patterns: &[&str], sender: &str) -> bool {
        let sender = match sender {
            "" => ReversePath::Null,
            text => ReversePath::Mailbox(Mailbox::parse(text).unwrap()),
        };
        Senders::only(patterns.iter().copied()).unwrap().allow(&sender)
    }

    #[test]
    fn a_domain_is_compared_as_a_labels_without_case() {
        for sender in ["a@Example.ORG", "\"x y\"@example.org"] {
            assert!(allowed(&["*@EXAMPLE.org"], sender), "{sender}");
        }
        for sender in ["a@sub.example.org", "a@badexample.org", "a@example.org.x.example", ""] {
            assert!(!allowed(&["*@example.org"], sender), "{sender}");
        }
        assert!(allowed(&["*@bücher.example"], "a@xn--bcher-kva.example"));
        assert!(allowed(&["*@[192.0.2.1]"], "a@[192.0.2.1]"));
        assert!(!allowed(&["*@[192.0.2.1]"], "a@[192.0.2.2]"));
    }

    #[test]
    fn below_a_domain_is_not_the_domain() {
        assert!(allowed(&["*@*.example.org"], "a@b.Example.org"));
        assert!(allowed(&["*@*.example.org"], "a@c.b.example.org"));
        for sender in ["a@example.org", "a@xexample.org", "a@[192.0.2.1]", "postmaster", ""] {
            assert!(!allowed(&["*@*.example.org"], sender), "{sender}");
        }
    }

    #[test]
    fn a_local_part_is_compared_without_case_and_needless_quotes() {
        assert!(allowed(&["NoReply@shop.example"], "noreply@Shop.example"));
        assert!(allowed(&["noreply@shop.example"], "\"no\\reply\"@shop.example"));
        assert!(allowed(&["\"a\\\\b\"@shop.example"], "\"A\\\\B\"@shop.example"));
        assert!(!allowed(&["noreply@shop.example"], "noreply@other.example"));
        assert!(!allowed(&["noreply@shop.example"], "\"noreply@shop.example\"@other.example"));
        assert!(!allowed(&["\"*\"@shop.example"], "a@shop.example"));
        assert!(allowed(&["\"*\"@shop.example"], "*@shop.example"));
    }

    #[test]
    fn the_null_path_is_a_right_of_its_own() {
        assert!(allowed(&["<>"], "") && !allowed(&["<>"], "a@b.example"));
        assert!(!allowed(&["*@b.example"], ""));
        assert!(Senders::all().allow(&ReversePath::Null));
        assert!(!allowed(&[], "") && !allowed(&[], "a@b.example"));
    }

    #[test]
    fn a_pattern_that_means_nothing_is_refused_by_its_place() {
        let bad =
            Senders::only(["*", "a@b.example", "a*@b.example", "*@a.*.example", "@x", "*@", "postmaster", "*@*.", ""]);
        let bad: Vec<usize> = bad.unwrap_err().into_iter().map(|(at, _)| at).collect();
        assert_eq!(bad, [0, 2, 3, 4, 5, 6, 7, 8]);
    }
}
