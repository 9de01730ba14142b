//! A client in Python, generated from the protos as the README says, does what the README shows.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use postroad_interop::shelf;
use postroad_test_support::{ControlPlane, report, skipped};

const PACKAGES: &str = "grpcio-tools==1.85.1 grpcio-status==1.85.3";
const GENERATE: &str = "python -m grpc_tools.protoc -I proto -I crates/api/third_party --python_out=gen --grpc_python_out=gen \
                        proto/postroad/connector/v1/connector.proto";
const PROGRAM: &str = "tests/interop/python/connectors.py";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Runs Python in this folder; what it printed.
fn python(environment: &Path, folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("timeout");
    command.arg("60").arg(environment.join("bin/python")).args(arguments);
    command.current_dir(folder).env("PYTHONPATH", "gen").env_remove("http_proxy").env_remove("https_proxy");
    let output = command.stdin(Stdio::null()).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {}\n{errors}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_readme_shows_the_client_that_is_tested() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let program = fs::read_to_string(root().join(PROGRAM)).unwrap();
    assert!(readme.contains(&format!("```python\n{program}```\n")), "the README shows another program than {PROGRAM}");
    for line in [GENERATE, &format!("PYTHONPATH=gen python {PROGRAM}")] {
        assert!(readme.lines().any(|shown| shown == line), "the README does not say: {line}");
    }
}

#[test]
fn a_python_client_creates_updates_explains_and_reads_a_field_violation() {
    let test = "a_python_client_creates_updates_explains_and_reads_a_field_violation";
    let environment = match shelf::pip(PACKAGES) {
        Ok(environment) => environment,
        Err(reason) => return skipped(test, &reason),
    };
    let folder = tempfile::tempdir().unwrap();
    for name in ["proto", "crates"] {
        symlink(root().join(name), folder.path().join(name)).unwrap();
    }
    fs::create_dir(folder.path().join("gen")).unwrap();
    let generate: Vec<_> = GENERATE.split_whitespace().skip(1).collect();
    python(&environment, folder.path(), &generate);

    let plane = ControlPlane::start(&folder.path().join("data"));
    let program = root().join(PROGRAM);
    let said = python(&environment, folder.path(), &[program.to_str().unwrap(), &plane.grpc().to_string()]);
    report(&said);
    assert_eq!(
        said.lines().collect::<Vec<_>>(),
        [
            "created Partners at revision 1",
            "now says: asked for by the team of contoso",
            "route: Partners by SMTP:*.contoso.com;1",
            "INVALID_ARGUMENT",
            "smart_hosts[0].host: Write an IP address or a host name; the port has its own field.",
        ]
    );
}
