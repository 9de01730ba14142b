use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;
use crate::shell::{say, show, succeeds};

/// Debian packages that tests use, and what goes untested without each.
const PACKAGES: [(&str, &str); 13] = [
    ("postfix", "delivery to a real Postfix, mail sent by it, and the control of the smuggling tests"),
    ("swaks", "mail sent by swaks"),
    ("libnet-ssleay-perl", "mail sent by swaks under TLS"),
    ("sasl2-bin", "login at a real Postfix"),
    ("libsasl2-modules", "login at and of a real Postfix"),
    ("python3", "mail sent by Python's smtplib"),
    ("g++", "fuzzing, whose driver is C++"),
    ("python3-venv", "the scan of TLS by sslyze, the protos by buf, the client in Python"),
    ("msmtp", "mail sent by msmtp, SCRAM"),
    ("curl", "mail sent by curl"),
    ("nodejs", "mail sent by nodemailer"),
    ("npm", "mail sent by nodemailer"),
    ("strace", "that a change reaches the disk before the answer"),
];

/// Debian packages that would push out others if they were installed: they are unpacked, and what goes untested
/// without each.
const UNPACKED: [(&str, &str); 1] = [("exim4-daemon-light", "mail sent by Exim")];

/// The user that this Exim insists on.
const EXIM_USER: &str = "Debian-exim";

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
    let packed: Vec<&(&str, &str)> = UNPACKED.iter().filter(|(name, _)| !mark(name).exists()).collect();
    if missing.is_empty() && packed.is_empty() {
        return Ok(Outcome::Passed);
    }
    let names = |of: &[&(&'static str, &'static str)]| of.iter().map(|(name, _)| *name).collect::<Vec<_>>();
    say(&format!("missing Debian packages: {}", names(&[missing.clone(), packed.clone()].concat()).join(" ")));
    let (missing_reason, packed_reason) = if !is_root() {
        (
            Some("not root: install it with `apt-get install`"),
            Some("not root: `cargo xtask test packages` as root does it"),
        )
    } else if !succeeds("apt-get", &["--version"]) {
        (Some("this system has no apt-get"), Some("this system has no apt-get"))
    } else {
        let installed = missing.is_empty() || apt(&names(&missing))?;
        let unpacked = packed.is_empty() || unpack(&names(&packed))?;
        let failed = "apt-get could not get it, see above";
        ((!installed).then_some(failed), (!unpacked).then_some(failed))
    };
    let mut reasons = Vec::new();
    for (packages, reason) in [(missing, missing_reason), (packed, packed_reason)] {
        let Some(reason) = reason else { continue };
        reasons.extend(packages.iter().map(|(name, without)| format!("{name} ({reason}); untested: {without}")));
    }
    Ok(if reasons.is_empty() { Outcome::Passed } else { Outcome::Skipped(reasons) })
}

/// Whether it is there: as a package or, as with a Node that is not Debian's, as the program that it is for.
fn is_installed(package: &str) -> bool {
    let asked = Command::new("dpkg-query").args(["-W", "-f", "${Status}", package]).output();
    let installed = asked.is_ok_and(|output| output.stdout.starts_with(b"install ok installed"));
    installed || matches!(package, "npm" | "curl") && succeeds(package, &["--version"])
}

fn is_root() -> bool {
    let asked = Command::new("id").arg("-u").output();
    asked.is_ok_and(|output| output.stdout.starts_with(b"0"))
}

fn apt(names: &[&str]) -> anyhow::Result<bool> {
    forbid_daemons()?;
    // Lists may be old or absent; if they cannot be renewed, the install below may still do.
    show(apt_get(ARCHIVES)?.arg("update"))?;
    show(apt_get(ARCHIVES)?.args(["--no-install-recommends", "install"]).args(names))
}

/// Fetches packages with what they need and this system lacks, and unpacks them; nothing is installed or removed.
fn unpack(names: &[&str]) -> anyhow::Result<bool> {
    let archives = format!("{ARCHIVES}/unpacked");
    let fetch = |archives: &str| -> anyhow::Result<bool> {
        show(apt_get(archives)?.args(["--no-install-recommends", "--download-only", "install"]).args(names))
    };
    let fetched = fetch(&archives)? || show(apt_get(&archives)?.arg("update"))? && fetch(&archives)?;
    if !fetched {
        return Ok(false);
    }
    fs::create_dir_all(postroad_shelf::UNPACKED)?;
    for entry in fs::read_dir(&archives)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "deb")
            && !show(Command::new("dpkg").arg("-x").arg(&path).arg(postroad_shelf::UNPACKED))?
        {
            return Ok(false);
        }
    }
    // What its installation would have done.
    if !succeeds("id", &["-u", EXIM_USER])
        && !show(Command::new("useradd").args(["--system", "--no-create-home", "--user-group", EXIM_USER]))?
    {
        return Ok(false);
    }
    for name in names {
        fs::write(mark(name), "")?;
    }
    Ok(true)
}

/// A file that says that a package is unpacked.
fn mark(package: &str) -> PathBuf {
    Path::new(postroad_shelf::UNPACKED).join(format!(".{package}"))
}

/// `apt-get` that puts its downloads there, apart from other runs of it.
fn apt_get(archives: &str) -> io::Result<Command> {
    fs::create_dir_all(Path::new(archives).join("partial"))?;
    let mut command = Command::new("timeout");
    command.env("DEBIAN_FRONTEND", "noninteractive").args(["900", "apt-get", "-q", "-y"]);
    command.arg("-o").arg(format!("Dir::Cache::archives={archives}"));
    command.args(["-o", "Dpkg::Options::=--force-confold", "-o", "DPkg::Lock::Timeout=600"]);
    Ok(command)
}

/// No daemon starts because its package is installed. A policy that is there already is the machine owner's.
fn forbid_daemons() -> io::Result<()> {
    if Path::new(POLICY).exists() {
        return Ok(());
    }
    fs::write(POLICY, "#!/bin/sh\nexit 101\n")?;
    fs::set_permissions(POLICY, fs::Permissions::from_mode(0o755))
}
