use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use crate::Outcome;
use crate::shell::{say, show, succeeds};

/// Debian packages that tests use, and what goes untested without each.
const PACKAGES: [(&str, &str); 7] = [
    ("postfix", "delivery to a real Postfix"),
    ("swaks", "mail sent by swaks"),
    ("sasl2-bin", "login at a real Postfix"),
    ("libsasl2-modules", "login at a real Postfix"),
    ("python3", "mail sent by Python's smtplib"),
    ("g++", "fuzzing, whose driver is C++"),
    ("strace", "that a change reaches the disk before the answer"),
];

/// Debian asks this before it starts a daemon: 101 forbids it.
const POLICY: &str = "/usr/sbin/policy-rc.d";

/// Where apt puts its downloads for us, apart from other runs of it.
const ARCHIVES: &str = "/var/tmp/postroad-apt";

/// Installs what is missing; without root, or where there is no apt, says what is missing.
///
/// # Errors
/// When a program cannot be started.
pub(crate) fn install() -> anyhow::Result<Outcome> {
    let missing: Vec<&(&str, &str)> = PACKAGES.iter().filter(|(name, _)| !is_installed(name)).collect();
    if missing.is_empty() {
        return Ok(Outcome::Passed);
    }
    let names: Vec<&str> = missing.iter().map(|(name, _)| *name).collect();
    say(&format!("missing Debian packages: {}", names.join(" ")));
    let reason = if !is_root() {
        "not root: install it with `apt-get install`"
    } else if !succeeds("apt-get", &["--version"]) {
        "this system has no apt-get"
    } else if apt(&names)? {
        return Ok(Outcome::Passed);
    } else {
        "apt-get could not install it, see above"
    };
    let reasons = missing.iter().map(|(name, without)| format!("{name} ({reason}); untested: {without}"));
    Ok(Outcome::Skipped(reasons.collect()))
}

fn is_installed(package: &str) -> bool {
    let asked = Command::new("dpkg-query").args(["-W", "-f", "${Status}", package]).output();
    asked.is_ok_and(|output| output.stdout.starts_with(b"install ok installed"))
}

fn is_root() -> bool {
    let asked = Command::new("id").arg("-u").output();
    asked.is_ok_and(|output| output.stdout.starts_with(b"0"))
}

fn apt(names: &[&str]) -> anyhow::Result<bool> {
    forbid_daemons()?;
    fs::create_dir_all(Path::new(ARCHIVES).join("partial"))?;
    // Lists may be old or absent; if they cannot be renewed, the install below may still do.
    show(apt_get().arg("update"))?;
    show(apt_get().args(["--no-install-recommends", "install"]).args(names))
}

fn apt_get() -> Command {
    let mut command = Command::new("timeout");
    command.env("DEBIAN_FRONTEND", "noninteractive").args(["900", "apt-get", "-q", "-y"]);
    command.arg("-o").arg(format!("Dir::Cache::archives={ARCHIVES}"));
    command.args(["-o", "Dpkg::Options::=--force-confold", "-o", "DPkg::Lock::Timeout=600"]);
    command
}

/// No daemon starts because its package is installed. A policy that is there already is the machine owner's.
fn forbid_daemons() -> io::Result<()> {
    if Path::new(POLICY).exists() {
        return Ok(());
    }
    fs::write(POLICY, "#!/bin/sh\nexit 101\n")?;
    fs::set_permissions(POLICY, fs::Permissions::from_mode(0o755))
}
