use std::fmt;

/// The id of a rule: `S8`, `E3a`, `TH17`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Id {
    /// Letters, upper case.
    pub(crate) family: String,
    pub(crate) number: u32,
    /// A letter, lower case, where a rule has parts.
    pub(crate) part: Option<char>,
}

impl Id {
    /// Reads an id in any case, with or without leading zeros: `e03c` is E3c.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let letters = text.find(|c: char| !c.is_ascii_alphabetic())?;
        let (family, rest) = text.split_at(letters);
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (number, part) = rest.split_at(digits);
        let mut parts = part.chars();
        let (part, more) = (parts.next(), parts.next());
        let sound = (1..=2).contains(&family.len())
            && (1..=3).contains(&number.len())
            && part.is_none_or(|letter| letter.is_ascii_alphabetic())
            && more.is_none();
        sound.then_some(())?;
        Some(Self {
            family: family.to_ascii_uppercase(),
            number: number.parse().ok()?,
            part: part.map(|letter| letter.to_ascii_lowercase()),
        })
    }

    /// The id without the letter of a part.
    pub(crate) fn whole(&self) -> Self {
        Self { part: None, ..self.clone() }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.family, self.number)?;
        self.part.iter().try_for_each(|part| write!(f, "{part}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_in_the_forms_that_names_have() {
        for (text, id) in [("s08", "S8"), ("S8", "S8"), ("e03c", "E3c"), ("th01", "TH1"), ("TH17", "TH17")] {
            assert_eq!(Id::parse(text).unwrap().to_string(), id);
        }
        for text in ["", "s", "8", "s8ab", "rcpt", "x1_", "abc1", "s1234", "354"] {
            assert_eq!(Id::parse(text), None, "{text}");
        }
    }
}
