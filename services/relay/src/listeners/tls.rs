//! TLS of a listener.

use std::path::{Path, PathBuf};

use postroad_tls::{ClientCertificates, ServerTlsFiles};

use super::fields::{Field, Fields};
use super::mode::Mode;

/// TLS of a listener. The files are loaded by `postroad_tls::ServerTls::load`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsSettings {
    /// Certificate, key, and who may have issued certificates of clients.
    pub files: ServerTlsFiles,
    /// Nothing but STARTTLS and what may precede it is served without TLS (RFC 3207 §4). Always so with implicit TLS.
    pub required: bool,
}

/// `client_certificate`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    None,
    Optional,
    Required,
}

impl TlsSettings {
    /// Paths are taken from `folder` on.
    pub(super) fn read(field: Field<'_>, mode: Mode, folder: &Path) -> Option<Self> {
        let mut fields = field.fields()?;
        let path = |field: Field<'_>| field.parse(|text| read_path(folder, text));
        let certificate = fields.require("certificate", "the path of the certificate chain in PEM").and_then(path);
        let key = fields.require("key", "the path of the certificate's private key in PEM").and_then(path);
        let ca = fields.take("client_ca").map(path);
        let clients = read_clients(&mut fields, ca);
        let required = read_required(&mut fields, mode);
        fields.finish();
        Some(Self { files: ServerTlsFiles { certificate: certificate?, key: key?, clients }, required })
    }
}

/// A path, from a folder on.
pub(super) fn read_path(folder: &Path, text: &str) -> Result<PathBuf, &'static str> {
    if text.is_empty() { Err("it is empty; write the path of a file") } else { Ok(folder.join(text)) }
}

/// The path of `client_ca` is twice optional: not given, or given and wrong.
#[allow(clippy::option_option, reason = "what is missing and what is wrong are told apart here only")]
fn read_clients(fields: &mut Fields<'_>, ca: Option<Option<PathBuf>>) -> Option<ClientCertificates> {
    let asked = fields.take("client_certificate").and_then(|field| {
        field.parse(|text| match text {
            "none" => Ok(Asked::None),
            "optional" => Ok(Asked::Optional),
            "required" => Ok(Asked::Required),
            _ => Err(format!("write none, optional or required, not {text:?}")),
        })
    });
    let asked = asked.unwrap_or(if ca.is_some() { Asked::Optional } else { Asked::None });
    match (asked, ca) {
        (Asked::None, None) => None,
        (Asked::None, Some(_)) => {
            let path = fields.path_of("client_ca");
            fields.report().problem(
                &path,
                "no client is asked for a certificate; write client_certificate: optional or required, \
                 or leave client_ca out",
            );
            None
        }
        (Asked::Optional | Asked::Required, None) => {
            let path = fields.path_of("client_ca");
            fields.report().problem(
                &path,
                "it is missing; write the path of the certificates of those who issue certificates to your clients",
            );
            None
        }
        (Asked::Optional | Asked::Required, Some(ca)) => {
            Some(ClientCertificates { ca: ca?, required: asked == Asked::Required })
        }
    }
}

fn read_required(fields: &mut Fields<'_>, mode: Mode) -> bool {
    let field = fields.take("required");
    let required = field.as_ref().and_then(Field::boolean).unwrap_or(mode.is_submission());
    if let Some(field) = field
        && mode == Mode::ImplicitTls
        && !required
    {
        field.problem("with mode implicit-tls there is nothing but TLS; leave it out, or choose mode submission");
    }
    required
}
