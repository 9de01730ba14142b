use std::path::{Path, PathBuf};
use std::process::Command;

use super::{patient, run};
use crate::{Errand, Said, shelf};

const PACKAGE: &str = "nodemailer@10.6.1";

/// The folder that it is installed in.
pub(super) fn install() -> Result<PathBuf, String> {
    let version = Command::new("node").arg("--version").output().map_err(|error| format!("node: {error}"))?;
    let version = String::from_utf8_lossy(&version.stdout).trim().to_owned();
    let major: u32 = version.trim_start_matches('v').split('.').next().and_then(|word| word.parse().ok()).unwrap_or(0);
    if major < 20 {
        return Err(format!("Node is {version:?}, {PACKAGE} needs 20"));
    }
    shelf::npm(PACKAGE)
}

pub(super) fn send(folder: &Path, errand: &Errand<'_>) -> Result<Said, String> {
    let mut command = patient("node");
    command.env("NODE_PATH", folder.join("node_modules")).args(["-e", include_str!("nodemailer.js"), "--"]);
    command.args([&errand.to.ip().to_string(), &errand.to.port().to_string(), &format!("{:?}", errand.mode)]);
    command.arg(errand.ca);
    match errand.login {
        Some(login) => drop(command.args([login.mechanism.name(), login.user, login.password])),
        None => drop(command.args(["", "", ""])),
    }
    command.args([errand.envelope.from, errand.envelope.to]);
    command.arg(errand.envelope.feature.map_or_else(String::new, |feature| format!("{feature:?}")));
    run(command.arg(errand.message))
}
