//! Foreign programs that are no Debian packages, or cannot be installed beside others: where they lie.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where the recipe unpacks Debian packages that must not be installed because they would push out others.
pub const UNPACKED: &str = "/var/cache/postroad/unpacked";

/// Installs a package from npm, unless it is there; the folder that has its `node_modules`.
///
/// # Errors
/// Why it is not there.
pub fn npm(package: &str) -> Result<PathBuf, String> {
    install(package, |folder| {
        let mut command = Command::new("timeout");
        command.args(["300", "npm", "install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"]);
        command.arg("--prefix").arg(folder).arg(package);
        vec![command]
    })
}

/// Installs packages from PyPI, parted by blanks, into an environment of their own, unless they are there; the folder of
/// the environment.
///
/// # Errors
/// Why they are not there.
pub fn pip(packages: &str) -> Result<PathBuf, String> {
    install(packages, |folder| {
        let mut make = Command::new("timeout");
        make.args(["120", "python3", "-m", "venv"]).arg(folder);
        let mut fill = Command::new("timeout");
        fill.arg("300").arg(folder.join("bin/pip"));
        fill.args(["install", "--quiet", "--disable-pip-version-check"]).args(packages.split(' '));
        vec![make, fill]
    })
}

/// Runs these commands once, whoever else wants the same at the same time.
fn install(package: &str, commands: impl Fn(&Path) -> Vec<Command>) -> Result<PathBuf, String> {
    let shelf = shelf()?;
    let folder = shelf.join(package.replace(['/', '=', ' '], "-"));
    let said = |what: &str, error: std::io::Error| format!("{what} {}: {error}", folder.display());
    let lock = File::create(folder.with_added_extension("lock")).map_err(|error| said("cannot lock", error))?;
    lock.lock().map_err(|error| said("cannot lock", error))?;
    let done = folder.join("installed");
    if done.exists() {
        return Ok(folder);
    }
    fs::create_dir_all(&folder).map_err(|error| said("cannot create", error))?;
    for mut command in commands(&folder) {
        let output = command.stdin(Stdio::null()).output().map_err(|error| said("cannot fill", error))?;
        if !output.status.success() {
            let told = String::from_utf8_lossy(&output.stderr);
            return Err(format!("{package} cannot be installed ({}): {}", output.status, told.trim()));
        }
    }
    File::create(done).map_err(|error| said("cannot finish", error))?;
    Ok(folder)
}

/// A folder in cargo's target folder, kept between runs.
fn shelf() -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|error| format!("this program does not know its own place: {error}"))?;
    // Cargo keeps this file at the top of each of its target folders.
    let target = own.ancestors().find(|folder| folder.join(".rustc_info.json").exists());
    let shelf = target.ok_or("this program does not lie in a target folder")?.join("foreign");
    fs::create_dir_all(&shelf).map_err(|error| format!("cannot create {}: {error}", shelf.display()))?;
    Ok(shelf)
}
