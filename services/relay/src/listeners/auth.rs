//! Logging in at a listener.

use std::path::{Path, PathBuf};

use postroad_smtp_codec::sasl::{Mechanism, Mechanisms};

use super::fields::{Field, Fields};
use super::mode::Mode;
use super::tls::{TlsSettings, read_path};

/// How clients log in. There is TLS wherever there is this; nobody logs in without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthSettings {
    /// MAIL is refused before a login (RFC 6409 §4.3), whatever the client's address.
    pub required: bool,
    /// Who may log in; loaded by `submission-users`.
    pub users: PathBuf,
    /// What is offered, as far as the session and the users can bear it.
    pub mechanisms: Mechanisms,
}

/// What a listener may offer: all but what needs somebody who checks tokens.
const OFFERED: [Mechanism; 5] =
    [Mechanism::External, Mechanism::ScramSha256Plus, Mechanism::ScramSha256, Mechanism::Plain, Mechanism::Login];

impl AuthSettings {
    /// `None`: not offered, or a problem.
    pub(super) fn read(
        listener: &mut Fields<'_>,
        mode: Mode,
        tls: Option<&TlsSettings>,
        folder: &Path,
    ) -> Option<Self> {
        let path = listener.path_of("auth");
        let Some(field) = listener.take("auth") else {
            if mode.is_submission() {
                let text = "it is missing: a submission listener asks for a login; write users with the path of the \
                            users file, or offered: false";
                listener.report().problem(&path, text);
            }
            return None;
        };
        let mut fields = field.fields()?;
        let offered = fields.take("offered").and_then(|field| field.boolean()).unwrap_or(true);
        let required = fields.take("required").and_then(|field| field.boolean());
        let given = fields.take("users");
        let mechanisms = fields.take("mechanisms");
        let report = fields.report();
        if !offered {
            if required == Some(true) || mechanisms.is_some() || given.is_some() {
                report.problem(
                    &fields.path_of("offered"),
                    "it is false, yet more is said about logins; write true, or leave the other fields of auth out",
                );
            }
            fields.finish();
            return None;
        }
        if given.is_none() {
            report.problem(&fields.path_of("users"), "it is missing; write the path of the users file");
        }
        let users = given.and_then(|field| field.parse(|text| read_path(folder, text)));
        let asks_certificates = tls.is_some_and(|tls| tls.files.clients.is_some());
        let mechanisms = read_mechanisms(mechanisms, asks_certificates);
        fields.finish();
        // Mechanisms that are wrong are reported; the users file can be looked at all the same.
        let mechanisms = mechanisms.unwrap_or_default();
        Some(Self { required: required.unwrap_or(mode.is_submission()), users: users?, mechanisms })
    }
}

fn read_mechanisms(field: Option<Field<'_>>, asks_certificates: bool) -> Option<Mechanisms> {
    let Some(field) = field else {
        let usable = |mechanism: &Mechanism| *mechanism != Mechanism::External || asks_certificates;
        return Some(OFFERED.into_iter().filter(usable).collect());
    };
    if field.is_empty_list() {
        field.problem("it is empty; name at least one, or leave it out");
        return None;
    }
    let mut read: Vec<Mechanism> = Vec::new();
    for element in field.list() {
        let Some(mechanism) = element.parse(read_mechanism) else { continue };
        if mechanism == Mechanism::External && !asks_certificates {
            element.problem("EXTERNAL goes by the client's certificate; write tls.client_ca, or leave it out");
        } else if read.contains(&mechanism) {
            element.problem("it stands there twice; remove one");
        } else {
            read.push(mechanism);
        }
    }
    Some(read.into_iter().collect())
}

fn read_mechanism(text: &str) -> Result<Mechanism, String> {
    match Mechanism::parse(text) {
        Some(mechanism) if OFFERED.contains(&mechanism) => Ok(mechanism),
        Some(mechanism) => {
            Err(format!("{mechanism} needs somebody who checks tokens, and there is none yet; leave it out"))
        }
        None => Err(format!("{text:?} is not offered; write some of {}", OFFERED.map(Mechanism::name).join(", "))),
    }
}
