//! What surrounds the services: addresses, health, reflection, the store's directory.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;

use postroad_control_plane::{App, Settings};

use crate::bench::{Bench, settings};

#[tokio::test]
async fn only_loopback_is_served_until_there_are_identities() {
    let folder = tempfile::tempdir().unwrap();
    let open = Settings { grpc_listen: "0.0.0.0:7443".parse().unwrap(), ..settings(folder.path()) };
    let error = format!("{:#}", App::build(open).await.unwrap_err());
    assert!(error.contains("0.0.0.0:7443 is not a loopback address"), "{error}");
    assert!(!folder.path().join("data").exists(), "nothing was made");
}

#[tokio::test]
async fn a_taken_address_and_a_store_in_use_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let error = App::build(Settings { grpc_listen: address, ..settings(folder.path()) }).await.unwrap_err();
    assert!(format!("{error:#}").contains(&format!("--grpc-listen: cannot listen on {address}")), "{error:#}");

    let bench = Bench::start(folder.path()).await;
    let error = format!("{:#}", App::build(settings(folder.path())).await.unwrap_err());
    assert!(error.contains("--data-dir") && error.contains("in use"), "{error}");
    bench.stop().await;
}

#[tokio::test]
async fn health_and_reflection_answer() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::start(folder.path()).await;
    let mut health = HealthClient::new(bench.channel.clone());
    for service in ["", "postroad.connector.v1.ConnectorService", "postroad.config.v1.ConfigService"] {
        let request = HealthCheckRequest { service: service.into() };
        let answer = health.check(request).await.unwrap().into_inner();
        assert_eq!(answer.status(), ServingStatus::Serving, "{service}");
    }

    let mut reflection = ServerReflectionClient::new(bench.channel.clone());
    let ask = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let mut answers = reflection.server_reflection_info(tokio_stream::once(ask)).await.unwrap().into_inner();
    let answer = answers.message().await.unwrap().unwrap().message_response;
    let Some(MessageResponse::ListServicesResponse(list)) = answer else { panic!("{answer:?}") };
    let names: Vec<_> = list.service.into_iter().map(|service| service.name).collect();
    for expected in ["postroad.connector.v1.ConnectorService", "postroad.fleet.v1.FleetService"] {
        assert!(names.iter().any(|name| name == expected), "{names:?}");
    }
    drop(answers);

    let mut ready = tokio::net::TcpStream::connect(bench.admin).await.unwrap();
    ready.write_all(b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut text = String::new();
    ready.read_to_string(&mut text).await.unwrap();
    assert!(text.starts_with("HTTP/1.1 200"), "{text}");
    bench.stop().await;
}
