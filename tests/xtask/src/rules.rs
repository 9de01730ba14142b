//! The table of rules: which test shows which rule, made from the names of the tests so that it cannot drift.

mod id;
mod list;
mod names;
mod table;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::say;
use id::Id;
use list::RuleList;
use names::Shown;

/// The rules, with their ids and statements.
pub const LIST: &str = "tests/rules/rules.txt";
/// The table that is made of them.
pub const TABLE: &str = "docs/RULES.md";

/// What the sources say about the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// The text of [`TABLE`] as it has to be.
    pub table: String,
    /// What is wrong, one line each: a rule that no test shows, an id that nobody knows.
    pub problems: Vec<String>,
    /// Rules that must be shown and are not yet, as [`LIST`] admits.
    pub pending: Vec<String>,
}

impl Rules {
    /// Reads the list of rules and the names of the tests below a root directory.
    ///
    /// # Errors
    /// When a file cannot be read, or the list of rules is malformed; all its lines that are wrong are named.
    pub fn read(root: &Path) -> anyhow::Result<Self> {
        let path = root.join(LIST);
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let list = parse(&text)?;
        let shown = Shown::find(root, &list)?;
        let pending = list.pending.iter().map(Id::to_string).collect();
        Ok(Self { table: table::print(&list, &shown), problems: shown.problems(&list), pending })
    }
}

fn parse(text: &str) -> anyhow::Result<RuleList> {
    RuleList::parse(text).map_err(|wrong| anyhow::anyhow!("{LIST} is malformed:\n{wrong}"))
}

/// The root of the repository.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Takes from the pending list what is shown now, writes the table anew and says what is wrong; `false` when something is.
///
/// # Errors
/// As [`Rules::read`], and when the table cannot be written.
pub(crate) fn write() -> anyhow::Result<bool> {
    let root = root();
    let path = root.join(LIST);
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let left = list::without_shown(&text, &Shown::find(&root, &parse(&text)?)?);
    if left != text {
        fs::write(&path, left).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let rules = Rules::read(&root)?;
    let path = root.join(TABLE);
    fs::write(&path, &rules.table).with_context(|| format!("cannot write {}", path.display()))?;
    for problem in &rules.problems {
        say(problem);
    }
    if !rules.pending.is_empty() {
        say(&format!("no test shows yet: {}", rules.pending.join(" ")));
    }
    Ok(rules.problems.is_empty())
}
