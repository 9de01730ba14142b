//! Every task has an owner, a name, and an end.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio_util::task::TaskTracker;

/// The tasks of a service. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    running: Arc<Running>,
}

#[derive(Debug, Default)]
struct Running {
    tasks: Mutex<Register>,
}

#[derive(Debug, Default)]
struct Register {
    next: u64,
    entries: BTreeMap<u64, Entry>,
}

#[derive(Debug)]
struct Entry {
    name: &'static str,
    handle: Option<AbortHandle>,
}

impl Running {
    fn with<T>(&self, act: impl FnOnce(&mut Register) -> T) -> T {
        // Nothing panics while the lock is held, so that a poisoned one is still whole.
        act(&mut self.tasks.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn names(&self) -> Vec<String> {
        let mut counts = BTreeMap::<&'static str, usize>::new();
        self.with(|register| {
            for entry in register.entries.values() {
                *counts.entry(entry.name).or_default() += 1;
            }
        });
        let text = |(name, count)| if count == 1 { String::from(name) } else { format!("{name} ({count})") };
        counts.into_iter().map(text).collect()
    }
}

/// Takes the task off the register when it ends, in whichever way.
struct Registered {
    id: u64,
    name: &'static str,
    running: Arc<Running>,
}

impl Drop for Registered {
    fn drop(&mut self) {
        if std::thread::panicking() {
            tracing::error!(task = self.name, "task panicked; the others go on");
        }
        self.running.with(|register| register.entries.remove(&self.id));
    }
}

impl Tasks {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts a task on the current runtime. When it panics, that is logged and nothing else ends.
    ///
    /// # Panics
    /// Outside a Tokio runtime.
    pub fn spawn<F>(&self, name: &'static str, future: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let id = self.running.with(|register| {
            let id = register.next;
            register.next += 1;
            register.entries.insert(id, Entry { name, handle: None });
            id
        });
        let registered = Registered { id, name, running: Arc::clone(&self.running) };
        // Boxed, or the task would have room for it twice: before it begins, and while it runs.
        let future = Box::pin(future);
        let handle = self.tracker.spawn(async move {
            let _registered = registered;
            future.await;
        });
        self.running.with(|register| {
            if let Some(entry) = register.entries.get_mut(&id) {
                entry.handle = Some(handle.abort_handle());
            }
        });
    }

    /// Number of tasks that have not ended.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tracker.len()
    }

    /// True when every task has ended.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tracker.is_empty()
    }

    /// Waits until all tasks have ended, those started meanwhile included, but not longer than the deadline. Then the rest
    /// is aborted, and their names are returned, as in "smtp connection (3)". Empty: all ended by themselves.
    pub async fn finish(&self, deadline: Duration) -> Vec<String> {
        self.tracker.close();
        if tokio::time::timeout(deadline, self.tracker.wait()).await.is_ok() {
            return Vec::new();
        }
        let names = self.running.names();
        self.running.with(|register| {
            for handle in register.entries.values().filter_map(|entry| entry.handle.as_ref()) {
                handle.abort();
            }
        });
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::oneshot;

    #[tokio::test(start_paused = true)]
    async fn finish_waits_for_all() {
        let tasks = Tasks::new();
        let done = Arc::new(Mutex::new(0));
        for seconds in [1, 20] {
            let done = Arc::clone(&done);
            tasks.spawn("sleeper", async move {
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                *done.lock().unwrap() += 1;
            });
        }
        assert_eq!(tasks.finish(Duration::from_secs(30)).await, Vec::<String>::new());
        assert_eq!(*done.lock().unwrap(), 2);
        assert!(tasks.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn finish_names_and_aborts_the_rest() {
        let tasks = Tasks::new();
        let (held, dropped) = oneshot::channel::<()>();
        tasks.spawn("stuck", async move {
            let _held = held;
            std::future::pending::<()>().await;
        });
        tasks.spawn("connection", std::future::pending());
        tasks.spawn("connection", std::future::pending());
        tasks.spawn("quick", async {});
        assert_eq!(tasks.finish(Duration::from_secs(1)).await, ["connection (2)", "stuck"]);
        assert!(dropped.await.is_err(), "an aborted task drops what it holds");
        assert_eq!(tasks.finish(Duration::from_secs(1)).await, Vec::<String>::new());
    }

    #[tokio::test]
    async fn a_panic_ends_one_task_only() {
        let tasks = Tasks::new();
        let (go, wait) = oneshot::channel::<()>();
        let (answer, answered) = oneshot::channel();
        tasks.spawn("survivor", async move {
            wait.await.unwrap();
            answer.send(7).unwrap();
        });
        tasks.spawn("victim", async { panic!("on purpose") });
        while tasks.len() > 1 {
            tokio::task::yield_now().await;
        }
        go.send(()).unwrap();
        assert_eq!(answered.await, Ok(7));
        assert_eq!(tasks.finish(Duration::from_secs(5)).await, Vec::<String>::new());
    }
}
