//! The protos: their style, and that they break no client of the agreed ones (docs/PROTOS.md).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use crate::shell::{say, show};
use crate::{Outcome, rules};

/// buf as PyPI has it.
const PACKAGE: &str = "buf-bin==1.75.0";

/// The module of our protos; the other one of buf.yaml holds imports.
const OURS: &str = "proto";

/// The protos that were last agreed to.
const AGREED: &str = "proto/agreed.binpb";

/// Style and compatibility.
///
/// # Errors
/// When a program cannot be started or a folder cannot be made.
pub(crate) fn check() -> anyhow::Result<Outcome> {
    let buf = match Buf::get() {
        Ok(buf) => buf,
        Err(reason) => return Ok(Outcome::Skipped(vec![format!("the protos were not checked: {reason}")])),
    };
    if !buf.sees_faults()? {
        say("a planted fault was not found: buf checks nothing");
        return Ok(Outcome::Failed);
    }
    let good =
        show(buf.at(&buf.root).arg("lint"))? & show(buf.at(&buf.root).args(["breaking", OURS, "--against", AGREED]))?;
    buf.tell_what_is_new()?;
    Ok(Outcome::of(good))
}

/// Agrees to the protos as they are.
///
/// # Errors
/// When buf cannot be had or started.
pub(crate) fn agree() -> anyhow::Result<bool> {
    let buf = Buf::get().map_err(|reason| anyhow::anyhow!("{reason}"))?;
    if !show(buf.at(&buf.root).arg("lint"))? {
        return Ok(false);
    }
    if buf.root.join(AGREED).exists() && !show(buf.at(&buf.root).args(["breaking", OURS, "--against", AGREED]))? {
        say("clients of the protos agreed so far break on this; it becomes the new agreement because you said so");
    }
    buf.tell_what_is_new()?;
    show(buf.at(&buf.root).args(["build", OURS, "--exclude-source-info", "-o", AGREED]))
}

/// What the protos import of others.
const IMPORT: &str = "crates/api/third_party/google/api/field_behavior.proto";

struct Buf {
    program: PathBuf,
    root: PathBuf,
}

impl Buf {
    fn get() -> Result<Self, String> {
        let folder = postroad_shelf::pip(PACKAGE)?;
        Ok(Self { program: folder.join("bin/buf"), root: rules::root() })
    }

    fn at(&self, folder: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.current_dir(folder);
        command
    }

    /// Whether it finds a fault of style and a field that is gone, both planted in a copy of the protos.
    fn sees_faults(&self) -> anyhow::Result<bool> {
        let copy = tempfile::tempdir().context("cannot make a folder")?;
        let from = self.root.join("proto/postroad/fleet/v1/fleet.proto");
        let text = fs::read_to_string(&from).with_context(|| format!("cannot read {}", from.display()))?;
        let gone = "  uint64 head_revision = 2;\n";
        anyhow::ensure!(text.contains(gone), "{} has no field to take away: name another one", from.display());
        let planted = copy.path().join("proto/postroad/fleet/v1");
        fs::create_dir_all(&planted).context("cannot make a folder")?;
        fs::write(planted.join("fleet.proto"), format!("{}\nmessage no_style {{}}\n", text.replace(gone, "")))?;
        for file in ["buf.yaml", IMPORT] {
            let to = copy.path().join(file);
            fs::create_dir_all(to.parent().context("a file has a folder")?).context("cannot make a folder")?;
            fs::copy(self.root.join(file), to).with_context(|| format!("cannot copy {file}"))?;
        }
        let finds = |arguments: &[&str], fault: &str| -> anyhow::Result<bool> {
            let output = self.at(copy.path()).args(arguments).output().context("cannot start buf")?;
            Ok(!output.status.success() && String::from_utf8_lossy(&output.stdout).contains(fault))
        };
        let agreed = self.root.join(AGREED);
        let against = ["breaking", OURS, "--against", &agreed.to_string_lossy()];
        Ok(finds(&["lint"], "no_style")? && finds(&against, "head_revision")?)
    }

    /// Says what the agreed protos do not have yet: until it is agreed to, nothing protects it.
    fn tell_what_is_new(&self) -> anyhow::Result<()> {
        let mut turned = self.at(&self.root);
        turned.args(["breaking", AGREED, "--against", OURS]);
        let output = turned.output().context("cannot start buf")?;
        let new = String::from_utf8_lossy(&output.stdout).lines().count();
        if new > 0 {
            say(&format!("not in {AGREED} yet: {new}; `cargo xtask protos` agrees to them"));
        }
        Ok(())
    }
}
