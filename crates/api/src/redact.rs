//! `Debug` of the messages that carry secrets. prost's own derive ignores `debug_redact`, so the build skips it for
//! them; and the ones that hold a password wipe it when they are dropped.

use std::fmt;

use zeroize::Zeroize;

use crate::{config, connector};

/// What is printed in place of a secret.
const REDACTED: &str = "<redacted>";

fn shown(secret_is_empty: bool) -> &'static str {
    if secret_is_empty { "" } else { REDACTED }
}

impl fmt::Debug for connector::v1::BasicCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BasicCredential")
            .field("user", &self.user)
            .field("password", &shown(self.password.is_empty()))
            .field("password_set", &self.password_set)
            .finish()
    }
}

impl Drop for connector::v1::BasicCredential {
    fn drop(&mut self) {
        self.password.zeroize();
    }
}

impl fmt::Debug for config::v1::Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("key", &self.key)
            .field("version", &self.version)
            .field("body", &shown(self.body.is_empty()))
            .finish()
    }
}

impl fmt::Debug for config::v1::BasicSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BasicSecret")
            .field("user", &self.user)
            .field("password", &shown(self.password.is_empty()))
            .finish()
    }
}

impl Drop for config::v1::BasicSecret {
    fn drop(&mut self) {
        self.password.zeroize();
    }
}
