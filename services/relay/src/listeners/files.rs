//! The files that listeners name, read as the relay reads them, so that `--check` can tell what is wrong with them.

use postroad_smtp_codec::sasl::Mechanisms;
use postroad_tls::{ServerTls, ServerTlsFile, TlsFinding};

use super::report::Report;
use super::settings::ListenerSettings;
use crate::logins::Logins;

/// Reports what is wrong, and what is odd, about the files that a listener names; `path` is its own. Reads files.
pub(super) fn check_files(listener: &ListenerSettings, path: &str, report: &Report) {
    if let Some(tls) = &listener.tls {
        match ServerTls::load(tls.files.clone()) {
            Ok(loaded) => {
                for finding in loaded.warnings() {
                    report.warn(&field_of(&finding, path), finding);
                }
                let host = listener.host_name.as_str();
                if !loaded.names().is_empty() && !loaded.covers(host) {
                    report.warn(
                        &format!("{path}.tls.certificate"),
                        format_args!(
                            "{}: it does not name {host}, which is the name shown to clients; write host_name, or have a \
                             certificate made with that name",
                            tls.files.certificate.display()
                        ),
                    );
                }
            }
            Err(wrong) => {
                for finding in &wrong.0 {
                    report.problem(&field_of(finding, path), finding);
                }
            }
        }
    }
    if let Some(auth) = &listener.auth {
        for text in Logins::load(auth.users.clone(), Mechanisms::NONE, None).err().unwrap_or_default() {
            report.problem(&format!("{path}.auth.users"), text);
        }
    }
}

fn field_of(finding: &TlsFinding, path: &str) -> String {
    let field = match finding.file {
        ServerTlsFile::Certificate => "certificate",
        ServerTlsFile::Key => "key",
        ServerTlsFile::ClientCa => "client_ca",
    };
    format!("{path}.tls.{field}")
}
