use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::Context as _;

use super::{Id, RuleList};

/// The tests that carry ids.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shown {
    /// By id; each test as its file, from the root of the repository, and its name.
    pub(crate) tests: BTreeMap<Id, Vec<(String, String)>>,
    unknown: Vec<String>,
}

/// Where tests are.
const FOLDERS: [&str; 3] = ["crates", "services", "tests"];

impl Shown {
    /// Looks through all sources and dialogues.
    pub(crate) fn find(root: &Path, list: &RuleList) -> anyhow::Result<Self> {
        let mut shown = Self::default();
        for folder in FOLDERS {
            shown.folder(root, &root.join(folder), list)?;
        }
        shown.tests.values_mut().for_each(|tests| tests.sort());
        Ok(shown)
    }

    fn folder(&mut self, root: &Path, folder: &Path, list: &RuleList) -> anyhow::Result<()> {
        for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                if name != "target" && !name.starts_with('.') {
                    self.folder(root, &path, list)?;
                }
                continue;
            }
            let file = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
            if let Some(dialogue) = name.strip_suffix(".smtp") {
                self.add(&file, dialogue, list);
            } else if name.ends_with(".rs") {
                let text = fs::read_to_string(&path).with_context(|| format!("cannot read {file}"))?;
                tests_in(&text).into_iter().for_each(|test| self.add(&file, test, list));
            }
        }
        Ok(())
    }

    fn add(&mut self, file: &str, name: &str, list: &RuleList) {
        for id in ids_of(name).take_while(|id| list.has_family(id)) {
            if list.knows(&id) {
                self.tests.entry(id).or_default().push((file.to_owned(), name.to_owned()));
            } else {
                self.unknown.push(format!("{file}: {name} carries {id}, which is no rule of {}", super::LIST));
            }
        }
    }

    /// What is wrong: rules without a test, tests with ids that are none, a pending list behind its time.
    pub(crate) fn problems(&self, list: &RuleList) -> Vec<String> {
        let mut problems = self.unknown.clone();
        for rule in list.rules().filter(|rule| rule.must) {
            let (id, pending) = (&rule.id, list.pending.contains(&rule.id));
            match (self.tests.contains_key(id), pending) {
                (false, false) => problems.push(format!("{id} is shown by no test: {}", rule.statement)),
                (true, true) => {
                    problems
                        .push(format!("{id} is shown by a test now: take it from the pending list of {}", super::LIST));
                }
                _ => {}
            }
        }
        problems
    }
}

/// The ids at the start of a name: `m15_m14_what_may_not_pass` has two.
fn ids_of(name: &str) -> impl Iterator<Item = Id> {
    name.split('_').map_while(Id::parse)
}

/// Names of the functions that run as tests: those behind `#[test]`, `#[tokio::test]` and the like, also inside
/// `proptest!`. One that is ignored shows nothing.
fn tests_in(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut is_test = false;
    for line in text.lines().map(str::trim_start) {
        if let Some(attribute) = line.strip_prefix("#[") {
            let path = attribute.split(['(', ']', ' ', '=']).next().unwrap_or_default();
            is_test = (is_test || path == "test" || path.ends_with("::test")) && path != "ignore";
        }
        if let Some(name) = function_in(line) {
            if is_test {
                names.push(name);
            }
            is_test = false;
        }
    }
    names
}

/// The name of the function that begins on a line, which may have its attribute in front.
fn function_in(line: &str) -> Option<&str> {
    let line =
        line.rsplit_once("] ").map_or(line, |(attribute, rest)| if attribute.starts_with("#[") { rest } else { line });
    let line = line.strip_prefix("pub ").unwrap_or(line);
    let line = line.strip_prefix("async ").unwrap_or(line);
    let rest = line.strip_prefix("fn ")?;
    rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_functions_that_run_are_tests() {
        let text = "#[test]\nfn s01_a() {}\nfn s02_no() {}\n    #[tokio::test(flavor = \"x\")]\n    async fn s03_b() {}\n\
                    proptest! {\n#![proptest_config(x)]\n    #[test]\n    fn s04_c(x in 0..3) {}\n}\n\
                    #[test]\n#[ignore = \"why\"]\nfn s05_no() {}\n#[test]\n#[should_panic]\nfn s06_d() {}\n\
                    #[test] fn s07_e() {}\n#[cfg(test)]\nfn s08_no() {}\n// #[test]\nfn s09_no() {}";
        assert_eq!(tests_in(text), ["s01_a", "s03_b", "s04_c", "s06_d", "s07_e"]);
    }

    #[test]
    fn a_name_carries_the_ids_it_begins_with() {
        let ids = |name| ids_of(name).map(|id| id.to_string()).collect::<Vec<_>>();
        assert_eq!(ids("m15_m14_what_e3a_says"), ["M15", "M14"]);
        assert_eq!(ids("what_s08_says"), [""; 0]);
    }

    #[test]
    fn what_is_wrong_is_told_rule_by_rule() {
        let list = RuleList::parse(
            "== A\nS1 | must | x | one\nS2 | must | x | two\nS3 | must | x | three\nE3a | must | x | y\npending: S3 E3a",
        );
        let list = list.unwrap();
        let mut shown = Shown::default();
        for name in ["s01_a", "s03_b", "s77_c", "e3_whole", "u8_is_a_type"] {
            shown.add("file.rs", name, &list);
        }
        let problems = shown.problems(&list);
        assert_eq!(problems.len(), 3, "{problems:?}");
        for (problem, part) in
            problems.iter().zip(["s77_c carries S77", "S2 is shown by no test: two", "S3 is shown by a test now"])
        {
            assert!(problem.contains(part), "{problem}");
        }
    }
}
