//! Who may log in at a listener, and how many are being checked.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use postroad_seal::sha256;
use postroad_smtp_codec::sasl::Mechanisms;
use postroad_submission_users::{
    ChannelBinding, Context, Failure, Job, MAX_FILE, NameKey, Step, Throttle, ThrottleSettings, Users,
};
use postroad_tls::ServerTlsFacts;
use tokio::sync::Semaphore;
use tracing::{info, warn};
use zeroize::Zeroizing;

use crate::tokens::Tokens;

/// SHA-256 of a file.
type Digest = [u8; 32];

/// The users of a listener.
#[derive(Debug)]
pub(crate) struct Logins {
    file: PathBuf,
    key: NameKey,
    users: RwLock<Arc<Users>>,
    /// The file as it was last looked at; `None`: it could not be read. The text itself is not kept: it holds verifiers.
    seen: RwLock<Option<Digest>>,
    mechanisms: Mechanisms,
    tokens: Option<Tokens>,
    pub(crate) throttle: Throttle,
    /// Checks of a password are slow by design: so many at a time.
    checks: Semaphore,
}

impl Logins {
    /// Reads the users file.
    ///
    /// # Errors
    /// Everything that is wrong with the file, one line each.
    pub(crate) fn load(file: PathBuf, mechanisms: Mechanisms, tokens: Option<Tokens>) -> Result<Self, Vec<String>> {
        let key = NameKey::random();
        let text = read(&file).map_err(|problem| vec![problem])?;
        let users = Users::parse(&file.display().to_string(), &text, &key)
            .map_err(|problems| problems.to_string().lines().map(str::to_owned).collect::<Vec<_>>())?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            file,
            key,
            users: RwLock::new(Arc::new(users)),
            seen: RwLock::new(Some(digest(&text))),
            mechanisms,
            tokens,
            throttle: Throttle::new(ThrottleSettings::default()),
            checks: Semaphore::new(cores),
        })
    }

    /// Those who may log in now.
    pub(crate) fn users(&self) -> Arc<Users> {
        Arc::clone(&self.users.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What an exchange has to know of its connection.
    pub(crate) fn context(&self, tls: Option<&ServerTlsFacts>) -> Context {
        let binding = tls.and_then(|tls| tls.exporter.as_ref());
        let names = tls.and_then(|tls| tls.client.as_ref());
        Context {
            tls: tls.is_some(),
            channel_binding: binding.map(|binding| ChannelBinding::tls_exporter(*binding.as_octets())),
            certificate_names: names
                .map(|names| names.iter().map(|name| name.as_str().to_owned()).collect())
                .unwrap_or_default(),
            mechanisms: self.mechanisms,
            tokens: self.tokens.as_ref().map(|tokens| Arc::clone(&tokens.0)),
        }
    }

    /// Does a slow check where blocking is allowed.
    pub(crate) async fn verify(&self, job: Job, within: Duration) -> Step {
        let check = async {
            let _turn = self.checks.acquire().await.ok()?;
            // Once begun it is waited for: its thread would go on anyway.
            tokio::task::spawn_blocking(move || job.run()).await.ok()
        };
        let checked = tokio::time::timeout(within, check).await;
        checked.ok().flatten().unwrap_or_else(|| Step::Failure(Failure::broken()))
    }

    /// Reads the file again; true when the users are others now. What is wrong with it is told once, and the users stay
    /// as they were. It blocks.
    pub(crate) fn reload(&self) -> bool {
        let file = &self.file;
        let text = match read(file) {
            Ok(text) => text,
            Err(problem) => return self.complain(&problem, None),
        };
        let read = Some(digest(&text));
        if *self.seen.read().unwrap_or_else(PoisonError::into_inner) == read {
            return false;
        }
        match Users::parse(&file.display().to_string(), &text, &self.key) {
            Ok(users) => {
                info!(file = %file.display(), users = users.len(), "users file read again");
                *self.users.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(users);
                *self.seen.write().unwrap_or_else(PoisonError::into_inner) = read;
                true
            }
            Err(problems) => self.complain(&problems.to_string(), read),
        }
    }

    fn complain(&self, problem: &str, read: Option<Digest>) -> bool {
        let mut seen = self.seen.write().unwrap_or_else(PoisonError::into_inner);
        if *seen != read {
            warn!(problem, "the users file cannot be used; the users stay as they were");
            *seen = read;
        }
        false
    }

    /// The mechanisms that some user could log in by, were the connection fit for it.
    pub(crate) fn usable(&self) -> Mechanisms {
        let context = Context {
            tls: true,
            channel_binding: Some(ChannelBinding::tls_exporter([0; 32])),
            certificate_names: vec![String::new()],
            mechanisms: self.mechanisms,
            tokens: self.tokens.as_ref().map(|tokens| Arc::clone(&tokens.0)),
        };
        context.offered(&self.users())
    }
}

fn digest(text: &str) -> Digest {
    sha256(&[text.as_bytes()])
}

/// The text of a users file, in a buffer that wipes itself and did not have to move while it was filled.
fn read(file: &Path) -> Result<Zeroizing<String>, String> {
    use std::io::Read as _;
    let failed = |error: std::io::Error| format!("{}: it cannot be read: {error}", file.display());
    let metadata = std::fs::metadata(file).map_err(failed)?;
    if !metadata.is_file() {
        return Err(format!("{}: this is no file; write the path of a users file", file.display()));
    }
    // One octet more tells a file that is too large, or that has grown since; the next look finds the rest of the latter.
    let length = usize::try_from(metadata.len()).unwrap_or(MAX_FILE).min(MAX_FILE).saturating_add(1);
    let mut text = Zeroizing::new(String::with_capacity(length));
    let limit = u64::try_from(length).unwrap_or(u64::MAX);
    std::fs::File::open(file).and_then(|file| file.take(limit).read_to_string(&mut text)).map_err(failed)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const USERS: &str = "users:\n- name: a\n  verifiers: ['$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$\
                         nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4']\n";

    fn of_file(text: &str) -> (tempfile::NamedTempFile, Logins) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let logins = Logins::load(file.path().to_owned(), Mechanisms::all(), None).unwrap();
        (file, logins)
    }

    #[test]
    fn a_file_that_changes_is_taken_over_once_and_a_bad_one_never() {
        let (file, logins) = of_file(USERS);
        assert!(!logins.reload(), "nothing has changed");
        for (text, taken) in
            [("users: []", true), ("users: 1", false), ("users: 1", false), (USERS, true), (USERS, false)]
        {
            std::fs::write(file.path(), text).unwrap();
            assert_eq!(logins.reload(), taken, "{text}");
            assert_eq!(logins.users().is_empty(), text == "users: []" || text == "users: 1", "{text}");
        }
        std::fs::remove_file(file.path()).unwrap();
        assert!(!logins.reload() && logins.users().len() == 1);
    }

    #[test]
    fn a_file_that_is_too_large_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "#".repeat(MAX_FILE + 1)).unwrap();
        let problems = Logins::load(file.path().to_owned(), Mechanisms::all(), None).unwrap_err();
        assert!(problems[0].contains("larger than"), "{problems:?}");
    }

    #[test]
    fn th24_no_verifier_is_shown_nor_is_the_text_of_the_file_kept() {
        let (_file, logins) = of_file(USERS);
        let shown = format!("{logins:?}");
        assert!(!shown.contains("argon2id") && !shown.contains("nf65EOgL"), "{shown}");
    }
}
