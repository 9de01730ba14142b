use std::collections::BTreeSet;

use super::{Id, Shown};

/// The rules as the list has them, in its order.
#[derive(Clone, Debug, Default)]
pub(crate) struct RuleList {
    pub(crate) sections: Vec<Section>,
    pub(crate) pending: BTreeSet<Id>,
}

/// Rules under one title.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    pub(crate) title: String,
    pub(crate) rules: Vec<Rule>,
}

/// One rule.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) id: Id,
    /// At least one test has to show it.
    pub(crate) must: bool,
    pub(crate) source: String,
    pub(crate) statement: String,
}

impl RuleList {
    /// Reads the list; the form stands at its head. An error names every line that is wrong.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut list = Self::default();
        let mut wrong = Vec::new();
        for (number, line) in text.lines().enumerate() {
            if let Err(why) = list.line(line.trim()) {
                wrong.push(format!("line {}: {why}", number + 1));
            }
        }
        for id in &list.pending {
            if !list.rules().any(|rule| rule.must && rule.id == *id) {
                wrong.push(format!("pending: {id} is no rule that must be shown"));
            }
        }
        if wrong.is_empty() { Ok(list) } else { Err(wrong.join("\n")) }
    }

    fn line(&mut self, line: &str) -> Result<(), String> {
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        if let Some(title) = line.strip_prefix("== ") {
            self.sections.push(Section { title: title.to_owned(), rules: Vec::new() });
            return Ok(());
        }
        if let Some(ids) = line.strip_prefix("pending:") {
            for id in ids.split_whitespace() {
                self.pending.insert(Id::parse(id).ok_or_else(|| format!("{id} is no id"))?);
            }
            return Ok(());
        }
        let rule = Rule::parse(line)?;
        if self.rules().any(|known| known.id == rule.id) {
            return Err(format!("{} stands there twice", rule.id));
        }
        self.sections.last_mut().ok_or("a rule before the first section")?.rules.push(rule);
        Ok(())
    }

    pub(crate) fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.sections.iter().flat_map(|section| &section.rules)
    }

    /// An id of this family has a meaning here.
    pub(crate) fn has_family(&self, id: &Id) -> bool {
        self.rules().any(|rule| rule.id.family == id.family)
    }

    /// The id of a rule, or of a rule with parts without the letter.
    pub(crate) fn knows(&self, id: &Id) -> bool {
        self.rules().any(|rule| rule.id == *id || rule.id.whole() == *id)
    }
}

/// The text of the list, with pending rules that a test shows now taken out.
pub(crate) fn without_shown(text: &str, shown: &Shown) -> String {
    let is_left = |id: &&str| Id::parse(id).is_none_or(|id| !shown.tests.contains_key(&id));
    let mut out = String::new();
    for line in text.lines() {
        let Some(ids) = line.strip_prefix("pending:") else {
            out.push_str(&format!("{line}\n"));
            continue;
        };
        let left: Vec<&str> = ids.split_whitespace().filter(is_left).collect();
        if !left.is_empty() {
            out.push_str(&format!("pending: {}\n", left.join(" ")));
        }
    }
    out
}

impl Rule {
    fn parse(line: &str) -> Result<Self, String> {
        let fields: Vec<&str> = line.splitn(4, '|').map(str::trim).collect();
        let [id, word, source, statement] = fields[..] else {
            return Err("a rule is ID | WORD | SOURCE | STATEMENT".to_owned());
        };
        let must = match word {
            "must" => true,
            "may" => false,
            other => return Err(format!("{other:?} is neither must nor may")),
        };
        if source.is_empty() || statement.is_empty() || statement.contains('|') {
            return Err("source and statement are needed, and no | in them".to_owned());
        }
        let id = Id::parse(id).ok_or_else(|| format!("{id} is no id"))?;
        Ok(Self { id, must, source: source.to_owned(), statement: statement.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_that_is_wrong_is_named() {
        let text =
            "== A\nS1 | must | x | y\nS1 | may | x | y\nS2 | shall | x | y\nnonsense\nE3a | must | | y\npending: S9";
        let wrong = RuleList::parse(text).unwrap_err();
        for part in ["line 3: S1 stands", "line 4: \"shall\"", "line 5:", "line 6:", "pending: S9"] {
            assert!(wrong.contains(part), "{part:?} is not in {wrong}");
        }
    }

    #[test]
    fn what_is_shown_leaves_the_pending_list() {
        let mut shown = Shown::default();
        for id in ["S2", "S4"] {
            shown.tests.insert(Id::parse(id).unwrap(), vec![(String::new(), String::new())]);
        }
        let text = "S2 | must | x | y\npending: S1 S2 S3\npending: S4\n";
        assert_eq!(without_shown(text, &shown), "S2 | must | x | y\npending: S1 S3\n");
    }

    #[test]
    fn a_rule_with_parts_is_known_without_its_letter_too() {
        let list = RuleList::parse("== A\nE3a | must | x | y\nS1 | may | x | y").unwrap();
        let knows = |id: &str| list.knows(&Id::parse(id).unwrap());
        assert!(knows("E3a") && knows("E3") && knows("S1"));
        assert!(!knows("E3b") && !knows("E4") && !knows("S1a"));
        assert!(list.has_family(&Id::parse("E9").unwrap()) && !list.has_family(&Id::parse("X9").unwrap()));
    }
}
