use super::list::{Rule, Section};
use super::{Id, LIST, RuleList, Shown};

/// The table as text.
pub(crate) fn print(list: &RuleList, shown: &Shown) -> String {
    let tests = shown.tests.values().flatten().collect::<std::collections::BTreeSet<_>>().len();
    let must = list.rules().filter(|rule| rule.must).count();
    let mut out = format!(
        "# Rules and the tests that show them\n\n\
         Made by `cargo xtask rules` from [{LIST}](../{LIST}) and the names of the tests: do not edit. § alone means RFC 5321.\n\
         A row without a letter (E3) lists tests of a rule as a whole. Rules that must be shown: {must}, not shown yet: {}.\n\
         Tests that carry an id: {tests}.\n",
        list.pending.len(),
    );
    for section in &list.sections {
        print_section(&mut out, section, list, shown);
    }
    out
}

fn print_section(out: &mut String, section: &Section, list: &RuleList, shown: &Shown) {
    let mut rows = String::new();
    let mut whole = None;
    for rule in &section.rules {
        let number = rule.id.whole();
        if rule.id.part.is_some() && whole.as_ref() != Some(&number) {
            if let Some(tests) = tests_of(&number, shown) {
                rows.push_str(&format!("| {number} | its parts together | {tests} |\n"));
            }
            whole = Some(number);
        }
        rows.push_str(&row(rule, list, shown).unwrap_or_default());
    }
    if !rows.is_empty() {
        out.push_str(&format!("\n## {}\n\n| rule | what it says | shown by |\n|---|---|---|\n{rows}", section.title));
    }
}

/// Nothing for a rule that need not be shown and is not.
fn row(rule: &Rule, list: &RuleList, shown: &Shown) -> Option<String> {
    let (id, statement, source) = (&rule.id, &rule.statement, &rule.source);
    let tests = match tests_of(id, shown) {
        Some(tests) => tests,
        None if list.pending.contains(id) => "*not shown yet*".to_owned(),
        None if rule.must => "**no test**".to_owned(),
        None => return None,
    };
    Some(format!("| {id} | {statement} ({source}) | {tests} |\n"))
}

/// The tests that carry an id, file by file.
fn tests_of(id: &Id, shown: &Shown) -> Option<String> {
    let mut text = String::new();
    let mut last = "";
    for (file, name) in shown.tests.get(id)? {
        if file == last {
            text.push_str(&format!(", `{name}`"));
            continue;
        }
        let gap = if last.is_empty() { "" } else { "<br>" };
        last = file;
        match file.ends_with(".smtp") {
            true => text.push_str(&format!("{gap}[{file}](../{file})")),
            false => text.push_str(&format!("{gap}[{file}](../{file}): `{name}`")),
        }
    }
    Some(text)
}
