//! Storing, renewing and removing certificates.

use std::path::PathBuf;

use clap::Args;
use postroad_api::connector::v1::{
    Certificate, CreateCertificateRequest, DeleteCertificateRequest, UpdateCertificateRequest,
};
use serde_json::json;

use super::{fetch, view};
use crate::client::{Reach, send};
use crate::connector::file;
use crate::printable::printable;
use crate::secret::Source;
use crate::writing::{Writing, request_id};
use crate::{Console, Failure, Output};

/// A certificate and its key.
#[derive(Args, Debug)]
pub(crate) struct StoreArguments {
    /// Its name: 1 to 64 letters, digits, dots, hyphens and underscores.
    name: String,
    /// File with certificates in PEM form: the chain, the end certificate first; or any number of roots.
    #[arg(long, value_name = "FILE")]
    certificate_file: PathBuf,
    /// File with the private key of the first certificate in PEM form; none for a set of roots.
    #[arg(long, value_name = "FILE", group = "key")]
    key_file: Option<PathBuf>,
    /// Environment variable that holds the private key.
    #[arg(long, value_name = "VAR", group = "key")]
    key_env: Option<String>,
    #[command(flatten)]
    writing: Writing,
}

/// Which certificate to remove.
#[derive(Args, Debug)]
pub(crate) struct DeleteArguments {
    /// Its name.
    name: String,
    #[command(flatten)]
    writing: Writing,
}

/// The certificate that the arguments describe, key included.
fn certificate(arguments: &StoreArguments, console: &mut Console) -> Result<Certificate, Failure> {
    let certificates_pem = file::text(&arguments.certificate_file)?;
    let key = match (&arguments.key_file, &arguments.key_env) {
        (Some(path), _) => Some(Source::File(path.clone())),
        (None, Some(name)) => Some(Source::Variable(name.clone())),
        (None, None) => None,
    };
    let key = key.map(|source| source.read("Private key", console)).transpose()?;
    Ok(Certificate {
        name: arguments.name.clone(),
        certificates_pem,
        private_key_pem: key.map(|key| key.expose().to_owned()).unwrap_or_default(),
        ..Certificate::default()
    })
}

pub(super) async fn create(
    arguments: StoreArguments,
    reach: &Reach,
    output: Output,
    console: &mut Console,
) -> Result<(), Failure> {
    let certificate = certificate(&arguments, console)?;
    let control_plane = reach.connect().await?;
    let request = CreateCertificateRequest {
        certificate: Some(certificate),
        validate_only: arguments.writing.dry_run,
        request_id: request_id(),
    };
    let stored = send!(control_plane, certificates.create_certificate(request))?;
    report("stored", &stored, arguments.writing, output, console)
}

pub(super) async fn update(
    arguments: StoreArguments,
    reach: &Reach,
    output: Output,
    console: &mut Console,
) -> Result<(), Failure> {
    let certificate = certificate(&arguments, console)?;
    let control_plane = reach.connect().await?;
    let etag = fetch(&control_plane, &arguments.name).await?.etag;
    let request = UpdateCertificateRequest {
        certificate: Some(Certificate { etag, ..certificate }),
        validate_only: arguments.writing.dry_run,
        request_id: request_id(),
    };
    let stored = send!(control_plane, certificates.update_certificate(request))?;
    report("renewed", &stored, arguments.writing, output, console)
}

fn report(
    done: &str,
    certificate: &Certificate,
    writing: Writing,
    output: Output,
    console: &mut Console,
) -> Result<(), Failure> {
    let name = printable(&certificate.name);
    for warning in &certificate.warnings {
        console.remark(&format!("warning: certificate \"{name}\": {}", printable(&warning.text)));
    }
    console.print(output, &view::value(certificate), || match writing.dry_run {
        true => format!("certificate \"{name}\" could be {done}; nothing was changed"),
        false => format!("{done} certificate \"{name}\", revision {}", certificate.revision),
    })
}

pub(super) async fn delete(
    arguments: &DeleteArguments,
    reach: &Reach,
    output: Output,
    console: &mut Console,
) -> Result<(), Failure> {
    arguments.writing.can_ask(console)?;
    let control_plane = reach.connect().await?;
    let certificate = fetch(&control_plane, &arguments.name).await?;
    let name = printable(&certificate.name);
    arguments.writing.allow(&format!("Delete certificate \"{name}\"?"), console)?;
    let request = DeleteCertificateRequest {
        name: certificate.name.clone(),
        etag: certificate.etag,
        validate_only: arguments.writing.dry_run,
        request_id: request_id(),
    };
    let revision = send!(control_plane, certificates.delete_certificate(request))?.revision;
    console.print(output, &json!({"name": certificate.name, "revision": revision}), || {
        match arguments.writing.dry_run {
            true => format!("certificate \"{name}\" could be deleted; nothing was changed"),
            false => format!("deleted certificate \"{name}\", revision {revision}"),
        }
    })
}
