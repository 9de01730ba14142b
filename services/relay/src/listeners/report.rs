//! What is said about settings, all of it at once.

use std::cell::RefCell;
use std::fmt;

/// Something that works, and that its writer may not have meant: where it stands and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning(pub String);

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Collects problems and warnings, each behind the name of the file and the path of its field.
#[derive(Debug)]
pub(super) struct Report {
    /// Stands in front of everything, as in `listeners.yaml: `; may be empty.
    start: String,
    problems: RefCell<Vec<String>>,
    warnings: RefCell<Vec<Warning>>,
}

impl Report {
    pub(super) fn of_file(file: &str) -> Self {
        Self::starting(format!("{file}: "))
    }

    pub(super) fn of_flags() -> Self {
        Self::starting(String::new())
    }

    fn starting(start: String) -> Self {
        Self { start, problems: RefCell::default(), warnings: RefCell::default() }
    }

    pub(super) fn problem(&self, path: &str, text: impl fmt::Display) {
        self.problems.borrow_mut().push(format!("{}{path}: {text}", self.start));
    }

    pub(super) fn warn(&self, path: &str, text: impl fmt::Display) {
        self.warnings.borrow_mut().push(Warning(format!("{}{path}: {text}", self.start)));
    }

    pub(super) fn problems(&self) -> usize {
        self.problems.borrow().len()
    }

    /// The value, if nothing is wrong.
    pub(super) fn conclude<T>(self, value: T) -> Result<(T, Vec<Warning>), Vec<String>> {
        let problems = self.problems.into_inner();
        if problems.is_empty() { Ok((value, self.warnings.into_inner())) } else { Err(problems) }
    }
}
