//! Log lines as a process writes them: the test runs `examples/say_one_line` and reads what comes out.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;

#[test]
fn a_line_is_one_json_object_with_the_fields_at_its_top() {
    // Cargo builds examples beside the tests: target/debug/deps/logs-… and target/debug/examples/say_one_line.
    let deps = std::env::current_exe().unwrap();
    let program = deps.parent().unwrap().parent().unwrap().join("examples/say_one_line");
    assert!(program.exists(), "{} is missing; cargo test -p postroad-telemetry builds it", program.display());
    let output = Command::new(program).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines = text.lines();
    let line: serde_json::Value = serde_json::from_str(lines.next().unwrap()).unwrap();
    assert_eq!(lines.next(), None, "{text}");
    for (name, value) in
        [("level", "INFO"), ("message", "listening"), ("port_name", "smtp"), ("address", "127.0.0.1:2525")]
    {
        assert_eq!(line[name], value, "{line}");
    }
    assert_eq!(line["revision"], 7);
    assert!(line["timestamp"].as_str().unwrap().ends_with('Z'), "{line}");
    assert!(!text.contains("too fine"), "{text}");
}
