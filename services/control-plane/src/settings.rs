//! Settings of the control plane: flags and environment variables.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use postroad_connector_model::Secret;
use postroad_lifecycle::SettingsError;
use postroad_seal::{KeyError, KeyRing};

/// Every setting has a default; each can be given as a flag or as the environment variable named with it.
#[derive(Args, Clone, Debug)]
pub struct Settings {
    /// Where operators and relays are served by gRPC; loopback only; port 0 picks a free one
    #[arg(long, env = "POSTROAD_GRPC_LISTEN", default_value = "127.0.0.1:7443", value_name = "ADDR:PORT")]
    pub grpc_listen: SocketAddr,

    /// Where /livez, /readyz and /version are served
    #[arg(long, env = "POSTROAD_ADMIN_LISTEN", default_value = "127.0.0.1:9465", value_name = "ADDR:PORT")]
    pub admin_listen: SocketAddr,

    /// Directory of the connectors; made when it is missing
    #[arg(long, env = "POSTROAD_DATA_DIR", default_value = "./postroad-data", value_name = "DIR")]
    pub data_dir: PathBuf,

    /// The keys that seal stored secrets; made with mode 0600 when it is missing [default: secret.key in the data
    /// directory]
    #[arg(long, env = "POSTROAD_SECRETS_KEY_FILE", value_name = "FILE")]
    pub secrets_key_file: Option<PathBuf>,

    /// The keys themselves instead of their file: its `key …` lines, parted by commas. For the environment only, for
    /// everybody on the machine sees the arguments of a program
    #[arg(long, env = "POSTROAD_SECRETS_KEY", hide = true, hide_env_values = true, value_name = "KEYS")]
    pub secrets_key: Option<SecretsKey>,
}

/// Keys as a text; it prints as `<redacted>` and wipes itself.
#[derive(Clone, Debug)]
pub struct SecretsKey(Secret);

impl FromStr for SecretsKey {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(Secret::new(text.to_owned())))
    }
}

impl SecretsKey {
    /// The keys.
    ///
    /// # Errors
    /// When the text cannot be read; nothing of it is told.
    pub(crate) fn ring(&self) -> Result<KeyRing, KeyError> {
        KeyRing::from_text(self.0.expose())
    }
}

impl Settings {
    /// Where the keys are.
    #[must_use]
    pub fn key_path(&self) -> PathBuf {
        self.secrets_key_file.clone().unwrap_or_else(|| self.data_dir.join("secret.key"))
    }

    /// Checks all settings, as far as it can be done without changing anything.
    ///
    /// # Errors
    /// Everything that is wrong, at once, each with the setting's name and what to do.
    pub fn check(&self) -> Result<(), SettingsError> {
        SettingsError::report(self.problems())
    }

    /// Everything that is wrong, each with the setting's name and what to do.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if !self.grpc_listen.ip().is_loopback() {
            problems.push(format!(
                "--grpc-listen: {} is not a loopback address. Operators and relays have no identities yet, so whoever \
                 reaches this port may read and change everything; listen on 127.0.0.1 or [::1].",
                self.grpc_listen
            ));
        }
        if self.grpc_listen == self.admin_listen && self.grpc_listen.port() != 0 {
            problems.push(format!(
                "--admin-listen: {} is the address of --grpc-listen already; choose another port.",
                self.admin_listen
            ));
        }
        // What is missing of it will be made.
        if let Some(there) = self.data_dir.ancestors().find(|path| path.exists())
            && !there.is_dir()
        {
            problems.push(format!("--data-dir: {} is not a directory.", there.display()));
        }
        problems.extend(self.key_problem());
        problems
    }

    fn key_problem(&self) -> Option<String> {
        if let Some(keys) = &self.secrets_key {
            if self.secrets_key_file.is_some() {
                return Some("--secrets-key-file: POSTROAD_SECRETS_KEY is set too; leave one of them out.".to_owned());
            }
            return keys.ring().err().map(|error| format!("POSTROAD_SECRETS_KEY: {error}."));
        }
        let path = self.key_path();
        if path.is_dir() {
            return Some(format!("--secrets-key-file: {} is a directory; name a file.", path.display()));
        }
        // A missing one is made at start, unless the store needs the old one.
        let found = path.symlink_metadata().is_ok();
        found.then(|| KeyRing::load(&path).err()).flatten().map(|error| format!("--secrets-key-file: {error}."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        settings: Settings,
    }

    fn settings(arguments: &[&str]) -> Settings {
        Program::parse_from([&["program"], arguments].concat()).settings
    }

    #[test]
    fn the_defaults_are_fine() {
        let defaults = settings(&[]);
        defaults.check().unwrap();
        assert_eq!(defaults.key_path(), PathBuf::from("./postroad-data/secret.key"));
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let wrong = settings(&[
            "--grpc-listen",
            "192.0.2.7:7443",
            "--admin-listen",
            "192.0.2.7:7443",
            "--data-dir",
            file.path().to_str().unwrap(),
            "--secrets-key-file",
            "/",
        ]);
        let text = wrong.check().unwrap_err().to_string();
        for part in ["192.0.2.7:7443 is not a loopback", "--admin-listen", "not a directory", "--secrets-key-file"] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }

    #[test]
    fn an_unusable_key_file_is_named_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("k");
        std::fs::write(&file, "junk").unwrap();
        let wrong =
            settings(&["--secrets-key-file", file.to_str().unwrap(), "--data-dir", file.join("x").to_str().unwrap()]);
        let text = wrong.check().unwrap_err().to_string();
        assert!(text.contains("--secrets-key-file: the key file") && text.contains("is not a directory"), "{text}");
        assert_eq!(std::fs::read(&file).unwrap(), b"junk");
    }

    #[test]
    fn both_loopbacks_are_allowed_and_every_interface_is_not() {
        settings(&["--grpc-listen", "[::1]:1"]).check().unwrap();
        assert!(settings(&["--grpc-listen", "0.0.0.0:1"]).check().is_err());
        assert!(settings(&["--grpc-listen", "[::]:1"]).check().is_err());
    }

    #[test]
    fn se5_keys_can_come_from_the_environment_and_are_never_printed() {
        let keys = format!("key 00000000000000aa {}, key 00000000000000bb {}", "1".repeat(64), "2".repeat(64));
        let given = settings(&["--secrets-key", &keys]);
        given.check().unwrap();
        assert_eq!(given.secrets_key.as_ref().unwrap().ring().unwrap().sealing_key().to_string(), "00000000000000aa");
        assert!(!format!("{given:?}").contains("1111"), "{given:?}");
        let both = settings(&["--secrets-key", &keys, "--secrets-key-file", "x"]);
        assert!(both.check().unwrap_err().to_string().contains("leave one of them out"));
        let bad = settings(&["--secrets-key", "key 00 canary"]).check().unwrap_err().to_string();
        assert!(bad.contains("POSTROAD_SECRETS_KEY") && bad.contains("entry 1") && !bad.contains("canary"), "{bad}");
    }
}
