//! ST8, ST13: a control plane on a full disk. Writing ends, nothing else does; a restart reads the disk anew.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::panic, reason = "a test may fail loudly and wait")]

use std::process::Command;
use std::time::{Duration, Instant};

use postroad_test_support::{AdminApi, ControlPlane, Relay, RelaySetup, Wire, connector, skipped};
use tonic::Code;
use tonic::transport::Endpoint;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

const SOON: Duration = Duration::from_secs(20);

/// A small file system, gone with the value.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Result<Self, String> {
        let folder = tempfile::tempdir().unwrap();
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=24m", "tmpfs"]).arg(folder.path()).output();
        match mounted {
            Ok(output) if output.status.success() => Ok(Self(folder)),
            Ok(output) => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(self.0.path()).status());
    }
}

/// The beginning of what `/readyz` answers.
fn ready(control_plane: &ControlPlane) -> String {
    let mut wire = Wire::connect(control_plane.process.listener("admin"), SOON).unwrap();
    wire.write(b"GET /readyz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
    String::from_utf8(wire.read_line().unwrap()).unwrap().chars().take(12).collect()
}

/// What the gRPC health service says of a service.
fn health(control_plane: &ControlPlane, service: &str) -> ServingStatus {
    let endpoint = Endpoint::from_shared(format!("http://{}", control_plane.grpc())).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut client = HealthClient::new(endpoint.connect().await.unwrap());
        client.check(HealthCheckRequest { service: service.to_owned() }).await.unwrap().into_inner().status()
    })
}

#[test]
fn st8_a_full_disk_ends_writing_and_then_the_process() {
    let disk = match SmallDisk::mount() {
        Ok(disk) => disk,
        Err(reason) => return skipped("st8_a_full_disk_ends_writing_and_then_the_process", &reason),
    };
    let ballast = disk.0.path().join("ballast");
    std::fs::write(&ballast, vec![1; 12 << 20]).unwrap();
    let mut control_plane = ControlPlane::start(&disk.0.path().join("data"));
    let relay = Relay::start(&RelaySetup::new("r", control_plane.grpc()));
    let api = AdminApi::new(control_plane.grpc());
    let mut answered = Vec::new();
    let refusal = loop {
        let mut large = connector(&format!("c{}", answered.len()), &["*"], &["192.0.2.1:25".parse().unwrap()]);
        large.labels = (0..32).map(|at| (format!("k{at}"), "v".repeat(256))).collect();
        match api.create(large) {
            Ok(stored) => answered.push(stored),
            Err(refusal) => break refusal,
        }
        assert!(answered.len() < 5_000, "the disk is never full");
    };
    let broke = Instant::now();
    assert_eq!(refusal.code(), Code::Unavailable, "{refusal:?}");
    let last = answered.last().unwrap();

    // Reads go on, and the stream: the relay has what was answered, and stays connected.
    assert_eq!(api.get(&last.name).unwrap(), *last);
    relay.wait_for_revision(last.revision, SOON);
    assert_eq!(api.relays().unwrap().len(), 1);
    assert_eq!(api.update(last, &["comment"]).unwrap_err().code(), Code::Unavailable);
    assert_eq!(ready(&control_plane), "HTTP/1.1 503");
    assert_eq!(health(&control_plane, "postroad.connector.v1.ConnectorService"), ServingStatus::NotServing);
    assert_eq!(health(&control_plane, "postroad.config.v1.ConfigService"), ServingStatus::Serving);

    let status = control_plane.process.wait(SOON);
    assert!(!status.success(), "it ends with an error, to be started again");
    assert!(broke.elapsed() > Duration::from_secs(5), "streams were cut off at once");
    assert_eq!(relay.health("/readyz"), 200, "the relay goes on");

    std::fs::remove_file(&ballast).unwrap();
    control_plane.restart();
    let api = AdminApi::new(control_plane.grpc());
    for stored in &answered {
        assert_eq!(api.get(&stored.id).unwrap(), *stored);
    }
    let written = api.create(connector("again", &["*"], &["192.0.2.1:25".parse().unwrap()])).unwrap();
    relay.wait_for_revision(written.revision, SOON);
}
