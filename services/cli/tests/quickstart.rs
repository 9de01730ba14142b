//! `postroad quickstart` as a process: what it proves, what it says when something is wrong, and how it ends.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

/// Longest a run may take, on a busy computer.
const LIMIT: Duration = Duration::from_secs(60);

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_postroad"));
    command.arg("quickstart").args(arguments).kill_on_drop(true).stdin(Stdio::null());
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("OTEL_")) {
        command.env_remove(name);
    }
    // Everything is sampled, whatever the environment says.
    command.env("OTEL_TRACES_SAMPLER", "always_off");
    command
}

async fn once(arguments: &[&str]) -> (Output, String, String) {
    let run = command(&[&["--once"], arguments].concat()).output();
    let output = timeout(LIMIT, run).await.expect("quickstart --once ends").unwrap();
    let (out, err) =
        (String::from_utf8(output.stdout.clone()).unwrap(), String::from_utf8(output.stderr.clone()).unwrap());
    (output, out, err)
}

fn summary(out: &str) -> Value {
    serde_json::from_str(out.lines().last().unwrap_or_default()).unwrap_or_else(|error| panic!("{error}: {out}"))
}

/// A quickstart that stays up, with the lines it has printed before `ready`.
struct Staying {
    child: Child,
    before: Vec<String>,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Staying {
    async fn start(arguments: &[&str]) -> Self {
        let mut child = command(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut before = Vec::new();
        loop {
            let line = timeout(LIMIT, lines.next_line()).await.expect("a line").unwrap();
            match line.unwrap_or_else(|| panic!("it ended: {before:#?}")).as_str() {
                "ready" => return Self { child, before, lines },
                line => before.push(line.to_owned()),
            }
        }
    }

    /// The word after `label` in the line that begins with `head`.
    fn word(&self, head: &str, label: &str) -> String {
        let line = self.before.iter().find(|line| line.starts_with(head)).expect("the line");
        let mut words = line.split_whitespace().skip_while(|word| *word != label).skip(1);
        words.next().expect("the word").trim_end_matches(',').to_owned()
    }

    /// Sends a signal and returns the exit code and the time it took.
    async fn end(mut self, signal: &str) -> (Option<i32>, Duration) {
        let started = Instant::now();
        let pid = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().await.unwrap().success());
        // What it prints is read on, so that it cannot be held up by a full pipe.
        while let Ok(Ok(Some(_))) = timeout(LIMIT, self.lines.next_line()).await {}
        let status = timeout(LIMIT, self.child.wait()).await.expect("it ends").unwrap();
        (status.code(), started.elapsed())
    }
}

#[tokio::test]
async fn once_proves_that_the_message_arrived_and_that_the_trace_is_whole() {
    let (output, out, err) = once(&[]).await;
    assert_eq!(output.status.code(), Some(0), "{out}\n{err}");
    assert_eq!(err, "", "quiet by default");
    let summary = summary(&out);
    assert_eq!(summary["identical"], true);
    assert!(summary["revision"].as_u64().unwrap() >= 1);
    let reply = summary["reply"].as_str().unwrap();
    assert!(reply.starts_with("250 "), "{reply}");
    let spans = summary["spans"].as_array().unwrap();
    assert_eq!(spans.len(), 2, "{summary}");
    let (receive, send) = (&spans[0], &spans[1]);
    assert!(receive["name"].as_str().unwrap().starts_with("smtp.receive"), "{summary}");
    assert_eq!((receive["kind"].as_str(), &receive["parent_id"]), (Some("SERVER"), &Value::Null));
    assert_eq!((send["name"].as_str(), send["kind"].as_str()), (Some("smtp.send quickstart"), Some("CLIENT")));
    assert_eq!(send["parent_id"], receive["span_id"]);
    assert_eq!(send["trace_id"], receive["trace_id"]);
    let id = receive["trace_id"].as_str().unwrap();
    assert!(reply.ends_with(&format!("id={id}")), "{summary}");
    assert!(send["duration_ms"].as_f64().unwrap() > 0.0);
    assert!(out.contains("└─ smtp.send quickstart  CLIENT"), "{out}");
    assert!(out.lines().any(|line| line.trim_start().starts_with("Received:")), "{out}");
}

#[tokio::test]
async fn a_smart_host_that_refuses_connections_fails_with_its_reason() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (output, out, err) = once(&["--smart-host", &closed.to_string()]).await;
    assert_eq!(output.status.code(), Some(4), "{out}\n{err}");
    assert!(err.contains("check the message") && err.contains("the relay answered RCPT with 4"), "{err}");
    let summary = summary(&out);
    assert_eq!(summary["identical"], Value::Null);
    assert!(summary["reply"].as_str().unwrap().starts_with('4'), "{summary}");
}

#[tokio::test]
async fn a_real_smart_host_can_be_used_and_is_not_looked_into() {
    let other = Staying::start(&[]).await;
    let host = other.word("smart host", "host");
    let (output, out, err) = once(&["--smart-host", &host]).await;
    assert_eq!(output.status.code(), Some(0), "{out}\n{err}");
    assert_eq!(summary(&out)["identical"], Value::Null);
    assert!(out.contains("cannot be seen"), "{out}");
    assert_eq!(other.end("-INT").await.0, Some(0));
}

#[tokio::test]
async fn it_stays_until_sigterm_and_ends_within_five_seconds() {
    let quickstart = Staying::start(&[]).await;
    assert_eq!(summary(&quickstart.before.join("\n"))["identical"], true);
    // It accepts mail, and the control plane answers.
    let smtp = quickstart.word("relay", "smtp");
    let stream = timeout(LIMIT, tokio::net::TcpStream::connect(smtp)).await.unwrap().unwrap();
    let mut greeting = String::new();
    let mut stream = BufReader::new(stream);
    timeout(LIMIT, stream.read_line(&mut greeting)).await.unwrap().unwrap();
    assert!(greeting.starts_with("220"), "{greeting}");
    let grpc = quickstart.word("control plane", "plane");
    let list = Command::new(env!("CARGO_BIN_EXE_postroad"))
        .args(["--server", &grpc, "connector", "list"])
        .output()
        .await
        .unwrap();
    let list = String::from_utf8(list.stdout).unwrap();
    assert!(list.contains("quickstart") && list.contains("SMTP:*;1"), "{list}");
    let data = quickstart.word("control plane", "in");
    assert!(std::path::Path::new(&data).exists(), "{data}");
    // A client that is connected does not keep it up.
    let (code, took) = quickstart.end("-TERM").await;
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert!(!std::path::Path::new(&data).exists(), "the temporary directory is removed");
}

#[tokio::test]
async fn a_data_directory_is_used_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data");
    let path = path.to_str().unwrap();
    let mut revisions = Vec::new();
    for _ in 0..2 {
        let (output, out, err) = once(&["--data-dir", path]).await;
        assert_eq!(output.status.code(), Some(0), "{out}\n{err}");
        revisions.push(summary(&out)["revision"].as_u64().unwrap());
    }
    assert!(revisions[1] > revisions[0], "the connector points to another port now: {revisions:?}");
}

#[tokio::test]
async fn what_cannot_start_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for (flag, step) in [("--smtp-listen", "start the relay"), ("--grpc-listen", "start the control plane")] {
        let (output, out, err) = once(&[flag, &address]).await;
        assert_eq!(output.status.code(), Some(4), "{out}\n{err}");
        assert!(err.contains(step) && err.contains(&address), "{err}");
    }
    let (output, _, err) = once(&["--smart-host", "h:0"]).await;
    assert_eq!(output.status.code(), Some(2), "{err}");
    assert!(err.contains("--smart-host"), "{err}");
}
