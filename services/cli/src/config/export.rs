//! `postroad config export`.

use std::collections::BTreeSet;

use postroad_api::connector::v1::Connector;
use postroad_api::connector::v1::credential::Kind;
use postroad_api::connector::v1::o_auth_credential::Source as Tokens;
use serde::Serialize;

use super::ExportArguments;
use super::document::{CertificateEntry, LinkEntry, RelayEntry, SiteEntry, VERSION};
use super::stored::{self, Stored, Wanted};
use crate::client::Reach;
use crate::connector::account::{Account, Basic, Grant, Kerberos, OAuth, Token};
use crate::connector::catalogue::FIELDS;
use crate::members::Members;
use crate::secret::{Reference, Source};
use crate::{Console, Failure, Output, site_link};

/// The file as it is written.
#[derive(Serialize)]
struct File {
    version: u32,
    sites: Vec<SiteEntry>,
    site_links: Vec<LinkEntry>,
    relays: Vec<RelayEntry>,
    certificates: Vec<CertificateEntry>,
    connectors: Vec<Members>,
}

/// Names of environment variables that stand for secrets; each is given once.
#[derive(Default)]
pub(crate) struct Variables(BTreeSet<String>);

impl Variables {
    /// A reference for one secret of one object.
    pub(crate) fn reference(&mut self, object: &str, what: &str) -> Reference {
        let plain: String =
            object.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
        let base = format!("POSTROAD_{plain}_{what}");
        let mut name = base.clone();
        let mut number = 1;
        while !self.0.insert(name.clone()) {
            number += 1;
            name = format!("{base}_{number}");
        }
        Reference(Source::Variable(name))
    }
}

/// Reads everything and writes it down.
pub(super) async fn run(
    arguments: &ExportArguments,
    reach: &Reach,
    output: Output,
    console: &mut Console,
) -> Result<(), Failure> {
    let stored = stored::read(&reach.connect().await?, &Wanted::everything()).await?;
    for kind in &stored.missing {
        console.remark(&format!("this control plane keeps no {kind}; the file says nothing about them"));
    }
    let file = file(&stored)?;
    let form = if output == Output::Json { Output::Json } else { Output::Yaml };
    let Some(path) = &arguments.output_file else { return console.print(form, &file, String::new) };
    let cannot = |error: &dyn std::fmt::Display| Failure::Local(format!("cannot write {}: {error}", path.display()));
    let text = match form {
        Output::Json => serde_json::to_string_pretty(&file).map_err(|error| cannot(&error))? + "\n",
        _ => serde_yaml_ng::to_string(&file).map_err(|error| cannot(&error))?,
    };
    std::fs::write(path, text).map_err(|error| cannot(&error))?;
    console.line(&format!("wrote {}: {} connectors", path.display(), file.connectors.len()))
}

fn file(stored: &Stored) -> Result<File, Failure> {
    let mut variables = Variables::default();
    Ok(File {
        version: VERSION,
        sites: stored.sites.iter().map(|it| SiteEntry { name: it.name.clone(), comment: it.comment.clone() }).collect(),
        site_links: stored
            .links
            .iter()
            .map(|it| LinkEntry {
                from_site: it.from_site.clone(),
                to_site: it.to_site.clone(),
                cost: it.cost.unwrap_or(site_link::DEFAULT_COST),
            })
            .collect(),
        relays: stored
            .relays
            .iter()
            .map(|it| RelayEntry { name: it.name.clone(), site: it.granted_site.clone(), labels: it.labels.clone() })
            .collect(),
        certificates: stored
            .certificates
            .iter()
            .map(|it| CertificateEntry {
                name: it.name.clone(),
                certificates_pem: it.certificates_pem.clone(),
                private_key: it.private_key_set.then(|| variables.reference(&it.name, "KEY")),
            })
            .collect(),
        connectors: stored.connectors.iter().map(|it| connector(it, &mut variables)).collect::<Result<_, _>>()?,
    })
}

/// A connector in the shortest form: what has its default is left out.
fn connector(c: &Connector, variables: &mut Variables) -> Result<Members, Failure> {
    let account = account(c, variables);
    written(c, account.as_ref())
}

/// A connector with this account, as a file has it.
pub(crate) fn written(c: &Connector, account: Option<&Account>) -> Result<Members, Failure> {
    let mut members = Members::default();
    for field in FIELDS {
        if !field.is_default(c) {
            members.put(field.path, field.written(c));
        }
        if let ("auth_mechanism", Some(account)) = (field.path, account) {
            let value = serde_json::to_value(account);
            members.put("credential", value.map_err(|error| Failure::Local(format!("cannot write YAML: {error}")))?);
        }
    }
    Ok(members)
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn account(c: &Connector, variables: &mut Variables) -> Option<Account> {
    let mut reference = |set: bool, what: &str| set.then(|| variables.reference(&c.name, what));
    Some(match c.credential.as_ref()?.kind.as_ref()? {
        Kind::Basic(it) => {
            let basic = Basic { user: some(&it.user), password: reference(it.password_set, "PASSWORD") };
            Account { basic: Some(basic), ..Account::default() }
        }
        Kind::Kerberos(it) => {
            let keytab = Kerberos { principal: some(&it.principal), keytab: reference(it.keytab_set, "KEYTAB") };
            Account { kerberos: Some(keytab), ..Account::default() }
        }
        Kind::Oauth(it) => {
            let mut oauth = OAuth { user: some(&it.user), ..OAuth::default() };
            match &it.source {
                None => {}
                Some(Tokens::StaticToken(token)) => {
                    oauth.static_token = Some(Token { token: reference(token.token_set, "TOKEN") });
                }
                Some(Tokens::ClientCredentials(grant)) => {
                    oauth.client_credentials = Some(Grant {
                        token_endpoint: some(&grant.token_endpoint),
                        client_id: some(&grant.client_id),
                        client_secret: reference(grant.client_secret_set, "CLIENT_SECRET"),
                        refresh_token: None,
                        scope: some(&grant.scope),
                    });
                }
                Some(Tokens::RefreshToken(grant)) => {
                    oauth.refresh_token = Some(Grant {
                        token_endpoint: some(&grant.token_endpoint),
                        client_id: some(&grant.client_id),
                        client_secret: reference(grant.client_secret_set, "CLIENT_SECRET"),
                        refresh_token: reference(grant.refresh_token_set, "REFRESH_TOKEN"),
                        scope: some(&grant.scope),
                    });
                }
            }
            Account { oauth: Some(oauth), ..Account::default() }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_named_after_their_objects_and_never_twice() {
        let mut variables = Variables::default();
        let names: Vec<_> =
            ["to Internet", "to-internet", "x"].map(|name| variables.reference(name, "PASSWORD").0).into();
        let expected = ["POSTROAD_TO_INTERNET_PASSWORD", "POSTROAD_TO_INTERNET_PASSWORD_2", "POSTROAD_X_PASSWORD"];
        assert_eq!(names, expected.map(|name| Source::Variable(name.to_owned())));
    }
}
