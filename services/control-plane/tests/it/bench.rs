//! A control plane in this process, with clients.

use std::path::{Path, PathBuf};
use std::time::Duration;

use postroad_api::connector::v1 as admin;
use postroad_api::connector::v1::connector_service_client::ConnectorServiceClient;
use postroad_api::fleet::v1::access_service_client::AccessServiceClient;
use postroad_api::fleet::v1::fleet_service_client::FleetServiceClient;
use postroad_api::fleet::v1::{AuditRecord, ListAuditRecordsRequest, ListRelaysRequest, Relay};
use postroad_control_plane::{App, Settings};
use postroad_lifecycle::Shutdown;
use tokio::task::JoinHandle;
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// Long enough for a loaded machine; nothing waits for it when all is well.
pub(crate) const SOON: Duration = Duration::from_secs(20);

pub(crate) struct Bench {
    pub(crate) connectors: ConnectorServiceClient<Channel>,
    pub(crate) fleet: FleetServiceClient<Channel>,
    pub(crate) channel: Channel,
    pub(crate) admin: std::net::SocketAddr,
    pub(crate) shutdown: Shutdown,
    running: JoinHandle<anyhow::Result<()>>,
}

pub(crate) fn settings(folder: &Path) -> Settings {
    let any = "127.0.0.1:0".parse().unwrap();
    Settings {
        grpc_listen: any,
        admin_listen: any,
        data_dir: folder.join("data"),
        secrets_key_file: None,
        secrets_key: None,
    }
}

impl Bench {
    pub(crate) async fn start(folder: &Path) -> Self {
        let app = App::build(settings(folder)).await.unwrap();
        let channel = Channel::from_shared(format!("http://{}", app.grpc_address())).unwrap().connect().await.unwrap();
        let shutdown = Shutdown::new();
        let admin = app.admin_address();
        #[allow(clippy::disallowed_methods, reason = "the test awaits it in stop")]
        let running = tokio::spawn(app.run(shutdown.clone()));
        Self {
            connectors: ConnectorServiceClient::new(channel.clone()),
            fleet: FleetServiceClient::new(channel.clone()),
            channel,
            admin,
            shutdown,
            running,
        }
    }

    /// Ends it and waits until its store is closed.
    pub(crate) async fn stop(self) {
        self.shutdown.begin();
        tokio::time::timeout(SOON, self.running).await.unwrap().unwrap().unwrap();
    }

    pub(crate) async fn create(&mut self, connector: admin::Connector) -> Result<admin::Connector, Status> {
        let request =
            admin::CreateConnectorRequest { connector: Some(connector), validate_only: false, ..Default::default() };
        self.connectors.create_connector(request).await.map(tonic::Response::into_inner)
    }

    pub(crate) async fn get(&mut self, connector: &str) -> Result<admin::Connector, Status> {
        let request = admin::GetConnectorRequest { connector: connector.into() };
        self.connectors.get_connector(request).await.map(tonic::Response::into_inner)
    }

    pub(crate) async fn update(
        &mut self,
        connector: admin::Connector,
        mask: &[&str],
    ) -> Result<admin::Connector, Status> {
        let update_mask = mask.iter().map(|&path| path.to_owned()).collect();
        let request = admin::UpdateConnectorRequest {
            connector: Some(connector),
            update_mask,
            validate_only: false,
            ..Default::default()
        };
        self.connectors.update_connector(request).await.map(tonic::Response::into_inner)
    }

    pub(crate) async fn delete(&mut self, connector: &str, etag: &str) -> Result<u64, Status> {
        let request = admin::DeleteConnectorRequest {
            connector: connector.into(),
            etag: etag.into(),
            validate_only: false,
            ..Default::default()
        };
        self.connectors.delete_connector(request).await.map(|response| response.into_inner().revision)
    }

    /// The audit trail, the newest record first.
    pub(crate) async fn audit(&self) -> Vec<AuditRecord> {
        let mut client = AccessServiceClient::new(self.channel.clone());
        let request = ListAuditRecordsRequest { page_size: 1_000, page_token: String::new() };
        client.list_audit_records(request).await.unwrap().into_inner().records
    }

    pub(crate) async fn relays(&mut self) -> Vec<Relay> {
        self.fleet.list_relays(ListRelaysRequest {}).await.unwrap().into_inner().relays
    }

    /// Asks for the relays until they are as expected.
    pub(crate) async fn relays_until(&mut self, expected: impl Fn(&[Relay]) -> bool) -> Vec<Relay> {
        for _ in 0..2_000 {
            let relays = self.relays().await;
            if expected(&relays) {
                return relays;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("it never came to that: {:?}", self.relays().await);
    }
}

/// A connector for everything, to one host.
pub(crate) fn connector(name: &str) -> admin::Connector {
    admin::Connector {
        name: name.into(),
        address_spaces: vec![admin::AddressSpace { space: "*".into(), ..Default::default() }],
        smart_hosts: vec![admin::SmartHost { host: "mx.example.net".into(), ..Default::default() }],
        ..Default::default()
    }
}

pub(crate) fn with_account(mut connector: admin::Connector, user: &str, password: &str) -> admin::Connector {
    let basic = admin::BasicCredential { user: user.into(), password: password.into(), password_set: false };
    connector.auth_mechanism = admin::AuthMechanism::Basic.into();
    connector.credential = Some(admin::Credential { kind: Some(admin::credential::Kind::Basic(basic)) });
    connector
}

/// Code, reason and field paths of a refusal.
pub(crate) fn refusal(status: &Status) -> (Code, String, Vec<String>) {
    let details = status.get_error_details();
    let info = details.error_info().unwrap_or_else(|| panic!("no ErrorInfo: {status:?}"));
    assert_eq!(info.domain, "postroad");
    let fields = details.bad_request().map(|bad| bad.field_violations.clone()).unwrap_or_default();
    assert!(fields.iter().all(|violation| !violation.description.is_empty()), "{status:?}");
    (status.code(), info.reason.clone(), fields.into_iter().map(|violation| violation.field).collect())
}

/// All files below a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}
