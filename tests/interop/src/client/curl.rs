use super::{patient, run};
use crate::{Errand, Mode, Said};

pub(super) fn send(errand: &Errand<'_>) -> Result<Said, String> {
    let mut command = patient("curl");
    let scheme = if errand.mode == Mode::ImplicitTls { "smtps" } else { "smtp" };
    // The path of the URL is what curl says in EHLO.
    command.args([
        "--silent",
        "--show-error",
        "--max-time",
        "120",
        &format!("{scheme}://{}/client.example", errand.to),
    ]);
    command.args(["--mail-from", errand.envelope.from, "--mail-rcpt", errand.envelope.to]);
    command.arg("--upload-file").arg(errand.message);
    if errand.mode != Mode::Clear {
        command.arg("--ssl-reqd").arg("--cacert").arg(errand.ca);
    }
    if let Some(login) = errand.login {
        command.args(["--user", &format!("{}:{}", login.user, login.password)]);
        command.args(["--login-options", &format!("AUTH={}", login.mechanism.name())]);
    }
    run(&mut command)
}
