//! Every seed keeps every property: findings of the fuzzer that were put among the seeds stay mended.

use std::fs;
use std::path::Path;

use postroad_fuzz::TARGETS;

#[test]
fn every_seed_keeps_its_properties() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    for (name, check) in TARGETS {
        let mut seen = 0;
        for entry in fs::read_dir(seeds.join(name)).unwrap() {
            let path = entry.unwrap().path();
            println!("{}", path.display());
            check(&fs::read(&path).unwrap());
            seen += 1;
        }
        assert!(seen >= 5, "{name} has only {seen} seeds");
    }
}

/// A target without a program would never be fuzzed.
#[test]
fn every_target_has_its_program_and_its_seeds() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = fs::read_to_string(here.join("libfuzzer/Cargo.toml")).unwrap();
    for (name, _) in TARGETS {
        assert!(manifest.contains(&format!("path = \"targets/{name}.rs\"")), "{name} is no program");
        let program = fs::read_to_string(here.join(format!("libfuzzer/targets/{name}.rs"))).unwrap();
        assert!(program.contains(&format!("postroad_fuzz::{name}(input)")), "{name} checks something else");
    }
    for entry in fs::read_dir(here.join("seeds")).unwrap() {
        let name = entry.unwrap().file_name();
        if name == ".gitattributes" {
            continue;
        }
        assert!(TARGETS.iter().any(|(target, _)| name == *target), "{name:?} holds the seeds of no target");
    }
}
