//! `/livez`, `/readyz` and `/version` over HTTP/1.1.

use std::convert::Infallible;
use std::time::Duration;

use http::{Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::{Readiness, Shutdown};

/// Connections served at a time; more wait in the system's queue. Probes are few and short.
const CONNECTIONS: usize = 64;
/// A connection serves one request and lives no longer than this, however slowly its client talks.
const DEADLINE: Duration = Duration::from_secs(5);
/// Octets of a request's head; hyper allows no less.
const HEAD: usize = 8192;
/// Pause after a failed accept, as when the process is out of file descriptors.
const PAUSE: Duration = Duration::from_millis(100);

/// What `/version` says. Plain ASCII without quotes.
#[derive(Clone, Copy, Debug)]
pub struct HealthInfo {
    /// As in `postroad-relay`.
    pub service: &'static str,
    /// As in `0.1.0`.
    pub version: &'static str,
}

/// Answers `GET` and `HEAD` until the shutdown begins: `/livez` (200 while the process runs), `/readyz` (200, or 503 with
/// one line per pending token) and `/version` (JSON).
///
/// Give it a shutdown that begins after the drain, so that `/readyz` can still say why the service is not ready.
pub async fn serve_health(listener: TcpListener, readiness: Readiness, info: HealthInfo, shutdown: Shutdown) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = shutdown.begun() => return,
            Some(ended) = connections.join_next() => {
                if ended.is_err_and(|e| e.is_panic()) {
                    tracing::error!("a health request panicked; the others go on");
                }
            }
            accepted = listener.accept(), if connections.len() < CONNECTIONS => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve(stream, readiness.clone(), info));
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection to the health endpoint");
                    tokio::time::sleep(PAUSE).await;
                }
            },
        }
    }
}

async fn serve(stream: TcpStream, readiness: Readiness, info: HealthInfo) {
    let service = service_fn(move |request: Request<Incoming>| {
        std::future::ready(Ok::<_, Infallible>(answer(request.method(), request.uri().path(), &readiness, info)))
    });
    let connection = http1::Builder::new()
        .keep_alive(false)
        .max_buf_size(HEAD)
        .header_read_timeout(None)
        .serve_connection(TokioIo::new(stream), service);
    match tokio::time::timeout(DEADLINE, connection).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "health connection failed"),
        Err(_) => tracing::debug!("health connection was too slow"),
    }
}

fn answer(method: &Method, path: &str, readiness: &Readiness, info: HealthInfo) -> Response<Full<Bytes>> {
    if !matches!(*method, Method::GET | Method::HEAD) {
        let mut response = text(StatusCode::METHOD_NOT_ALLOWED, String::from("only GET and HEAD\n"));
        response.headers_mut().insert(header::ALLOW, http::HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    match path {
        "/livez" => text(StatusCode::OK, String::from("alive\n")),
        "/readyz" => ready(&readiness.pending()),
        "/version" => version(info),
        _ => text(StatusCode::NOT_FOUND, String::from("try /livez, /readyz or /version\n")),
    }
}

fn ready(pending: &[String]) -> Response<Full<Bytes>> {
    if pending.is_empty() {
        return text(StatusCode::OK, String::from("ready\n"));
    }
    let lines = pending.iter().map(|name| format!("not ready: {name}\n")).collect();
    text(StatusCode::SERVICE_UNAVAILABLE, lines)
}

fn version(info: HealthInfo) -> Response<Full<Bytes>> {
    let HealthInfo { service, version } = info;
    let mut response = text(StatusCode::OK, format!("{{\"service\":\"{service}\",\"version\":\"{version}\"}}\n"));
    response.headers_mut().insert(header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    response
}

fn text(status: StatusCode, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    let plain = http::HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, plain);
    response.headers_mut().insert(header::CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
    response
}
