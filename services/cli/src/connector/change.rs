//! What an operator says about a connector: some fields, and which ones they are.

use postroad_api::connector::v1::{AuthMechanism, Connector};

use super::secret_slot::Slot;
use crate::secret::{Reference, Source};
use crate::{Console, Failure};

/// Values for some fields of a connector, with the paths of those fields.
#[derive(Clone, Debug, Default)]
pub(crate) struct Change {
    /// The values; fields that no path names hold nothing.
    pub(crate) connector: Connector,
    /// The update mask.
    pub(crate) mask: Vec<String>,
    /// Where secrets are to be read, once everything else is known to be right.
    pub(crate) secrets: Vec<(Slot, Source)>,
}

impl Change {
    /// Sets a field, if a value is given for it.
    pub(crate) fn say<T>(&mut self, path: &str, value: Option<T>, put: impl FnOnce(&mut Connector, T)) {
        if let Some(value) = value {
            put(&mut self.connector, value);
            self.mask.push(path.to_owned());
        }
    }

    /// Names the place of a secret, if there is one.
    pub(crate) fn secret(&mut self, slot: Slot, reference: Option<Reference>) {
        if let Some(Reference(source)) = reference {
            self.mask.push(slot.path().to_owned());
            self.secrets.push((slot, source));
        }
    }

    /// A mechanism that uses no account removes the stored one, where the change does not speak about it.
    pub(crate) fn drop_unused_account(&mut self) {
        let without = [AuthMechanism::None, AuthMechanism::ExternallySecured, AuthMechanism::External];
        let said = self.mask.iter().any(|path| path == "auth_mechanism");
        let about_it = self.mask.iter().any(|path| path.starts_with("credential"));
        if said && !about_it && without.contains(&self.connector.auth_mechanism()) {
            self.mask.push("credential".to_owned());
        }
    }

    /// Reads the secrets that are named, and puts them in their places.
    ///
    /// # Errors
    /// When there is none where one was said to be.
    pub(crate) fn fetch_secrets(&mut self, console: &mut Console) -> Result<(), Failure> {
        for (slot, source) in std::mem::take(&mut self.secrets) {
            slot.fetch(&source, &mut self.connector, console)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::account::{Account, Basic};

    #[test]
    fn a_new_password_leaves_the_user_alone() {
        let mut change = Change::default();
        let basic = Basic { user: None, password: Some(Reference(Source::Input)) };
        Account { basic: Some(basic), ..Account::default() }.apply(&mut change);
        assert_eq!(change.mask, ["credential.basic.password"]);
        let input = Box::new("hunter2\n".as_bytes());
        let mut console = Console::new(Box::new(std::io::sink()), Box::new(std::io::sink()), input, false);
        change.fetch_secrets(&mut console).unwrap();
        let sent = serde_json::to_string(&change.mask).unwrap();
        assert!(!sent.contains("hunter2") && !format!("{change:?}").contains("hunter2"));
        let Some(postroad_api::connector::v1::credential::Kind::Basic(basic)) =
            change.connector.credential.as_ref().and_then(|it| it.kind.as_ref())
        else {
            panic!("no account")
        };
        assert_eq!(basic.password, "hunter2");
    }

    #[test]
    fn a_mechanism_without_account_removes_the_stored_one() {
        let mut change = Change::default();
        change.say("auth_mechanism", Some(AuthMechanism::None), |c, it| c.auth_mechanism = it.into());
        change.drop_unused_account();
        assert_eq!(change.mask, ["auth_mechanism", "credential"]);
        assert_eq!(change.connector.credential, None);
    }
}
