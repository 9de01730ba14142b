//! The health endpoint over real sockets.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use postroad_lifecycle::{HealthInfo, Readiness, Shutdown, Tasks, serve_health};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

struct Server {
    address: SocketAddr,
    readiness: Readiness,
    shutdown: Shutdown,
    tasks: Tasks,
}

async fn start() -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (readiness, shutdown, tasks) = (Readiness::new(), Shutdown::new(), Tasks::new());
    let info = HealthInfo { service: "postroad-test", version: "1.2.3" };
    tasks.spawn("health", serve_health(listener, readiness.clone(), info, shutdown.clone()));
    Server { address, readiness, shutdown, tasks }
}

async fn ask(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

async fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let answer = ask(address, &format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n")).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

#[tokio::test]
async fn tells_liveness_readiness_and_version() {
    let server = start().await;
    let at = server.address;
    assert_eq!(get(at, "/livez").await, (200, "alive\n".into()));
    assert_eq!(get(at, "/readyz").await, (200, "ready\n".into()));
    let table = server.readiness.token("configuration");
    let smtp = server.readiness.token("smtp listener");
    assert_eq!(get(at, "/readyz").await, (503, "not ready: configuration\nnot ready: smtp listener\n".into()));
    assert_eq!(get(at, "/livez").await.0, 200, "not being ready is no reason to be killed");
    table.ready();
    smtp.ready();
    assert_eq!(get(at, "/readyz").await.0, 200);
    assert_eq!(get(at, "/version").await, (200, "{\"service\":\"postroad-test\",\"version\":\"1.2.3\"}\n".into()));
    assert_eq!(get(at, "/secrets").await.0, 404);
    assert!(ask(at, "POST /livez HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n").await.starts_with("HTTP/1.1 405 "));
    assert!(ask(at, "\u{1}\u{2} nonsense\r\n\r\n").await.starts_with("HTTP/1.1 400 "));
    server.shutdown.begin();
    assert_eq!(server.tasks.finish(Duration::from_secs(5)).await, Vec::<String>::new());
    assert!(TcpStream::connect(at).await.is_err(), "the port is free after the shutdown");
}

/// More silent clients than there are places: the probe waits until they are thrown out, and no longer.
#[tokio::test]
async fn silent_clients_cannot_hold_it() {
    let server = start().await;
    let mut silent = Vec::new();
    for _ in 0..64 {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(b"GET /livez HT").await.unwrap();
        silent.push(stream);
    }
    let began = Instant::now();
    let answer = tokio::time::timeout(Duration::from_secs(20), get(server.address, "/livez")).await.unwrap();
    assert_eq!(answer.0, 200);
    assert!(began.elapsed() < Duration::from_secs(10), "took {:?}", began.elapsed());
    server.shutdown.begin();
    assert_eq!(server.tasks.finish(Duration::from_secs(5)).await, Vec::<String>::new());
}
