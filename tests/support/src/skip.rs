use std::io::Write as _;

/// Says that a test was skipped, in the form that the recipe counts.
pub fn skipped(test: &str, reason: &str) {
    println!("SKIPPED {test}: {reason}");
}

/// Says what a test saw, even when it passes and its output is held back.
pub fn report(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
