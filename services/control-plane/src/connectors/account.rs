//! The account of a connector as a write leaves it.

use std::sync::Arc;

use postroad_connector_model::{Authentication, BasicCredential, Connector, Credential, Secret};

use crate::edit::SecretEdit;

/// What becomes of the secrets: a new password, or the stored one under the user name as it is now, or none.
pub(super) fn secret_edit(
    connector: &Connector,
    password: Option<Secret>,
    stored: Option<&Arc<Credential>>,
) -> SecretEdit {
    let Authentication::Basic { user } = &connector.authentication else {
        return if stored.is_some() { SecretEdit::Remove } else { SecretEdit::Keep };
    };
    let kept = stored.map(|credential| {
        let Credential::Basic(basic) = credential.as_ref();
        basic
    });
    match (password, kept) {
        (None, Some(kept)) if kept.user == *user => SecretEdit::Keep,
        (None, Some(kept)) => set(user, kept.password.clone()),
        (Some(password), _) => set(user, password),
        // The check of the connector has refused this already.
        (None, None) => SecretEdit::Keep,
    }
}

fn set(user: &str, password: Secret) -> SecretEdit {
    SecretEdit::Set(Arc::new(Credential::Basic(BasicCredential { user: user.to_owned(), password })))
}
