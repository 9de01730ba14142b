//! What sslyze finds at the listeners: nothing below TLS 1.2, no weak suite, none of the known holes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use postroad_interop::{Front, Mode, Postfix, Reading, Sink, have, root_for, shelf};
use postroad_test_support::{report, skipped};
use serde_json::Value;

const PACKAGE: &str = "sslyze==6.3.1";

/// Every suite of TLS 1.2 and 1.3 with forward secrecy and an AEAD that a strict reader passes (RFC 9325 §4.2).
fn is_strong(suite: &str) -> bool {
    let modern = suite.starts_with("TLS_AES_") || suite.starts_with("TLS_CHACHA20_");
    let ecdhe = suite.starts_with("TLS_ECDHE_");
    let aead = suite.contains("_GCM_") || suite.contains("_CHACHA20_POLY1305_");
    (modern || ecdhe && aead) && !suite.contains("CCM_8")
}

fn scan(program: &Path, address: SocketAddr, mode: Mode) -> Value {
    let mut command = Command::new("timeout");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("found.json");
    command.arg("240").arg(program.join("bin/sslyze")).arg("--quiet").arg("--json_out").arg(&path);
    command.args(["--sslv2", "--sslv3", "--tlsv1", "--tlsv1_1", "--tlsv1_2", "--tlsv1_3"]);
    command.args([
        "--heartbleed",
        "--openssl_ccs",
        "--robot",
        "--compression",
        "--reneg",
        "--fallback",
        "--early_data",
    ]);
    if mode == Mode::StartTls {
        command.args(["--starttls", "smtp"]);
    }
    let output = command.arg(format!("localhost:{}{{{}}}", address.port(), address.ip())).stdin(Stdio::null()).output();
    let output = output.unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    let found = fs::read(&path).unwrap_or_else(|error| panic!("sslyze wrote nothing ({error}): {said}"));
    let read: Value = serde_json::from_slice(&found).unwrap();
    read["server_scan_results"][0]["scan_result"].clone()
}

/// Accepted suites of a version; a version that could not be scanned is a failure of the test.
fn accepted(result: &Value, version: &str) -> Vec<String> {
    let attempt = &result[format!("{version}_cipher_suites")];
    assert_eq!(attempt["status"], "COMPLETED", "{version}: {attempt}");
    let suites = attempt["result"]["accepted_cipher_suites"].as_array().unwrap();
    suites.iter().map(|suite| suite["cipher_suite"]["name"].as_str().unwrap().to_owned()).collect()
}

/// A finding of one of the scans of known holes.
fn finding<'r>(result: &'r Value, scan: &str, field: &str) -> &'r Value {
    assert_eq!(result[scan]["status"], "COMPLETED", "{scan}: {}", result[scan]);
    &result[scan]["result"][field]
}

/// The known holes that were found.
fn holes(result: &Value) -> Vec<String> {
    let mut holes = Vec::new();
    for (scan, field) in [
        ("heartbleed", "is_vulnerable_to_heartbleed"),
        ("openssl_ccs_injection", "is_vulnerable_to_ccs_injection"),
        ("tls_compression", "supports_compression"),
        ("session_renegotiation", "is_vulnerable_to_client_renegotiation_dos"),
        ("tls_1_3_early_data", "supports_early_data"),
    ] {
        if finding(result, scan, field).as_bool().unwrap() {
            holes.push(format!("{scan}: {field}"));
        }
    }
    let robot = finding(result, "robot", "robot_result").as_str().unwrap();
    if !robot.starts_with("NOT_VULNERABLE") {
        holes.push(format!("robot: {robot}"));
    }
    holes
}

fn check(program: &Path, mode: Mode) {
    let sink = Sink::start(Reading::Strict, &[]);
    let front = Front::start(&[sink.address()]);
    let result = scan(program, front.address(mode), mode);
    for version in ["ssl_2_0", "ssl_3_0", "tls_1_0", "tls_1_1"] {
        assert_eq!(accepted(&result, version), Vec::<String>::new(), "{mode:?}: {version}");
    }
    let mut suites = accepted(&result, "tls_1_2");
    let modern = accepted(&result, "tls_1_3");
    assert!(!suites.is_empty() && !modern.is_empty(), "{mode:?}: the scan reached nothing");
    suites.extend(modern);
    let weak: Vec<&String> = suites.iter().filter(|suite| !is_strong(suite)).collect();
    assert!(weak.is_empty(), "{mode:?}: weak suites {weak:?}");
    assert_eq!(holes(&result), Vec::<String>::new(), "{mode:?}");
    report(&format!("sslyze, {mode:?}: {} suites of TLS 1.2 and 1.3, all strong: {}", suites.len(), suites.join(" ")));
}

/// sslyze, or why it is not there.
fn sslyze() -> Result<PathBuf, String> {
    have(&["python3", "timeout"]).map_err(|missing| format!("{missing} is not installed"))?;
    shelf::pip(PACKAGE)
}

#[test]
fn e09_sslyze_finds_nothing_weak_behind_starttls() {
    match sslyze() {
        Ok(program) => check(&program, Mode::StartTls),
        Err(reason) => skipped("e09_sslyze_finds_nothing_weak_behind_starttls", &reason),
    }
}

#[test]
fn e09_sslyze_finds_nothing_weak_at_a_port_of_tls() {
    match sslyze() {
        Ok(program) => check(&program, Mode::ImplicitTls),
        Err(reason) => skipped("e09_sslyze_finds_nothing_weak_at_a_port_of_tls", &reason),
    }
}

/// The control: a Postfix with Debian's defaults has suites that are not strong.
#[test]
fn sslyze_finds_weak_suites_at_a_postfix() {
    let test = "sslyze_finds_weak_suites_at_a_postfix";
    let ready = root_for("Postfix can be started")
        .and_then(|()| have(&["postfix", "saslpasswd2"]).map_err(|missing| format!("{missing} is not installed")))
        .and_then(|()| sslyze());
    let program = match ready {
        Ok(program) => program,
        Err(reason) => return skipped(test, &reason),
    };
    let sink = Sink::start(Reading::Strict, &[]);
    let postfix = Postfix::start(sink.address());
    for (address, mode) in [(postfix.address(), Mode::StartTls), (postfix.tls_address(), Mode::ImplicitTls)] {
        let result = scan(&program, address, mode);
        let suites = accepted(&result, "tls_1_2");
        assert!(suites.iter().any(|suite| !is_strong(suite)), "{mode:?}: {suites:?}");
        report(&format!("sslyze, the control, {mode:?}: {:?}", holes(&result)));
    }
}
