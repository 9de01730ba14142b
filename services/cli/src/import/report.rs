//! What became of each setting.

use crate::printable::printable;
use crate::table::{WIDTH, wrap};

/// What became of a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It means the same here.
    Carried,
    /// It is there in another form, or means something else here.
    Changed,
    /// There is nothing like it here.
    Dropped,
}

/// One line for each setting.
#[derive(Debug, Default)]
pub(super) struct Report(Vec<(Fate, String, String)>);

impl Report {
    /// Adds a line: which object, and what became of what.
    pub(super) fn add(&mut self, fate: Fate, subject: &str, text: impl Into<String>) {
        self.0.push((fate, subject.to_owned(), text.into()));
    }

    /// The lines, at most 80 columns wide, and a last one that counts them.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (fate, subject, text) in &self.0 {
            let label = match fate {
                Fate::Carried => "carried over",
                Fate::Changed => "changed",
                Fate::Dropped => "no counterpart",
            };
            let text = printable(&format!("{subject}: {text}"));
            for (at, part) in wrap(&text, WIDTH - 16).into_iter().enumerate() {
                lines.push(format!("{:<16}{part}", if at == 0 { label } else { "" }));
            }
        }
        let count = |wanted| self.0.iter().filter(|(fate, ..)| *fate == wanted).count();
        lines.push(format!(
            "{} carried over, {} changed, {} without counterpart",
            count(Fate::Carried),
            count(Fate::Changed),
            count(Fate::Dropped)
        ));
        lines
    }

    /// Whether some line of this fate names all of these.
    #[cfg(test)]
    pub(super) fn says(&self, fate: Fate, parts: &[&str]) -> bool {
        self.0.iter().any(|(known, subject, text)| {
            let whole = format!("{subject}: {text}");
            *known == fate && parts.iter().all(|part| whole.contains(part))
        })
    }
}
