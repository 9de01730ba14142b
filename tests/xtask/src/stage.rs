use crate::shell::{cargo, show, watch};
use crate::{Tally, Test, deny, fuzz, packages, protos};

/// One step of the recipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Debian packages that the tests use.
    Packages,
    /// Formatting.
    Fmt,
    /// Lints; a warning is an error.
    Clippy,
    /// Documentation; a warning is an error.
    Doc,
    /// Licences, duplicate and banned crates, sources, advisories.
    Deny,
    /// Style of the protos, and that they break no client of the agreed ones.
    Buf,
    /// Unit, property, dialogue, end-to-end and interoperability tests.
    Tests,
    /// The fuzzer, for a minute.
    Fuzz,
}

/// How a stage went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Well.
    Passed,
    /// Not well; it has said why.
    Failed,
    /// Not, or not wholly, run; why, one reason for each thing left out.
    Skipped(Vec<String>),
}

impl Outcome {
    pub(crate) const fn of(good: bool) -> Self {
        if good { Self::Passed } else { Self::Failed }
    }
}

impl Stage {
    /// All stages, in their order.
    pub const ALL: [Self; 8] =
        [Self::Packages, Self::Fmt, Self::Clippy, Self::Doc, Self::Deny, Self::Buf, Self::Tests, Self::Fuzz];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Packages => "packages",
            Self::Fmt => "fmt",
            Self::Clippy => "clippy",
            Self::Doc => "doc",
            Self::Deny => "deny",
            Self::Buf => "buf",
            Self::Tests => "tests",
            Self::Fuzz => "fuzz",
        }
    }

    /// Runs it.
    ///
    /// # Errors
    /// When a program cannot be started at all.
    pub(crate) fn run(self, request: &Test, tally: &mut Tally) -> anyhow::Result<Outcome> {
        match self {
            Self::Packages => packages::install(),
            Self::Fmt => show(cargo().args(["fmt", "--all", "--check"])).map(Outcome::of),
            Self::Clippy => {
                let arguments = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
                show(cargo().args(arguments)).map(Outcome::of)
            }
            Self::Doc => {
                let arguments = ["doc", "--workspace", "--no-deps", "--lib"];
                show(cargo().env("RUSTDOCFLAGS", "-D warnings").args(arguments)).map(Outcome::of)
            }
            Self::Deny => deny::check(),
            Self::Buf => protos::check(),
            Self::Tests => tests(request, tally),
            Self::Fuzz => fuzz::check(request),
        }
    }
}

fn tests(request: &Test, tally: &mut Tally) -> anyhow::Result<Outcome> {
    // The end-to-end tests start the programs themselves and look for them beside their own executable.
    if !show(cargo().args(["build", "--workspace", "--bins"]))? {
        return Ok(Outcome::Failed);
    }
    let mut command = cargo();
    // Passing tests speak too: what they skipped, and the counts of the drawn rounds.
    command.args(["test", "--workspace", "--no-fail-fast", "--", "--show-output"]);
    if request.long {
        command.env("POSTROAD_LONG", "1");
    }
    watch(&mut command, |line| tally.read(line)).map(Outcome::of)
}
