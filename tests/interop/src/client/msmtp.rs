use std::fs::File;

use super::{patient, run};
use crate::{Errand, Feature, Mode, Said};

pub(super) fn send(errand: &Errand<'_>) -> Result<Said, String> {
    let mut command = patient("msmtp");
    command.args(["--file=/dev/null", "--domain=client.example", "--set-date-header=off", "--set-msgid-header=off"]);
    command.arg(format!("--host={}", errand.to.ip())).arg(format!("--port={}", errand.to.port()));
    command.arg(format!("--from={}", errand.envelope.from));
    if errand.mode != Mode::Clear {
        command.arg("--tls=on").arg(format!("--tls-trust-file={}", errand.ca.display()));
        command.arg(format!("--tls-starttls={}", if errand.mode == Mode::ImplicitTls { "off" } else { "on" }));
    }
    if let Some(login) = errand.login {
        command.arg(format!("--auth={}", login.mechanism.name().to_lowercase()));
        command.arg(format!("--user={}", login.user)).arg(format!("--passwordeval=echo {}", login.password));
    }
    if errand.envelope.feature == Some(Feature::Dsn) {
        command.args(["--dsn-return=headers", "--dsn-notify=success,failure"]);
    }
    command.arg("--").arg(errand.envelope.to);
    run(command.stdin(File::open(errand.message).unwrap()))
}
