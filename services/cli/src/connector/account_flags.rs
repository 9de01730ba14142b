//! The account of a connector as command line flags.

use std::path::PathBuf;

use clap::Args;
use postroad_api::connector::v1::credential::Kind;
use postroad_api::connector::v1::o_auth_credential::Source as Tokens;
use postroad_api::connector::v1::{AuthMechanism, Connector};

use super::account::{Account, Basic, Grant, Kerberos, OAuth, Token};
use super::change::Change;
use crate::secret::{Reference, Source};

/// The account at the smart hosts. Secrets are never written on a command line.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct AccountFlags {
    /// User name at the smart hosts.
    #[arg(long)]
    user: Option<String>,
    /// File whose text is the password; a line end at its end is dropped.
    #[arg(long, value_name = "FILE", group = "password")]
    password_file: Option<PathBuf>,
    /// Environment variable that holds the password.
    #[arg(long, value_name = "VAR", group = "password")]
    password_env: Option<String>,
    /// Read the password as one line of standard input; at a terminal it is asked for and not shown.
    #[arg(long, group = "password")]
    password_stdin: bool,
    /// OAuth: file that holds an access token which does not change.
    #[arg(long, value_name = "FILE", group = "token")]
    token_file: Option<PathBuf>,
    /// OAuth: environment variable that holds such a token.
    #[arg(long, value_name = "VAR", group = "token")]
    token_env: Option<String>,
    /// OAuth: the token endpoint, an https URL.
    #[arg(long, value_name = "URL")]
    token_endpoint: Option<String>,
    /// OAuth: the client's id.
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// OAuth: the scope to ask for.
    #[arg(long, value_name = "SCOPE")]
    oauth_scope: Option<String>,
    /// OAuth: file that holds the client's secret.
    #[arg(long, value_name = "FILE", group = "client_secret")]
    client_secret_file: Option<PathBuf>,
    /// OAuth: environment variable that holds the client's secret.
    #[arg(long, value_name = "VAR", group = "client_secret")]
    client_secret_env: Option<String>,
    /// OAuth: file that holds a refresh token; without one the grant is that of client credentials.
    #[arg(long, value_name = "FILE", group = "refresh_token")]
    refresh_token_file: Option<PathBuf>,
    /// OAuth: environment variable that holds a refresh token.
    #[arg(long, value_name = "VAR", group = "refresh_token")]
    refresh_token_env: Option<String>,
    /// Kerberos principal, for example relay@EXAMPLE.COM.
    #[arg(long, value_name = "PRINCIPAL")]
    principal: Option<String>,
    /// Keytab file with the principal's keys.
    #[arg(long, value_name = "FILE")]
    keytab_file: Option<PathBuf>,
}

fn reference(file: Option<&PathBuf>, variable: Option<&String>) -> Option<Reference> {
    let file = file.map(|path| Source::File(path.clone()));
    file.or_else(|| variable.map(|name| Source::Variable(name.clone()))).map(Reference)
}

impl AccountFlags {
    /// Whether nothing is said.
    pub(crate) fn is_empty(&self) -> bool {
        self.user.is_none() && !self.is_basic() && !self.is_oauth() && !self.is_kerberos()
    }

    fn is_basic(&self) -> bool {
        self.password_file.is_some() || self.password_env.is_some() || self.password_stdin
    }

    fn token(&self) -> Option<Reference> {
        reference(self.token_file.as_ref(), self.token_env.as_ref())
    }

    fn client_secret(&self) -> Option<Reference> {
        reference(self.client_secret_file.as_ref(), self.client_secret_env.as_ref())
    }

    fn refresh_token(&self) -> Option<Reference> {
        reference(self.refresh_token_file.as_ref(), self.refresh_token_env.as_ref())
    }

    fn is_grant(&self) -> bool {
        self.token_endpoint.is_some()
            || self.client_id.is_some()
            || self.oauth_scope.is_some()
            || self.client_secret().is_some()
            || self.refresh_token().is_some()
    }

    fn is_oauth(&self) -> bool {
        self.token().is_some() || self.is_grant()
    }

    fn is_kerberos(&self) -> bool {
        self.principal.is_some() || self.keytab_file.is_some()
    }

    /// Puts the account into a change. What the flags leave open is as in the stored connector, else as the mechanism of
    /// the change needs it.
    ///
    /// # Errors
    /// When flags of two kinds of account stand together.
    pub(crate) fn apply(&self, stored: Option<&Connector>, change: &mut Change) -> Result<(), String> {
        if !self.is_empty() {
            let account = self.account(stored, change.connector.auth_mechanism());
            account.check()?;
            account.apply(change);
        }
        change.drop_unused_account();
        Ok(())
    }

    fn account(&self, stored: Option<&Connector>, mechanism: AuthMechanism) -> Account {
        let stored = stored.and_then(|c| c.credential.as_ref()?.kind.as_ref());
        let oauth_chosen = match mechanism {
            AuthMechanism::Xoauth2 | AuthMechanism::Oauthbearer => true,
            AuthMechanism::Unspecified => matches!(stored, Some(Kind::Oauth(_))),
            _ => false,
        };
        let user_only = self.user.is_some() && !self.is_basic() && !self.is_oauth();
        let oauth = self.is_oauth() || user_only && oauth_chosen;
        let basic = self.is_basic() || user_only && !oauth_chosen;
        let by_refresh = self.refresh_token().is_some()
            || matches!(stored, Some(Kind::Oauth(it)) if matches!(it.source, Some(Tokens::RefreshToken(_))));
        let password = match (reference(self.password_file.as_ref(), self.password_env.as_ref()), self.password_stdin) {
            (None, true) => Some(Reference(Source::Input)),
            (named, _) => named,
        };
        let grant = self.is_grant().then(|| Grant {
            token_endpoint: self.token_endpoint.clone(),
            client_id: self.client_id.clone(),
            client_secret: self.client_secret(),
            refresh_token: self.refresh_token(),
            scope: self.oauth_scope.clone(),
        });
        let (refresh_token, client_credentials) = if by_refresh { (grant, None) } else { (None, grant) };
        let static_token = self.token().map(|token| Token { token: Some(token) });
        Account {
            basic: basic.then(|| Basic { user: self.user.clone(), password }),
            oauth: oauth.then(|| OAuth { user: self.user.clone(), static_token, client_credentials, refresh_token }),
            kerberos: self.is_kerberos().then(|| Kerberos {
                principal: self.principal.clone(),
                keytab: self.keytab_file.clone().map(|path| Reference(Source::File(path))),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use postroad_api::connector::v1::{Credential, OAuthCredential, RefreshTokenGrant};

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        account: AccountFlags,
    }

    fn mask(line: &[&str], mechanism: AuthMechanism, stored: Option<&Connector>) -> Result<Vec<String>, String> {
        let line = Line::try_parse_from(std::iter::once(&"x").chain(line)).unwrap();
        let mut change = Change::default();
        change.connector.auth_mechanism = mechanism.into();
        line.account.apply(stored, &mut change).map(|()| change.mask)
    }

    #[test]
    fn flags_name_the_paths_of_their_kind() {
        let new = |line: &[&str]| mask(line, AuthMechanism::Unspecified, None).unwrap();
        assert_eq!(new(&["--user=u", "--password-env=P"]), ["credential.basic.user", "credential.basic.password"]);
        assert_eq!(new(&["--keytab-file=/k"]), ["credential.kerberos.keytab"]);
        assert_eq!(new(&["--token-env=T"]), ["credential.oauth.static_token.token"]);
        assert_eq!(new(&["--client-secret-env=T"]), ["credential.oauth.client_credentials.client_secret"]);
        assert_eq!(new(&["--refresh-token-file=/r"]), ["credential.oauth.refresh_token.refresh_token"]);
        assert_eq!(mask(&["--user=u"], AuthMechanism::Xoauth2, None).unwrap(), ["credential.oauth.user"]);
    }

    #[test]
    fn a_stored_grant_keeps_its_kind() {
        let source = Some(Tokens::RefreshToken(RefreshTokenGrant::default()));
        let kind = Some(Kind::Oauth(OAuthCredential { source, ..OAuthCredential::default() }));
        let stored = Connector { credential: Some(Credential { kind }), ..Connector::default() };
        let paths = mask(&["--client-secret-env=S", "--user=u"], AuthMechanism::Unspecified, Some(&stored)).unwrap();
        assert_eq!(paths, ["credential.oauth.user", "credential.oauth.refresh_token.client_secret"]);
    }

    #[test]
    fn two_kinds_of_account_are_refused() {
        assert!(mask(&["--password-env=P", "--principal=p"], AuthMechanism::Unspecified, None).is_err());
        assert!(mask(&["--token-env=T", "--client-id=i"], AuthMechanism::Unspecified, None).is_err());
    }
}
