//! Parameters of MAIL and RCPT (RFC 5321 §4.1.2).

use super::CommandError;

/// One parameter: its keyword in upper case, and its value.
pub(super) struct Parameter<'a> {
    pub(super) keyword: String,
    pub(super) value: Option<&'a str>,
}

/// The parameters after a path; `None` when something clings to its bracket.
pub(super) fn parameters(rest: &str) -> Option<impl Iterator<Item = Parameter<'_>>> {
    (rest.is_empty() || rest.starts_with(' ')).then(|| words(rest))
}

/// `KEYWORD` and `KEYWORD=value`, with blanks between.
pub(super) fn words(text: &str) -> impl Iterator<Item = Parameter<'_>> {
    text.split(' ').filter(|word| !word.is_empty()).map(|word| {
        let (keyword, value) = match word.split_once('=') {
            Some((keyword, value)) => (keyword, Some(value)),
            None => (word, None),
        };
        Parameter { keyword: keyword.to_ascii_uppercase(), value }
    })
}

impl<'a> Parameter<'a> {
    /// The value of a parameter that must have one.
    pub(super) fn value(&self) -> Result<&'a str, CommandError> {
        self.value.ok_or(CommandError::Parameter)
    }

    /// Stores what the value was read as, unless it could not be read or the parameter came before.
    pub(super) fn once<T>(slot: &mut Option<T>, read: Option<T>) -> Result<(), CommandError> {
        match read {
            Some(value) if slot.is_none() => {
                *slot = Some(value);
                Ok(())
            }
            _ => Err(CommandError::Parameter),
        }
    }

    /// Sets the flag of a parameter that has no value and comes once.
    pub(super) fn flag(&self, slot: &mut bool) -> Result<(), CommandError> {
        if self.value.is_some() || std::mem::replace(slot, true) { Err(CommandError::Parameter) } else { Ok(()) }
    }
}

/// `FROM:` or `TO:` in any case; a blank after the colon is tolerated, since many programs write one (RFC 5321 §3.3
/// has none).
pub(super) fn after_keyword<'a>(argument: &'a str, keyword: &str) -> Option<&'a str> {
    let head = argument.get(..keyword.len())?;
    head.eq_ignore_ascii_case(keyword)
        .then(|| argument.get(keyword.len()..).unwrap_or_default().trim_start_matches(' '))
}
