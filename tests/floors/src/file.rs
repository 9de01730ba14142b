use crate::Breach;

/// No source file has more lines.
pub const MAX_LINES: usize = 400;

/// Names that say nothing about what a file holds.
const EMPTY_NAMES: &[&str] = &["utils", "util", "common", "helpers", "helper", "types", "misc"];

/// What is wrong with a source file, by its path in the repository and its number of lines.
#[must_use]
pub fn check_file(path: &str, lines: usize) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let name = path.rsplit('/').next().unwrap_or(path);
    if name == "mod.rs" {
        breaches.push(Breach::new("mod.rs does not occur: foo.rs beside foo/", path));
    }
    if lines > MAX_LINES {
        breaches.push(Breach::new(format!("a file has at most {MAX_LINES} lines"), format!("{path} has {lines}")));
    }
    for part in path.split('/') {
        let stem = part.strip_suffix(".rs").unwrap_or(part);
        if EMPTY_NAMES.contains(&stem) {
            breaches.push(Breach::new("a name says what it holds", format!("{path}: {stem} says nothing")));
        }
    }
    breaches
}
