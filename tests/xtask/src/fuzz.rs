//! Fuzzing on the stable toolchain: libFuzzer with coverage, and AddressSanitizer where it is asked for (docs/FUZZING.md).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context as _, bail};

use crate::shell::{cargo, say, show};
use crate::{Outcome, Test, rules};

/// Seconds for all targets together.
const TIME: u64 = 60;
const LONG_TIME: u64 = 1200;

/// The folder of the targets' programs, a workspace of its own.
const PROGRAMS: &str = "tests/fuzz/libfuzzer";
const SEEDS: &str = "tests/fuzz/seeds";
const DICTIONARY: &str = "tests/fuzz/smtp.dict";

/// A program that fails on an input which only a fuzzer that sees coverage finds.
const PLANTED: &str = "planted";

/// What makes the compiler count edges and comparisons, as libFuzzer wants them; both flags are stable.
const COVERAGE: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
                        -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
                        -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares";

/// What finds wrong uses of memory. The flag is not stable, but the stable compiler brings what it needs.
const SANITIZER: &str = "-Zsanitizer=address";

/// Runs every target for its share of the time.
///
/// # Errors
/// When a program cannot be started or a folder cannot be made.
pub(crate) fn check(request: &Test) -> anyhow::Result<Outcome> {
    let fuzzer = Fuzzer::new(false)?;
    let formatted =
        show(cargo().args(["fmt", "--check", "--manifest-path"]).arg(fuzzer.root.join(PROGRAMS).join("Cargo.toml")))?;
    if !formatted || !fuzzer.build()? {
        return Ok(Outcome::Failed);
    }
    let finds = fuzzer.run(PLANTED, 30)?;
    if finds.status.success() {
        say("the planted fault was not found: the fuzzer is blind");
        return Ok(Outcome::Failed);
    }
    let targets = fuzzer.targets()?;
    let all = if request.long { LONG_TIME } else { TIME };
    // libFuzzer looks at its clock once a second, and loads its inputs first.
    let each = (all / targets.len() as u64).saturating_sub(1).max(1);
    let mut good = true;
    for target in &targets {
        good &= fuzzer.tell(target, &fuzzer.run(target, each)?)?;
    }
    Ok(Outcome::of(good))
}

/// Runs one target, or all one after the other, and shows what libFuzzer says.
///
/// # Errors
/// When there is no such target, or as [`check`].
pub(crate) fn one(sanitizer: bool, target: Option<&str>, seconds: u64) -> anyhow::Result<bool> {
    let fuzzer = Fuzzer::new(sanitizer)?;
    let mut targets = fuzzer.targets()?;
    if let Some(wanted) = target {
        if !targets.iter().any(|target| target == wanted) {
            bail!("there is no target {wanted:?}, but {}", targets.join(", "));
        }
        targets = vec![wanted.to_owned()];
    }
    if !fuzzer.build()? {
        return Ok(false);
    }
    for target in &targets {
        if !show(&mut fuzzer.command(target, seconds)?)? {
            fuzzer.show_findings(target)?;
            return Ok(false);
        }
    }
    Ok(true)
}

struct Fuzzer {
    root: PathBuf,
    /// Findings, logs, and the inputs that showed something new.
    work: PathBuf,
    /// Programs.
    built: PathBuf,
    sanitizer: bool,
    triple: String,
}

impl Fuzzer {
    fn new(sanitizer: bool) -> anyhow::Result<Self> {
        let root = rules::root();
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        let said = Command::new("rustc").arg("-vV").output().context("cannot start rustc")?;
        let said = String::from_utf8_lossy(&said.stdout).into_owned();
        let triple = said.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names no host")?;
        let work = target.join("fuzz");
        // Apart, or each build would undo the other.
        let built = if sanitizer { work.join("sanitizer") } else { work.clone() };
        Ok(Self { work, built, sanitizer, triple: triple.to_owned(), root })
    }

    /// The targets are the folders of seeds.
    fn targets(&self) -> anyhow::Result<Vec<String>> {
        let folder = self.root.join(SEEDS);
        let entries = fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
        let folders = entries.filter_map(Result::ok).filter(|entry| entry.path().is_dir());
        let mut names: Vec<String> = folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        if names.is_empty() { bail!("{} holds no seeds", folder.display()) } else { Ok(names) }
    }

    fn build(&self) -> anyhow::Result<bool> {
        // The target is named so that build scripts and macros stay as they are.
        let mut command = cargo();
        command.args(["build", "--quiet", "--release", "--target", &self.triple, "--manifest-path"]);
        command.arg(self.root.join(PROGRAMS).join("Cargo.toml")).arg("--target-dir").arg(&self.built);
        let flags = if self.sanitizer { format!("{COVERAGE} {SANITIZER}") } else { COVERAGE.to_owned() };
        if self.sanitizer {
            command.env("RUSTC_BOOTSTRAP", "1");
        }
        show(command.env("RUSTFLAGS", flags).env_remove("CARGO_ENCODED_RUSTFLAGS"))
    }

    fn command(&self, target: &str, seconds: u64) -> anyhow::Result<Command> {
        let corpus = self.work.join("corpus").join(target);
        let findings = self.work.join("findings");
        for folder in [&corpus, &findings] {
            fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        for old in self.findings(target)? {
            fs::remove_file(&old).with_context(|| format!("cannot remove {}", old.display()))?;
        }
        let mut command = Command::new(self.built.join(&self.triple).join("release").join(target));
        // AddressSanitizer is several times slower, and keeps what was freed for a while.
        let limits =
            if self.sanitizer { ["-timeout=20", "-rss_limit_mb=2048"] } else { ["-timeout=5", "-rss_limit_mb=1024"] };
        command.arg(format!("-max_total_time={seconds}")).arg("-max_len=4096").args(limits);
        command.arg(format!("-dict={}", self.root.join(DICTIONARY).display()));
        command.arg(format!("-artifact_prefix={}", findings.join(format!("{target}-")).display()));
        // The first folder takes what is new; the second is only read.
        command.arg(corpus).args(Some(self.root.join(SEEDS).join(target)).filter(|seeds| seeds.is_dir()));
        command.env("RUST_BACKTRACE", "0");
        Ok(command)
    }

    /// Runs a target and keeps what it says beside its findings.
    fn run(&self, target: &str, seconds: u64) -> anyhow::Result<Output> {
        let mut command = self.command(target, seconds)?;
        let output = command.output().with_context(|| format!("cannot start {command:?}"))?;
        fs::write(self.log(target), &output.stderr).context("cannot write the log of a target")?;
        Ok(output)
    }

    fn log(&self, target: &str) -> PathBuf {
        self.work.join("findings").join(format!("{target}.log"))
    }

    /// Says how a run went: one line, or what was found.
    fn tell(&self, target: &str, output: &Output) -> anyhow::Result<bool> {
        let said = String::from_utf8_lossy(&output.stderr);
        let done = said.lines().rev().find(|line| line.starts_with("Done ")).unwrap_or("no count of runs");
        if output.status.success() {
            say(&format!("  {target}: {done}"));
            return Ok(true);
        }
        say(&format!("  {target}: FAILED ({}), see {}", output.status, self.log(target).display()));
        let panic = said.lines().skip_while(|line| !line.contains("panicked at")).take(8);
        panic.take_while(|line| !line.starts_with("==")).for_each(|line| say(&format!("    {line}")));
        self.show_findings(target)?;
        Ok(false)
    }

    /// Shows the inputs that were found, so that they can be put among the seeds from the output alone.
    fn show_findings(&self, target: &str) -> anyhow::Result<()> {
        for path in self.findings(target)? {
            let input = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            say(&format!("    {}\n    b\"{}\"", path.display(), input.escape_ascii()));
        }
        Ok(())
    }

    fn findings(&self, target: &str) -> anyhow::Result<Vec<PathBuf>> {
        let folder = self.work.join("findings");
        let entries = fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
        let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
        Ok(paths.filter(|path| is_finding(path, target)).collect())
    }
}

fn is_finding(path: &Path, target: &str) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let kind = name.strip_prefix(target).and_then(|rest| rest.strip_prefix('-'));
    kind.is_some_and(|kind| ["crash-", "timeout-", "oom-", "leak-"].iter().any(|start| kind.starts_with(start)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_are_told_by_their_target() {
        assert!(is_finding(Path::new("/x/data-crash-0a"), "data") && is_finding(Path::new("bdat-timeout-1"), "bdat"));
        assert!(!is_finding(Path::new("data.log"), "data") && !is_finding(Path::new("bdat-crash-0a"), "dat"));
    }
}
