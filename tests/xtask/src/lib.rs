//! The recipes of the house: `test`, which CI and people run alike; `rules`, which makes the table of
//! rules anew; `protos`, which agrees to the protos as they are; `fuzz`, which runs the fuzzer for as long as one likes.

mod deny;
mod fuzz;
mod packages;
mod protos;
mod request;
pub mod rules;
mod shell;
mod stage;
mod tally;

use std::time::{Duration, Instant};

pub use request::{Request, Test, USAGE};
pub use shell::say;
pub use stage::{Outcome, Stage};
pub use tally::Tally;

/// Runs a recipe; `false` when something failed.
///
/// # Errors
/// When the request is not understood, or a program cannot be started at all.
pub fn run(arguments: impl Iterator<Item = String>) -> anyhow::Result<bool> {
    match Request::parse(arguments)? {
        Request::Rules => rules::write(),
        Request::Protos => protos::agree(),
        Request::Fuzz { sanitizer, target, seconds } => fuzz::one(sanitizer, target.as_deref(), seconds),
        Request::Test(test) => run_test(&test),
    }
}

fn run_test(request: &Test) -> anyhow::Result<bool> {
    let mut tally = Tally::default();
    let mut lines = Vec::new();
    for stage in Stage::ALL {
        if !request.wants(stage) {
            continue;
        }
        say(&format!("=== {}", stage.name()));
        let began = Instant::now();
        let outcome = stage.run(request, &mut tally)?;
        lines.push(line(stage, &outcome, began.elapsed()));
        tally.add_stage(stage, &outcome);
    }
    say("\n=== summary");
    for line in &lines {
        say(line);
    }
    for skip in tally.skips() {
        say(&format!("  skipped: {skip}"));
    }
    for failure in tally.failures() {
        say(&format!("  failed: {failure}"));
    }
    say(&tally.closing_line());
    Ok(tally.is_good())
}

fn line(stage: Stage, outcome: &Outcome, took: Duration) -> String {
    let word = match outcome {
        Outcome::Passed => "ok",
        Outcome::Failed => "FAILED",
        Outcome::Skipped(_) => "skipped",
    };
    format!("  {:<9} {word:<8} {:>7.1} s", stage.name(), took.as_secs_f64())
}
