//! Who may log in at a listener, and how many are being checked.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use postroad_smtp_codec::sasl::Mechanisms;
use postroad_submission_users::{
    ChannelBinding, Context, Failure, Job, MAX_FILE, NameKey, Step, Throttle, ThrottleSettings, Users,
};
use postroad_tls::ServerTlsFacts;
use tokio::sync::Semaphore;
use tracing::{info, warn};

/// The users of a listener.
#[derive(Debug)]
pub(crate) struct Logins {
    file: PathBuf,
    key: NameKey,
    users: RwLock<Arc<Users>>,
    /// What the file held when it was last looked at.
    text: RwLock<String>,
    mechanisms: Mechanisms,
    pub(crate) throttle: Throttle,
    /// Checks of a password are slow by design: so many at a time.
    checks: Semaphore,
}

impl Logins {
    /// Reads the users file.
    ///
    /// # Errors
    /// Everything that is wrong with the file, one line each.
    pub(crate) fn load(file: PathBuf, mechanisms: Mechanisms) -> Result<Self, Vec<String>> {
        let key = NameKey::random();
        let text = read(&file).map_err(|problem| vec![problem])?;
        let users = Users::parse(&file.display().to_string(), &text, &key)
            .map_err(|problems| problems.to_string().lines().map(str::to_owned).collect::<Vec<_>>())?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            file,
            key,
            users: RwLock::new(Arc::new(users)),
            text: RwLock::new(text),
            mechanisms,
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
            tokens: None,
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
            Err(problem) => return self.complain(&problem, String::new()),
        };
        if *self.text.read().unwrap_or_else(PoisonError::into_inner) == text {
            return false;
        }
        match Users::parse(&file.display().to_string(), &text, &self.key) {
            Ok(users) => {
                info!(file = %file.display(), users = users.len(), "users file read again");
                *self.users.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(users);
                *self.text.write().unwrap_or_else(PoisonError::into_inner) = text;
                true
            }
            Err(problems) => self.complain(&problems.to_string(), text),
        }
    }

    fn complain(&self, problem: &str, text: String) -> bool {
        let mut seen = self.text.write().unwrap_or_else(PoisonError::into_inner);
        if *seen != text {
            warn!(problem, "the users file cannot be used; the users stay as they were");
            *seen = text;
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
            tokens: None,
        };
        context.offered(&self.users())
    }
}

/// The text of a users file.
fn read(file: &std::path::Path) -> Result<String, String> {
    use std::io::Read as _;
    let failed = |error: std::io::Error| format!("{}: it cannot be read: {error}", file.display());
    if !std::fs::metadata(file).map_err(failed)?.is_file() {
        return Err(format!("{}: this is no file; write the path of a users file", file.display()));
    }
    let mut text = String::new();
    let limit = u64::try_from(MAX_FILE).unwrap_or(u64::MAX).saturating_add(1);
    std::fs::File::open(file).and_then(|file| file.take(limit).read_to_string(&mut text)).map_err(failed)?;
    Ok(text)
}
