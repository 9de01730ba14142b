//! Tables for people, at most 80 columns wide.

use crate::printable::printable;

/// Widest line of a table.
pub(crate) const WIDTH: usize = 80;
/// What stands between two columns.
const GAP: usize = 2;
/// No column is cut to less.
const NARROWEST: usize = 8;

/// Rows under a heading.
#[derive(Debug)]
pub(crate) struct Table<const N: usize> {
    heading: [&'static str; N],
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    /// An empty table.
    pub(crate) const fn new(heading: [&'static str; N]) -> Self {
        Self { heading, rows: Vec::new() }
    }

    /// Adds a row. Control characters in it are replaced.
    pub(crate) fn row(&mut self, cells: [String; N]) {
        self.rows.push(cells.map(|cell| printable(&cell)));
    }

    /// The lines of the table. The widest columns are cut, with an ellipsis, until a line fits.
    pub(crate) fn render(&self) -> String {
        let heading = self.heading.map(str::to_owned);
        let lines = || std::iter::once(&heading).chain(&self.rows);
        let mut widths = [0_usize; N];
        for row in lines() {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        fit(&mut widths);
        let mut text = String::new();
        for row in lines() {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(widths) {
                let cell = cut(cell, width);
                line.push_str(&format!("{cell:<width$}  "));
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text.truncate(text.trim_end().len());
        text
    }
}

/// Takes one column after the other from the widest until the line fits.
fn fit(widths: &mut [usize]) {
    let gaps = GAP * widths.len().saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > WIDTH {
        match widths.iter_mut().max() {
            Some(widest) if *widest > NARROWEST => *widest -= 1,
            _ => return,
        }
    }
}

/// The text, cut to `width` characters.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut kept: String = text.chars().take(width.saturating_sub(1)).collect();
    kept.push('…');
    kept
}

/// Breaks a text into lines of at most `width` characters, at blanks where there are any.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split(' ') {
        let mut word: Vec<char> = word.chars().collect();
        if used > 0 && used + 1 + word.len() > width {
            lines.push(std::mem::take(&mut line));
            used = 0;
        } else if used > 0 {
            line.push(' ');
            used += 1;
        }
        while word.len() > width {
            let rest = word.split_off(width);
            lines.push(word.into_iter().collect());
            word = rest;
        }
        used += word.len();
        line.extend(word);
    }
    lines.push(line);
    lines
}

/// Columns of a sheet before the value.
const LABEL: usize = 21;

/// A sheet: a label before the first line of its values, blanks before the others; what has no value is left out.
pub(crate) fn sheet_lines(fields: &[(&str, Vec<String>)]) -> String {
    let mut text = String::new();
    for (label, values) in fields {
        let mut label = *label;
        for value in values.iter().filter(|value| !value.is_empty()) {
            for line in wrap(&printable(value), WIDTH - LABEL) {
                text.push_str(format!("{label:<LABEL$}{line}").trim_end());
                text.push('\n');
                label = "";
            }
        }
    }
    text.truncate(text.trim_end().len());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let mut table = Table::new(["NAME", "REVISION"]);
        table.row(["a".into(), "1".into()]);
        table.row(["longer".into(), "22".into()]);
        assert_eq!(table.render(), "NAME    REVISION\na       1\nlonger  22");
    }

    #[test]
    fn no_line_is_wider_than_80_columns() {
        let mut table = Table::new(["NAME", "ADDRESS SPACES", "SMART HOSTS", "REVISION"]);
        table.row(["n".repeat(64), "ü".repeat(200), "h".repeat(90), "1234567".into()]);
        let text = table.render();
        for line in text.lines() {
            assert!(line.chars().count() <= WIDTH, "{line}");
        }
        assert!(text.contains('…'));
        assert!(text.contains("1234567"), "{text}");
    }

    #[test]
    fn a_cell_cannot_forge_a_line() {
        let mut table = Table::new(["NAME"]);
        table.row(["a\nb".into()]);
        assert_eq!(table.render().lines().count(), 2);
    }

    #[test]
    fn texts_are_wrapped_at_blanks() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij k", 4), ["abcd", "efgh", "ij k"]);
        assert_eq!(wrap("", 4), [""]);
    }
}
