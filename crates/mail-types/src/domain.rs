//! Domain names in their one stored form: lower-case A-labels.

use std::fmt;

/// A domain name as routing compares it: lower case, A-labels, no dot at the end, at most 253 octets.
///
/// Labels are letters, digits and hyphens with no hyphen at either end, and the last one is not all
/// digits, so an IPv4 address is never a domain (RFC 1123 §2.1, RFC 5890 §2.3.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Domain(Box<str>);

/// Why a text is not a domain name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DomainError {
    /// No text at all.
    #[error("the domain is empty")]
    Empty,
    /// Longer than 253 octets (RFC 5321 §4.5.3.1.2 allows 255 with the length octets of DNS).
    #[error("the domain is longer than 253 octets")]
    TooLong,
    /// A label is empty, too long, or holds something other than letters, digits and hyphens.
    #[error("this is not a domain name")]
    Label,
    /// The name cannot be written as A-labels (RFC 5891).
    #[error("this is not a valid internationalised domain name")]
    Idna,
}

impl Domain {
    /// Reads a domain in either form (`bücher.example` or `xn--bcher-kva.example`), case ignored.
    ///
    /// # Errors
    /// Says what is wrong with the text; no text is repaired, so a dot at the end is an error.
    pub fn parse(text: &str) -> Result<Self, DomainError> {
        if text.is_empty() {
            return Err(DomainError::Empty);
        }
        let ascii = if text.is_ascii() && !holds_a_label(text) {
            text.to_ascii_lowercase()
        } else {
            // Only dots that are dots: other full stops that IDNA maps would make two spellings of one name (TH17).
            if text.contains(['\u{3002}', '\u{ff0e}', '\u{ff61}']) {
                return Err(DomainError::Idna);
            }
            idna::domain_to_ascii_strict(text).map_err(|_invalid| DomainError::Idna)?
        };
        if ascii.len() > 253 {
            return Err(DomainError::TooLong);
        }
        if !ascii.split('.').all(is_label) || ascii.rsplit('.').next().is_none_or(all_digits) {
            return Err(DomainError::Label);
        }
        Ok(Self(ascii.into_boxed_str()))
    }

    /// The name as lower-case A-labels.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn holds_a_label(text: &str) -> bool {
    text.split('.').any(|label| label.get(..4).is_some_and(|p| p.eq_ignore_ascii_case("xn--")))
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

fn all_digits(label: &str) -> bool {
    label.bytes().all(|b| b.is_ascii_digit())
}

/// A host name that a program calls itself by, as in EHLO (RFC 5321 §2.3.5): a [`Domain`] that is pure ASCII as written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HostName(Domain);

impl HostName {
    /// Reads a host name.
    ///
    /// # Errors
    /// As [`Domain::parse`].
    pub fn parse(text: &str) -> Result<Self, DomainError> {
        if !text.is_ascii() {
            return Err(DomainError::Label);
        }
        Domain::parse(text).map(Self)
    }

    /// The name, lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_a_name_are_one_domain() {
        let a = Domain::parse("Bücher.Example").unwrap();
        assert_eq!(a, Domain::parse("XN--bcher-kva.example").unwrap());
        assert_eq!(a.as_str(), "xn--bcher-kva.example");
    }

    #[test]
    fn what_is_not_a_domain_is_refused() {
        for text in [
            "",
            ".",
            "a..b",
            ".a",
            "a.",
            "-a.b",
            "a-.b",
            "a_b.c",
            "a b",
            "192.0.2.1",
            "a\r.b",
            "xn--",
            "a\u{3002}b",
            "a\u{0}b",
        ] {
            assert!(Domain::parse(text).is_err(), "{text:?} was taken as a domain");
        }
        assert!(Domain::parse(&format!("{}.example", "a".repeat(64))).is_err());
        assert_eq!(Domain::parse(&"a.".repeat(126)), Err(DomainError::Label));
    }

    #[test]
    fn th17_spellings_of_one_name_are_one_domain_or_none() {
        let one = |text: &str| Domain::parse(text).map(|domain| domain.as_str().to_owned());
        let name = one("xn--bcher-kva.example");
        assert!(name.is_ok());
        for alias in [
            "b\u{fc}cher.example",
            "bu\u{308}cher.example",
            "B\u{dc}CHER.EXAMPLE",
            "XN--BCHER-KVA.example",
            "Xn--Bcher-Kva.EXAMPLE",
            "b\u{fc}cher.\u{24d4}xample",
            "\u{ff42}\u{fc}cher.example",
            "b\u{fc}\u{ad}cher.example",
        ] {
            assert_eq!(one(alias), name, "{alias:?}");
        }
        for none in [
            "b\u{fc}cher\u{3002}example",
            "b\u{fc}cher\u{ff0e}example",
            "b\u{fc}cher\u{ff61}example",
            "b\u{fc}cher.example.",
            "b\u{fc}\u{200d}cher.example",
            "b\u{fc}\u{200b}.\u{200b}.example",
            "xn--bcher-kva\u{301}.example",
            "xn--bu\u{308}cher.example",
            "xn--a.example",
            "xn--example-.example",
            "b\u{fc}cher..example",
            "\u{661}\u{662}",
        ] {
            assert!(one(none).is_err(), "{none:?} became {:?}", one(none));
        }
        // ASCII in disguise is the ASCII name.
        assert_eq!(one("\u{24d4}xample"), one("example"));
        assert_eq!(one("\u{ff45}xample"), one("EXAMPLE"));
    }

    #[test]
    fn single_labels_and_leading_digits_are_domains() {
        for text in ["contoso", "3com.example", "a.b-c.d"] {
            assert_eq!(Domain::parse(text).unwrap().as_str(), text);
        }
    }
}
