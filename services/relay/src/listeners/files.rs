//! The files that listeners name, read as the relay reads them, so that `--check` can tell what is wrong with them.

use postroad_smtp_codec::sasl::Mechanisms;
use postroad_tls::{ServerTls, ServerTlsFile, TlsFinding};

use super::report::Warning;
use super::settings::ListenerSettings;
use crate::logins::Logins;

/// What is wrong, and what is odd, about the files that a listener names. Reads files.
#[must_use]
pub fn check_files(listener: &ListenerSettings) -> (Vec<String>, Vec<Warning>) {
    let (mut problems, mut warnings) = (Vec::new(), Vec::new());
    if let Some(tls) = &listener.tls {
        match ServerTls::load(tls.files.clone()) {
            Ok(loaded) => {
                warnings.extend(loaded.warnings().iter().map(|finding| Warning(line(listener, finding))));
                let host = listener.host_name.as_str();
                if !loaded.names().is_empty() && !loaded.covers(host) {
                    warnings.push(Warning(format!(
                        "listener {}: tls.certificate: {}: it does not name {host}, which is the name shown to clients; \
                         write host_name, or have a certificate made with that name",
                        listener.name,
                        tls.files.certificate.display()
                    )));
                }
            }
            Err(wrong) => problems.extend(wrong.0.iter().map(|finding| line(listener, finding))),
        }
    }
    if let Some(auth) = &listener.auth {
        let wrong = Logins::load(auth.users.clone(), Mechanisms::default()).err().unwrap_or_default();
        problems.extend(wrong.into_iter().map(|text| format!("listener {}: auth.users: {text}", listener.name)));
    }
    (problems, warnings)
}

fn line(listener: &ListenerSettings, finding: &TlsFinding) -> String {
    let field = match finding.file {
        ServerTlsFile::Certificate => "certificate",
        ServerTlsFile::Key => "key",
        ServerTlsFile::ClientCa => "client_ca",
    };
    format!("listener {}: tls.{field}: {finding}", listener.name)
}
