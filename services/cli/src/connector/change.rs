//! What an operator says about a connector: some fields, and which ones they are.

use postroad_api::connector::v1::{AuthMechanism, BasicCredential, Connector, Credential, credential};

use crate::password::Source;
use crate::{Console, Failure};

/// Values for some fields of a connector, with the paths of those fields.
#[derive(Debug, Default)]
pub(crate) struct Change {
    /// The values; fields that no path names hold nothing.
    pub(crate) connector: Connector,
    /// The update mask.
    pub(crate) mask: Vec<String>,
    /// Where the password is to be read, once everything else is known to be right.
    pub(crate) password: Option<Source>,
}

impl Change {
    /// Sets a field, if a value is given for it.
    pub(crate) fn set<T>(&mut self, path: &str, value: Option<T>, put: impl FnOnce(&mut Connector, T)) {
        if let Some(value) = value {
            put(&mut self.connector, value);
            self.mask.push(path.to_owned());
        }
    }

    /// Sets how to log in. Without an account of its own, NONE removes the stored one.
    pub(crate) fn set_account(
        &mut self,
        mechanism: Option<AuthMechanism>,
        user: Option<String>,
        password: Option<Source>,
    ) {
        self.set("auth_mechanism", mechanism, |c, mechanism| c.auth_mechanism = mechanism.into());
        if mechanism == Some(AuthMechanism::None) && user.is_none() && password.is_none() {
            self.mask.push("credential".to_owned());
        }
        self.set("credential.basic.user", user, |c, user| basic(c).user = user);
        if password.is_some() {
            self.mask.push("credential.basic.password".to_owned());
            self.password = password;
        }
    }

    /// True when no field is named.
    pub(crate) fn is_empty(&self) -> bool {
        self.mask.is_empty()
    }

    /// Reads the password, if one is named, and puts it in its place.
    ///
    /// # Errors
    /// When there is none where it was said to be.
    pub(crate) fn fetch_password(&mut self, console: &mut Console) -> Result<(), Failure> {
        if let Some(source) = self.password.take() {
            let secret = source.read(console)?;
            basic(&mut self.connector).password = secret.expose().to_owned();
        }
        Ok(())
    }
}

fn basic(connector: &mut Connector) -> &mut BasicCredential {
    let kind = &mut connector.credential.get_or_insert_with(Credential::default).kind;
    if !matches!(kind, Some(credential::Kind::Basic(_))) {
        *kind = Some(credential::Kind::Basic(BasicCredential::default()));
    }
    match kind {
        Some(credential::Kind::Basic(basic)) => basic,
        _ => unreachable!("made above"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_password_leaves_the_user_alone() {
        let mut change = Change::default();
        change.set_account(None, None, Some(Source::Input));
        assert_eq!(change.mask, ["credential.basic.password"]);
        let input = Box::new("hunter2\n".as_bytes());
        let mut console = Console::new(Box::new(std::io::sink()), Box::new(std::io::sink()), input, false);
        change.fetch_password(&mut console).unwrap();
        assert_eq!(basic(&mut change.connector).password, "hunter2");
        assert!(!format!("{change:?}").contains("hunter2"));
    }

    #[test]
    fn no_authentication_removes_the_account() {
        let mut change = Change::default();
        change.set_account(Some(AuthMechanism::None), None, None);
        assert_eq!(change.mask, ["auth_mechanism", "credential"]);
        assert_eq!(change.connector.credential, None);
    }
}
