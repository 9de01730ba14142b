use super::{patient, run};
use crate::{Errand, Said};

pub(super) fn send(errand: &Errand<'_>) -> Result<Said, String> {
    let mut command = patient("python3");
    command.args(["-c", include_str!("smtplib.py"), &errand.to.ip().to_string(), &errand.to.port().to_string()]);
    command.arg(format!("{:?}", errand.mode)).arg(errand.ca);
    match errand.login {
        Some(login) => drop(command.args([login.mechanism.name(), login.user, login.password])),
        None => drop(command.args(["", "", ""])),
    }
    command.args([errand.envelope.from, errand.envelope.to]);
    command.arg(errand.envelope.feature.map_or_else(String::new, |feature| format!("{feature:?}")));
    run(command.arg(errand.message))
}
