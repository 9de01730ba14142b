use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// A running program of the product, and the log it writes.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    log: Arc<Log>,
}

#[derive(Debug, Default)]
struct Log {
    lines: Mutex<Vec<String>>,
    grown: Condvar,
}

impl Process {
    /// Starts a program of this workspace. It lies two folders above the test's own executable.
    ///
    /// # Panics
    /// When it has not been built, or cannot be started.
    #[must_use]
    pub fn start(program: &str, arguments: &[String]) -> Self {
        let path = Self::path_of(program);
        let mut child = Command::new(&path)
            .args(arguments)
            .env_remove("OTEL_EXPORTER_OTLP_ENDPOINT")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {}: {error}", path.display()));
        let log = Arc::new(Log::default());
        let out = BufReader::new(child.stdout.take().unwrap());
        let errors = BufReader::new(child.stderr.take().unwrap());
        follow(out, Arc::clone(&log));
        follow(errors, Arc::clone(&log));
        Self { name: program.to_owned(), child, log }
    }

    /// Where a program of this workspace lies.
    ///
    /// # Panics
    /// When it has not been built.
    #[must_use]
    pub fn path_of(program: &str) -> PathBuf {
        let test = env::current_exe().unwrap();
        let path = test.parent().and_then(|deps| deps.parent()).unwrap().join(program);
        assert!(path.exists(), "{} is not built: run `cargo build --workspace --bins` first", path.display());
        path
    }

    /// Waits for a log line of which `read` makes something, from the start of the log on.
    ///
    /// # Panics
    /// When none comes within the time; tells the log.
    pub fn wait_for<T>(&self, what: &str, time: Duration, read: impl Fn(&Value) -> Option<T>) -> T {
        let until = Instant::now() + time;
        let mut lines = self.log.lines.lock().unwrap();
        let mut next = 0;
        loop {
            while let Some(line) = lines.get(next) {
                next += 1;
                if let Some(found) = serde_json::from_str(line).ok().and_then(|value| read(&value)) {
                    return found;
                }
            }
            let Some(left) = until.checked_duration_since(Instant::now()) else {
                panic!("{} did not say {what} within {time:?}; it said:\n{}", self.name, tail(&lines))
            };
            lines = self.log.grown.wait_timeout(lines, left).unwrap().0;
        }
    }

    /// The address of a listener, from the `listening` event.
    ///
    /// # Panics
    /// When it does not come within 20 seconds.
    #[must_use]
    pub fn listener(&self, port_name: &str) -> SocketAddr {
        self.wait_for(&format!("where {port_name} listens"), Duration::from_secs(20), |line| {
            let ours = text(line, "message")? == "listening" && text(line, "port_name")? == port_name;
            ours.then(|| text(line, "address")?.parse().ok())?
        })
    }

    /// Its id in the system.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The log so far.
    ///
    /// # Panics
    /// When a reader panicked.
    #[must_use]
    pub fn log(&self) -> Vec<String> {
        self.log.lines.lock().unwrap().clone()
    }

    /// Kills it as by `kill -9`, and waits until it is gone.
    ///
    /// # Panics
    /// When it cannot be waited for.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end, as an orchestrator does, and waits for it.
    ///
    /// # Panics
    /// When it does not end within the time.
    pub fn terminate(&mut self, time: Duration) -> ExitStatus {
        self.signal("TERM");
        self.wait(time)
    }

    /// Sends a signal by name.
    ///
    /// # Panics
    /// When `kill` cannot be run.
    pub fn signal(&self, signal: &str) {
        let sent = Command::new("kill").arg(format!("-{signal}")).arg(self.child.id().to_string()).status();
        assert!(sent.unwrap().success(), "{} is gone already", self.name);
    }

    /// Waits until it ends by itself.
    ///
    /// # Panics
    /// When it does not end within the time.
    pub fn wait(&mut self, time: Duration) -> ExitStatus {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(began.elapsed() < time, "{} did not end within {time:?}:\n{}", self.name, tail(&self.log()));
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// It has not ended.
    ///
    /// # Panics
    /// When it cannot be asked.
    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Resident memory in KiB.
    ///
    /// # Panics
    /// When the process is gone.
    #[must_use]
    pub fn resident_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("the process is gone");
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A field of a log line, whether the fields lie on top or under `fields`.
pub(crate) fn text<'a>(line: &'a Value, field: &str) -> Option<&'a str> {
    find(line, field)?.as_str()
}

/// A number among the fields of a log line.
pub(crate) fn number(line: &Value, field: &str) -> Option<u64> {
    let value = find(line, field)?;
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

fn find<'a>(line: &'a Value, field: &str) -> Option<&'a Value> {
    line.get("fields").and_then(|fields| fields.get(field)).or_else(|| line.get(field))
}

fn follow(from: impl BufRead + Send + 'static, log: Arc<Log>) {
    thread::spawn(move || {
        for line in from.split(b'\n').map_while(Result::ok) {
            log.lines.lock().unwrap().push(String::from_utf8_lossy(&line).into_owned());
            log.grown.notify_all();
        }
    });
}

fn tail(lines: &[String]) -> String {
    lines[lines.len().saturating_sub(40)..].join("\n")
}
