//! Log lines as a process writes them: the test runs itself once more and reads what comes out.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;

use postroad_telemetry::{LogError, LogFormat, LogSettings, init_logs};

#[test]
#[ignore = "run by the test below, in a process of its own"]
fn child() {
    let settings = LogSettings { filter: "info".into(), format: LogFormat::Json };
    init_logs(&settings).unwrap();
    tracing::info!(port_name = "smtp", address = "127.0.0.1:2525", revision = 7, "listening");
    tracing::debug!("too fine to be told");
    assert!(matches!(init_logs(&settings), Err(LogError::AlreadySet)));
}

#[test]
fn a_line_is_one_json_object_with_the_fields_at_its_top() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "child", "--nocapture"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    // The test harness writes to the same place.
    let (_, json) = text.split_once('{').unwrap();
    let line = format!("{{{}", json.lines().next().unwrap());
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    for (name, value) in
        [("level", "INFO"), ("message", "listening"), ("port_name", "smtp"), ("address", "127.0.0.1:2525")]
    {
        assert_eq!(line[name], value, "{line}");
    }
    assert_eq!(line["revision"], 7);
    assert!(line["timestamp"].as_str().unwrap().ends_with('Z'), "{line}");
    assert!(!text.contains("too fine"), "{text}");
}
