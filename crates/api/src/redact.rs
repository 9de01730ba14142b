//! `Debug` of the messages that carry secrets. prost's own derive ignores `debug_redact`, so the build skips it for
//! them; and the ones that hold a secret wipe it when they are dropped.

use std::fmt;

use zeroize::Zeroize;

use crate::{config, connector};

/// What is printed in place of a secret.
const REDACTED: &str = "<redacted>";

/// Prints every field, but of those after the bar only whether they are empty, and wipes these when dropped.
macro_rules! redact {
    ($message:ty, $name:literal, [$($shown:ident),*] | [$($secret:ident),*]) => {
        redact!(debug $message, $name, [$($shown),*] | [$($secret),*]);

        impl Drop for $message {
            fn drop(&mut self) {
                $(self.$secret.zeroize();)*
            }
        }
    };
    (debug $message:ty, $name:literal, [$($shown:ident),*] | [$($secret:ident),*]) => {
        impl fmt::Debug for $message {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct($name)
                    $(.field(stringify!($shown), &self.$shown))*
                    $(.field(stringify!($secret), &if self.$secret.is_empty() { "" } else { REDACTED }))*
                    .finish()
            }
        }
    };
}

redact!(connector::v1::BasicCredential, "BasicCredential", [user, password_set] | [password]);
redact!(connector::v1::StaticToken, "StaticToken", [token_set] | [token]);
redact!(
    connector::v1::ClientCredentialsGrant,
    "ClientCredentialsGrant",
    [token_endpoint, client_id, client_secret_set, scope] | [client_secret]
);
redact!(
    connector::v1::RefreshTokenGrant,
    "RefreshTokenGrant",
    [token_endpoint, client_id, client_secret_set, refresh_token_set, scope] | [client_secret, refresh_token]
);
redact!(connector::v1::KerberosCredential, "KerberosCredential", [principal, keytab_set] | [keytab]);
redact!(
    debug connector::v1::Certificate,
    "Certificate",
    [name, private_key_set, subject, issuer, dns_names, serial_number, sha256, expire_time, revision, etag] | [private_key_pem]
);
redact!(debug config::v1::Record, "Record", [key, version] | [body]);
redact!(config::v1::BasicSecret, "BasicSecret", [user] | [password]);
redact!(config::v1::OAuthSecret, "OAuthSecret", [] | [token, client_secret, refresh_token]);
redact!(config::v1::KerberosSecret, "KerberosSecret", [principal] | [keytab]);
redact!(config::v1::CertificateKeyRecord, "CertificateKeyRecord", [certificate] | [private_key]);
