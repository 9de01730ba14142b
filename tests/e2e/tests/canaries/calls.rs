//! Every call that a secret could come out of.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::net::SocketAddr;

use postroad_api::connector::v1::certificate_service_client::CertificateServiceClient;
use postroad_api::connector::v1::connector_change::Change;
use postroad_api::connector::v1::connector_service_client::ConnectorServiceClient;
use postroad_api::connector::v1::{self as wire, AuthMechanism, Connector, ConnectorChange};
use postroad_api::fleet::v1::access_service_client::AccessServiceClient;
use postroad_api::fleet::v1::fleet_service_client::FleetServiceClient;
use postroad_api::fleet::v1::{ListAuditRecordsRequest, ListRelaysRequest, RewrapSecretsRequest};
use prost::Message;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Response, Status};

use super::secrets::{self, Key};

/// What was sent and what came back.
pub(crate) struct Calls {
    runtime: tokio::runtime::Runtime,
    channel: Channel,
    sent: Vec<(String, Vec<u8>)>,
    heard: Vec<(String, Vec<u8>)>,
    refused: usize,
    missing: BTreeSet<String>,
}

/// One call: its name, what is sent, and how.
macro_rules! call {
    ($calls:ident, $client:ident . $method:ident ( $request:expr )) => {{
        let request = $request;
        let answer = $calls.runtime.block_on($client::new($calls.channel.clone()).$method(request.clone()));
        $calls.take(stringify!($method), &request, answer)
    }};
}

impl Calls {
    pub(crate) fn to(address: SocketAddr) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
        let channel = runtime.block_on(endpoint.connect()).unwrap();
        Self { runtime, channel, sent: vec![], heard: vec![], refused: 0, missing: BTreeSet::new() }
    }

    /// Requests that hold secrets.
    pub(crate) fn sent(&self) -> &[(String, Vec<u8>)] {
        &self.sent
    }

    /// Answers and refusals, as octets and as they print.
    pub(crate) fn heard(&self) -> &[(String, Vec<u8>)] {
        &self.heard
    }

    pub(crate) const fn refused(&self) -> usize {
        self.refused
    }

    /// Calls that this control plane does not have.
    pub(crate) const fn missing(&self) -> &BTreeSet<String> {
        &self.missing
    }

    fn take<M: Message + Default + Debug>(
        &mut self,
        name: &str,
        request: &impl Message,
        answer: Result<Response<M>, Status>,
    ) -> Result<M, Status> {
        let request = request.encode_to_vec();
        // Whatever has the open text has a secret beside it.
        if super::Needles::of(&[secrets::OPEN.as_bytes()]).find(&request).is_some() {
            self.sent.push((name.to_owned(), request));
        }
        match answer {
            Ok(answer) => {
                let answer = answer.into_inner();
                let printed = format!("{answer:?} {answer:#?}").into_bytes();
                self.heard.push((format!("an answer of {name}"), [answer.encode_to_vec(), printed].concat()));
                Ok(answer)
            }
            Err(status) => {
                let printed = format!("{status:?} {status} {:?}", status.metadata()).into_bytes();
                self.heard.push((format!("a refusal of {name}"), [status.details().to_vec(), printed].concat()));
                if status.code() == Code::Unimplemented {
                    self.missing.insert(name.to_owned());
                } else {
                    self.refused += 1;
                }
                Err(status)
            }
        }
    }

    /// Makes all calls; the revision of the last change that is known.
    pub(crate) fn make(&mut self, key: &Key) -> u64 {
        self.connectors();
        self.updates();
        self.certificates(key);
        self.proposals();
        let revision = self.reads();
        assert!(self.refused > 40, "{} refusals: what is wrong is accepted", self.refused);
        revision
    }

    fn create(&mut self, connector: Connector, validate_only: bool) -> Result<Connector, Status> {
        let request =
            wire::CreateConnectorRequest { connector: Some(connector), validate_only, request_id: String::new() };
        call!(self, ConnectorServiceClient.create_connector(request))
    }

    fn connectors(&mut self) {
        for connector in secrets::connectors() {
            for spoiled in secrets::spoiled(&connector) {
                self.create(spoiled, false).expect_err("a spoiled connector is accepted");
            }
            self.create(connector.clone(), true).unwrap();
            let made = self.create(connector.clone(), false).unwrap();
            assert!(format!("{made:?}").contains("_set: true"), "{made:?}");
            self.create(connector, false).expect_err("the name is taken");
        }
    }

    fn update(&mut self, connector: Connector, mask: &[&str]) -> Result<Connector, Status> {
        let update_mask = mask.iter().map(|&path| path.to_owned()).collect();
        let request = wire::UpdateConnectorRequest { connector: Some(connector), update_mask, ..Default::default() };
        call!(self, ConnectorServiceClient.update_connector(request))
    }

    fn updates(&mut self) {
        for connector in secrets::connectors() {
            self.update(connector.clone(), &["credential"]).unwrap();
            self.update(connector.clone(), &["*"]).unwrap();
            self.update(connector.clone(), &["credential.basic.pasword"]).expect_err("no such path");
            self.update(Connector { etag: "\"0\"".into(), ..connector }, &["credential"]).expect_err("an old state");
        }
        let other = secrets::connector("basic", AuthMechanism::Basic, secrets::password(secrets::NEW_PASSWORD));
        self.update(other, &["credential.basic.password"]).unwrap();
    }

    fn certificates(&mut self, key: &Key) {
        let good = key.certificate("canary");
        for certificate in [
            wire::Certificate { certificates_pem: String::new(), ..good.clone() },
            wire::Certificate { certificates_pem: good.private_key_pem.clone(), ..good.clone() },
            wire::Certificate { private_key_pem: good.private_key_pem.replace("-----", "--"), ..good.clone() },
            wire::Certificate { name: "no name".into(), ..good.clone() },
        ] {
            let request = wire::CreateCertificateRequest { certificate: Some(certificate), ..Default::default() };
            call!(self, CertificateServiceClient.create_certificate(request)).expect_err("a spoiled certificate");
        }
        let request = wire::CreateCertificateRequest { certificate: Some(good.clone()), ..Default::default() };
        let made = call!(self, CertificateServiceClient.create_certificate(request)).unwrap();
        assert!(made.private_key_set, "{made:?}");
        let name = good.name.clone();
        let request = wire::UpdateCertificateRequest { certificate: Some(good), ..Default::default() };
        let _answer = call!(self, CertificateServiceClient.update_certificate(request));
        let _answer = call!(self, CertificateServiceClient.get_certificate(wire::GetCertificateRequest { name }));
        let _answer = call!(self, CertificateServiceClient.list_certificates(wire::ListCertificatesRequest::default()));
    }

    /// Changes of a set that is asked about, or made at once.
    fn proposals(&mut self) {
        let create = |connector| ConnectorChange { change: Some(Change::Create(connector)) };
        let mut proposed: Vec<_> = secrets::connectors();
        proposed.iter_mut().for_each(|connector| connector.name.push_str("-proposed"));
        let good: Vec<_> = proposed.iter().cloned().map(create).collect();
        let bad: Vec<_> = proposed.iter().flat_map(secrets::spoiled).map(create).collect();
        for (changes, sound) in [(good, true), (bad, false)] {
            let request = wire::ExplainRouteRequest {
                recipient: "a@basic.example".into(),
                proposed: changes.clone(),
                ..Default::default()
            };
            assert_eq!(call!(self, ConnectorServiceClient.explain_route(request)).is_ok(), sound);
            let request = wire::BatchApplyRequest { changes, ..Default::default() };
            assert_eq!(call!(self, ConnectorServiceClient.batch_apply(request)).is_ok(), sound);
        }
    }

    fn reads(&mut self) -> u64 {
        let mut revision = 0;
        for connector in ["basic", "static", "client", "refresh", "kerberos"] {
            let request = wire::GetConnectorRequest { connector: connector.into() };
            let got = call!(self, ConnectorServiceClient.get_connector(request)).unwrap();
            revision = revision.max(got.revision);
        }
        call!(self, ConnectorServiceClient.list_connectors(wire::ListConnectorsRequest::default())).unwrap();
        call!(self, FleetServiceClient.list_relays(ListRelaysRequest {})).unwrap();
        call!(self, ConnectorServiceClient.list_revisions(wire::ListRevisionsRequest::default())).unwrap();
        for number in 1..=revision {
            let request = wire::GetRevisionRequest { revision: number };
            call!(self, ConnectorServiceClient.get_revision(request)).unwrap();
        }
        call!(self, ConnectorServiceClient.diff_revisions(wire::DiffRevisionsRequest::default())).unwrap();
        let _answer = call!(self, AccessServiceClient.rewrap_secrets(RewrapSecretsRequest {}));
        let back =
            wire::RollbackRevisionRequest { revision: revision - 1, restore_secrets: true, ..Default::default() };
        call!(self, ConnectorServiceClient.rollback_revision(back)).unwrap();
        call!(self, AccessServiceClient.list_audit_records(ListAuditRecordsRequest::default())).unwrap();
        revision
    }
}
