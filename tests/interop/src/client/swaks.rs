use super::{patient, run};
use crate::{Errand, Mode, Said};

pub(super) fn send(errand: &Errand<'_>) -> Result<Said, String> {
    let mut command = patient("swaks");
    command.args(["--server", &errand.to.to_string(), "--ehlo", "client.example", "--hide-informational"]);
    command.args(["--hide-send", "--from", errand.envelope.from, "--to", errand.envelope.to]);
    command.arg("--data").arg(format!("@{}", errand.message.display()));
    match errand.mode {
        Mode::Clear => {}
        Mode::StartTls | Mode::Submission => drop(command.arg("--tls")),
        Mode::ImplicitTls => drop(command.arg("--tls-on-connect")),
    }
    if errand.mode != Mode::Clear {
        command.arg("--tls-verify").arg("--tls-ca-path").arg(errand.ca);
    }
    if let Some(login) = errand.login {
        command.args(["--auth", login.mechanism.name(), "--auth-user", login.user]);
        command.args(["--auth-password", login.password]);
    }
    run(&mut command)
}
