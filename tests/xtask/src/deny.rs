use std::process::Command;

use crate::Outcome;
use crate::shell::{cargo, say, show, show_with_errors, succeeds};

/// Seconds that building cargo-deny may take where it is missing.
const BUILD_TIME: &str = "350";

/// What cargo-deny says about the dependencies.
///
/// # Errors
/// When cargo cannot be started.
pub(crate) fn check() -> anyhow::Result<Outcome> {
    if !succeeds("cargo", &["deny", "--version"]) && !install()? {
        let reason = format!("cargo-deny is not installed and could not be built within {BUILD_TIME} s");
        return Ok(Outcome::Skipped(vec![reason]));
    }
    if !show(cargo().args(["deny", "--offline", "check", "bans", "licenses", "sources"]))? {
        return Ok(Outcome::Failed);
    }
    let (good, errors) = show_with_errors(cargo().args(["deny", "check", "advisories"]))?;
    // The database is fetched from the network; without it nothing can be said about advisories.
    let unreachable = !good
        && (errors.contains("failed to fetch advisory")
            || errors.contains("failed to open advisory database")
            || errors.contains("unable to load advisory"));
    if unreachable {
        say("the advisory database cannot be had here");
        return Ok(Outcome::Skipped(vec!["advisories: the database cannot be fetched from here".to_owned()]));
    }
    Ok(Outcome::of(good))
}

fn install() -> anyhow::Result<bool> {
    say("building cargo-deny once");
    // The dev profile: it is run for seconds, and must be built in minutes.
    let arguments = ["install", "--locked", "--profile", "dev", "cargo-deny"];
    show(Command::new("timeout").arg(BUILD_TIME).arg("cargo").args(arguments).env_remove("CARGO_TARGET_DIR"))
}
