use crate::{Outcome, Stage};

/// What the tests and stages came to.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    passed: u64,
    failed: u64,
    ignored: u64,
    skips: Vec<String>,
    failures: Vec<String>,
}

impl Tally {
    /// Reads one line of a test run: `test result: …` counts, `SKIPPED <test>: <reason>` is noted, so is the name of
    /// a failed test.
    pub fn read(&mut self, line: &str) {
        if let Some(rest) = line.trim_start().strip_prefix("test result:") {
            self.passed += number_before(rest, " passed");
            self.failed += number_before(rest, " failed");
            self.ignored += number_before(rest, " ignored");
        } else if let Some(at) = line.find("SKIPPED ") {
            let skip = line.get(at + "SKIPPED ".len()..).unwrap_or_default().trim();
            if !self.skips.iter().any(|known| known == skip) {
                self.skips.push(skip.to_owned());
            }
        } else if let Some(name) = line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED")) {
            self.failures.push(name.to_owned());
        }
    }

    /// Notes how a stage went. A failed stage whose tests did not say so themselves counts as one failure.
    pub fn add_stage(&mut self, stage: Stage, outcome: &Outcome) {
        match outcome {
            Outcome::Passed => {}
            Outcome::Failed => {
                self.failures.push(format!("stage {}", stage.name()));
                if stage != Stage::Tests || self.failed == 0 {
                    self.failed += 1;
                }
            }
            Outcome::Skipped(reasons) => {
                self.skips.extend(reasons.iter().map(|reason| format!("stage {}: {reason}", stage.name())));
            }
        }
    }

    /// What was skipped, each with its reason.
    #[must_use]
    pub fn skips(&self) -> &[String] {
        &self.skips
    }

    /// What failed.
    #[must_use]
    pub fn failures(&self) -> &[String] {
        &self.failures
    }

    /// Nothing failed.
    #[must_use]
    pub const fn is_good(&self) -> bool {
        self.failed == 0
    }

    /// The last line of a run.
    #[must_use]
    pub fn closing_line(&self) -> String {
        let skipped = self.ignored + self.skips.len() as u64;
        format!("{} passed, {} failed, {skipped} skipped", self.passed, self.failed)
    }
}

fn number_before(text: &str, word: &str) -> u64 {
    let before = text.split(word).next().unwrap_or_default();
    let digits = before.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> Tally {
        let mut tally = Tally::default();
        lines.iter().for_each(|line| tally.read(line));
        tally
    }

    #[test]
    fn results_are_summed_over_all_binaries() {
        let tally = read(&[
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test a::b ... FAILED",
            "test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s",
        ]);
        assert_eq!(tally.closing_line(), "15 passed, 1 failed, 1 skipped");
        assert_eq!(tally.failures(), ["a::b"]);
        assert!(!tally.is_good());
    }

    #[test]
    fn a_skip_is_counted_once_with_its_reason() {
        let tally = read(&["SKIPPED postfix: swaks is not installed", "SKIPPED postfix: swaks is not installed"]);
        assert_eq!(tally.skips(), ["postfix: swaks is not installed"]);
        assert_eq!(tally.closing_line(), "0 passed, 0 failed, 1 skipped");
    }

    #[test]
    fn a_failed_stage_is_never_green() {
        for stage in Stage::ALL {
            let mut tally = Tally::default();
            tally.add_stage(stage, &Outcome::Failed);
            assert!(!tally.is_good());
            assert_eq!(tally.closing_line(), "0 passed, 1 failed, 0 skipped");
        }
    }

    #[test]
    fn failed_tests_are_not_counted_twice() {
        let mut tally = read(&["test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out"]);
        tally.add_stage(Stage::Tests, &Outcome::Failed);
        assert_eq!(tally.closing_line(), "3 passed, 2 failed, 0 skipped");
    }
}
