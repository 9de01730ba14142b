//! Reads a filter. What cannot be read is told with its place.
//!
//! ```text
//! filter   = [ term *( "AND" term ) ]            blanks between all parts are dropped
//! term     = field operator value
//! field    = "name" / "comment" / "address_space" / "site" / "source_relay" / "usage" / "enabled" / "labels." key
//! operator = "=" / "!=" / ":"
//! value    = text without blanks / DQUOTE text DQUOTE     in quotes, "\" stands before a quote or another "\"
//! ```

use super::{Field, Filter, Operator, Term};
use crate::error::ApiError;

/// Octets of a filter at most.
const LONGEST: usize = 4_096;
/// Terms of a filter at most.
const TERMS: usize = 50;

/// Where the reading stands.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

/// What is wrong, and at which octet.
struct Fault(usize, String);

/// Reads a filter; an empty one covers everything.
///
/// # Errors
/// What is wrong, and at which character, counted from 1.
pub(crate) fn parse(text: &str) -> Result<Filter, ApiError> {
    if text.len() > LONGEST {
        return Err(ApiError::request("LIMIT_EXCEEDED", "filter", format!("At most {LONGEST} octets.")));
    }
    let mut reader = Reader { text, at: 0 };
    reader.filter().map_err(|Fault(at, what)| {
        let character = text.get(..at).map_or(0, |before| before.chars().count()) + 1;
        ApiError::request("FILTER_INVALID", "filter", format!("At character {character}: {what}"))
    })
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn filter(&mut self) -> Result<Filter, Fault> {
        let mut terms = Vec::new();
        self.blanks();
        if self.rest().is_empty() {
            return Ok(Filter::default());
        }
        loop {
            terms.push(self.term()?);
            if terms.len() > TERMS {
                return Err(Fault(self.at, format!("At most {TERMS} terms.")));
            }
            self.blanks();
            if self.rest().is_empty() {
                return Ok(Filter(terms));
            }
            let Some(next) = self.rest().strip_prefix("AND").filter(|next| next.starts_with(char::is_whitespace))
            else {
                return Err(Fault(self.at, "Join terms by AND; a value with blanks stands in double quotes.".into()));
            };
            self.at = self.text.len() - next.len();
            self.blanks();
        }
    }

    fn term(&mut self) -> Result<Term, Fault> {
        let field = self.field()?;
        self.blanks();
        let (operator, length) = match self.rest() {
            rest if rest.starts_with("!=") => (Operator::NotEqual, 2),
            rest if rest.starts_with('=') => (Operator::Equal, 1),
            rest if rest.starts_with(':') => (Operator::Contains, 1),
            _ => return Err(Fault(self.at, "Write = (equal), != (not equal) or : (contains).".to_owned())),
        };
        self.at += length;
        self.blanks();
        let begin = self.at;
        let value = self.value()?;
        check(&field, operator, &value).map_err(|what| Fault(begin, what))?;
        Ok(Term { field, operator, value })
    }

    fn field(&mut self) -> Result<Field, Fault> {
        let rest = self.rest();
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '=' | '!' | ':')).unwrap_or(rest.len());
        let name = rest.get(..end).unwrap_or_default();
        let field = match name {
            "name" => Field::Name,
            "comment" => Field::Comment,
            "address_space" => Field::AddressSpace,
            "site" => Field::Site,
            "source_relay" => Field::SourceRelay,
            "usage" => Field::Usage,
            "enabled" => Field::Enabled,
            _ => match name.strip_prefix("labels.").filter(|key| !key.is_empty()) {
                Some(key) => Field::Label(key.to_owned()),
                None => {
                    let known = "name, comment, address_space, site, source_relay, usage, enabled or labels.KEY";
                    return Err(Fault(self.at, format!("Write one of {known}.")));
                }
            },
        };
        self.at += end;
        Ok(field)
    }

    fn value(&mut self) -> Result<String, Fault> {
        let (begin, rest) = (self.at, self.rest());
        let Some(quoted) = rest.strip_prefix('"') else {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let value = rest.get(..end).unwrap_or_default();
            if value.is_empty() {
                return Err(Fault(begin, "A value is missing; an empty one is written \"\".".to_owned()));
            }
            self.at += end;
            return Ok(value.to_owned());
        };
        let (mut value, mut escaped) = (String::new(), false);
        for (at, character) in quoted.char_indices() {
            match character {
                '\\' if !escaped => escaped = true,
                '"' if !escaped => {
                    self.at = begin + 1 + at + 1;
                    return Ok(value);
                }
                other => {
                    value.push(other);
                    escaped = false;
                }
            }
        }
        Err(Fault(begin, "The closing quote of this value is missing.".to_owned()))
    }
}

/// Refuses what can never be true.
fn check(field: &Field, operator: Operator, value: &str) -> Result<(), String> {
    let known = |values: &[&str]| values.iter().any(|known| known.eq_ignore_ascii_case(value));
    match field {
        Field::Enabled | Field::Usage if operator == Operator::Contains => Err("Only = and != fit here.".to_owned()),
        Field::Enabled if !known(&["true", "false"]) => Err("Write true or false.".to_owned()),
        Field::Usage if !known(&["CUSTOM", "INTERNAL", "INTERNET", "PARTNER"]) => {
            Err("Write CUSTOM, INTERNAL, INTERNET or PARTNER.".to_owned())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(field: Field, operator: Operator, value: &str) -> Term {
        Term { field, operator, value: value.to_owned() }
    }

    #[test]
    fn a_filter_is_terms_joined_by_and() {
        let read = parse("enabled=true AND labels.team!=ops AND  address_space : contoso.com").ok();
        let expected = Filter(vec![
            term(Field::Enabled, Operator::Equal, "true"),
            term(Field::Label("team".into()), Operator::NotEqual, "ops"),
            term(Field::AddressSpace, Operator::Contains, "contoso.com"),
        ]);
        assert_eq!(read, Some(expected));
        let quoted = parse(r#"name="a \"b\" AND \\c""#).ok();
        assert_eq!(quoted, Some(Filter(vec![term(Field::Name, Operator::Equal, r#"a "b" AND \c"#)])));
        assert_eq!(parse("  ").ok(), Some(Filter::default()));
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_place() {
        for (text, place) in [
            ("nmae=x", 1),
            ("name", 5),
            ("name=", 6),
            ("name=x OR name=y", 8),
            ("name=\"x", 6),
            ("enabled=yes", 9),
            ("enabled:true", 9),
            ("labels.=x", 1),
            ("name=é and", 8),
            ("name=x AND", 8),
            ("usage=other", 7),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains(&format!("At character {place}:")), "{text}: {error}");
        }
        assert!(parse(&"x".repeat(5_000)).is_err());
    }
}
