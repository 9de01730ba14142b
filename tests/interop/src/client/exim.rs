use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::{patient, root_for, run};
use crate::{Errand, Feature, Mode, Said, shelf};

/// An Exim that lies unpacked beside the system's mail server.
#[derive(Debug)]
pub(super) struct Exim {
    program: PathBuf,
}

impl Exim {
    /// Finds it.
    pub(super) fn find() -> Result<Self, String> {
        root_for("Exim can be run")?;
        let program = Path::new(shelf::UNPACKED).join("usr/sbin/exim4");
        if !program.exists() {
            return Err(format!("{} does not exist (`cargo xtask test packages` unpacks it)", program.display()));
        }
        run(patient(&program).args(["-C", "/dev/null", "-bV"])).map_err(|said| format!("Exim cannot run: {said}"))?;
        Ok(Self { program })
    }

    /// Gives it the message over SMTP on its standard input, so that it learns of all parameters; it delivers at once.
    pub(super) fn send(&self, errand: &Errand<'_>) -> Result<Said, String> {
        let folder = tempfile::Builder::new().prefix("postroad-exim").tempdir().unwrap();
        // It delivers as another user, who must get in.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        run(patient("chown").arg("Debian-exim").arg(folder.path()))?;
        let ca = folder.path().join("ca.pem");
        fs::copy(errand.ca, &ca).unwrap();
        fs::set_permissions(&ca, fs::Permissions::from_mode(0o644)).unwrap();
        let settings = folder.path().join("exim.conf");
        fs::write(&settings, self.settings(folder.path(), errand)).unwrap();
        let dialogue = folder.path().join("dialogue");
        write_dialogue(&dialogue, errand);
        let mut command = patient(&self.program);
        command.arg("-C").arg(&settings).args(["-odf", "-bs"]).stdin(File::open(&dialogue).unwrap());
        let Said(said) = run(&mut command)?;
        let log = fs::read_to_string(folder.path().join("log-main")).unwrap_or_default();
        let taken = log.lines().any(|line| line.contains(" => ") && line.contains(" C=\"250 "));
        if taken { Ok(Said(log)) } else { Err(format!("{said}\n{log}")) }
    }

    fn settings(&self, folder: &Path, errand: &Errand<'_>) -> String {
        let mut transport = format!("port = {}\n", errand.to.port());
        if errand.mode == Mode::Clear {
            transport += "hosts_avoid_tls = *\n";
        } else {
            transport += "hosts_require_tls = *\ntls_verify_hosts = *\ntls_verify_cert_hostnames =\n";
            transport += &format!("tls_verify_certificates = {}/ca.pem\n", folder.display());
        }
        if errand.mode == Mode::ImplicitTls {
            transport += "protocol = smtps\n";
        }
        let mut authenticators = String::new();
        if let Some(login) = errand.login {
            transport += "hosts_require_auth = *\n";
            let (user, password) = (login.user, login.password);
            let secret = match login.mechanism.name() {
                "PLAIN" => format!("^{user}^{password}"),
                _ => format!(": {user} : {password}"),
            };
            let name = login.mechanism.name();
            authenticators = format!("one:\ndriver = plaintext\npublic_name = {name}\nclient_send = {secret}\n");
        }
        format!(
            include_str!("exim.conf"),
            program = self.program.display(),
            folder = folder.display(),
            host = errand.to.ip(),
            transport = transport,
            authenticators = authenticators
        )
    }
}

fn write_dialogue(path: &Path, errand: &Errand<'_>) {
    let (for_mail, for_rcpt) = match errand.envelope.feature {
        Some(Feature::Dsn) => {
            (" RET=HDRS ENVID=interop+2D1", " NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;Bee+2Bx@rcpt.example")
        }
        Some(Feature::Utf8) => (" SMTPUTF8", ""),
        None => ("", ""),
    };
    let mut file = File::create(path).unwrap();
    let (from, to) = (errand.envelope.from, errand.envelope.to);
    write!(file, "EHLO local.example\r\nMAIL FROM:<{from}> BODY=8BITMIME{for_mail}\r\n").unwrap();
    write!(file, "RCPT TO:<{to}>{for_rcpt}\r\nDATA\r\n").unwrap();
    file.write_all(&stuffed(&fs::read(errand.message).unwrap())).unwrap();
    file.write_all(b".\r\nQUIT\r\n").unwrap();
}

/// The message with its dots stuffed; every line of it ends with CRLF.
pub(super) fn stuffed(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len() + 64);
    for line in message.split_inclusive(|&octet| octet == b'\n') {
        if line.starts_with(b".") {
            out.push(b'.');
        }
        out.extend_from_slice(line);
    }
    out
}
