use anyhow::bail;

use crate::Stage;

/// How the recipes are called.
pub const USAGE: &str = "usage: cargo xtask test [--long] [STAGE...]
       cargo xtask rules
       cargo xtask protos
       cargo xtask fuzz [--sanitizer] [TARGET [SECONDS]]
fuzz: all targets, or one, for 600 seconds each or as many as said; with --sanitizer under AddressSanitizer
      (docs/FUZZING.md)
protos: makes proto/agreed.binpb, against which later protos are checked (docs/PROTOS.md)
rules: makes docs/RULES.md from tests/rules/rules.txt and the names of the tests
test:
  --long   many more rounds where a test draws lots (200 instead of 40 kills of the relay; 20 minutes of fuzzing instead of one)
  STAGE    only these: packages, fmt, clippy, doc, deny, buf, tests, fuzz;
           default: all of them in this order";

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// The tests.
    Test(Test),
    /// The table of rules.
    Rules,
    /// The agreed protos.
    Protos,
    /// The fuzzer.
    Fuzz {
        /// Under AddressSanitizer.
        sanitizer: bool,
        /// One target; `None`: all, one after the other.
        target: Option<String>,
        /// Seconds for each.
        seconds: u64,
    },
}

/// Which tests are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Test {
    /// Many rounds instead of enough.
    pub long: bool,
    stages: Vec<Stage>,
}

impl Request {
    /// Reads the command line, without the program's name.
    ///
    /// # Errors
    /// Names what is not understood, with the usage.
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> anyhow::Result<Self> {
        match arguments.next().as_deref() {
            Some("test") => Test::parse(arguments).map(Self::Test),
            Some("fuzz") => {
                let mut arguments = arguments.peekable();
                let sanitizer = arguments.next_if(|argument| argument == "--sanitizer").is_some();
                let target = arguments.next();
                let seconds = arguments.next().map_or(Ok(600), |text| text.parse());
                match (seconds, arguments.next()) {
                    (Ok(seconds), None) => Ok(Self::Fuzz { sanitizer, target, seconds }),
                    _ => bail!("fuzz takes a target and a number of seconds\n{USAGE}"),
                }
            }
            Some(name @ ("rules" | "protos")) => match arguments.next() {
                Some(argument) => bail!("{name} takes no argument, and not {argument:?}\n{USAGE}"),
                None if name == "rules" => Ok(Self::Rules),
                None => Ok(Self::Protos),
            },
            Some(other) => bail!("there is no recipe {other:?}\n{USAGE}"),
            None => bail!("which recipe?\n{USAGE}"),
        }
    }
}

impl Test {
    fn parse(arguments: impl Iterator<Item = String>) -> anyhow::Result<Self> {
        let mut request = Self::default();
        for argument in arguments {
            match argument.as_str() {
                "--long" => request.long = true,
                name => match Stage::ALL.into_iter().find(|stage| stage.name() == name) {
                    Some(stage) => request.stages.push(stage),
                    None => bail!("there is no stage {name:?}\n{USAGE}"),
                },
            }
        }
        Ok(request)
    }

    /// Whether a stage is to be run.
    #[must_use]
    pub fn wants(&self, stage: Stage) -> bool {
        self.stages.is_empty() || self.stages.contains(&stage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> anyhow::Result<Request> {
        Request::parse(line.split_whitespace().map(str::to_owned))
    }

    fn test(line: &str) -> Test {
        let Ok(Request::Test(test)) = parse(line) else { panic!("{line:?} does not ask for tests") };
        test
    }

    #[test]
    fn stages_are_chosen_by_name() {
        let request = test("test --long fmt tests");
        assert!(request.long && request.wants(Stage::Fmt) && request.wants(Stage::Tests));
        assert!(!request.wants(Stage::Clippy));
        assert!(Stage::ALL.into_iter().all(|stage| test("test").wants(stage)));
    }

    #[test]
    fn a_fuzzer_is_told_how_what_and_how_long() {
        let fuzz = |sanitizer, target: Option<&str>, seconds| Request::Fuzz {
            sanitizer,
            target: target.map(str::to_owned),
            seconds,
        };
        assert_eq!(parse("fuzz").unwrap(), fuzz(false, None, 600));
        assert_eq!(parse("fuzz data 5").unwrap(), fuzz(false, Some("data"), 5));
        assert_eq!(parse("fuzz --sanitizer data").unwrap(), fuzz(true, Some("data"), 600));
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for (line, named) in [
            ("test fnt", "fnt"),
            ("tset", "tset"),
            ("", "which recipe"),
            ("rules x", "x"),
            ("protos x", "x"),
            ("fuzz data long", "seconds"),
        ] {
            assert!(parse(line).unwrap_err().to_string().contains(named));
        }
    }
}
