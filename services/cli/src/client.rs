//! The way to the control plane.

use std::error::Error as _;
use std::time::Duration;

use postroad_api::connector::v1::certificate_service_client::CertificateServiceClient;
use postroad_api::connector::v1::connector_service_client::ConnectorServiceClient;
use postroad_api::fleet::v1::access_service_client::AccessServiceClient;
use postroad_api::fleet::v1::fleet_service_client::FleetServiceClient;
use tonic::transport::{Channel, Endpoint};
use tonic::{Response, Status};

use crate::{Failure, Refusal};

/// Octets of the answer about all relays: some thousands of them, each with its last refusal.
const FLEET: usize = 32 * 1024 * 1024;

/// Waits before a change is sent again.
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(1)];

/// Where the control plane is, and how long to wait for it.
#[derive(Clone, Debug)]
pub(crate) struct Reach {
    /// URL of its gRPC port.
    pub(crate) server: String,
    /// Longest wait for a connection or for one answer.
    pub(crate) timeout: Duration,
}

/// A connection to the control plane.
#[derive(Clone, Debug)]
pub(crate) struct ControlPlane {
    reach: Reach,
    channel: Channel,
}

impl Reach {
    /// Connects.
    ///
    /// # Errors
    /// [`Failure::Usage`] for a URL that cannot be used, [`Failure::Unreachable`] or [`Failure::Late`].
    pub(crate) async fn connect(&self) -> Result<ControlPlane, Failure> {
        if !self.server.starts_with("http://") {
            return Err(Failure::usage(format!(
                "--server \"{}\" cannot be used: write http://HOST:PORT.",
                self.server
            )));
        }
        let endpoint = Endpoint::from_shared(self.server.clone()).map_err(|_not_shown| {
            Failure::usage(format!("--server \"{}\" is no URL: write http://HOST:PORT.", self.server))
        })?;
        match tokio::time::timeout(self.timeout, endpoint.connect()).await {
            Ok(Ok(channel)) => Ok(ControlPlane { reach: self.clone(), channel }),
            Ok(Err(error)) => Err(self.unreachable(&error)),
            Err(_elapsed) => Err(Failure::Unreachable {
                server: self.server.clone(),
                cause: format!("no connection within {:?}", self.timeout),
            }),
        }
    }

    fn unreachable(&self, error: &dyn std::error::Error) -> Failure {
        // The innermost cause is the one that tells something: "Connection refused".
        let mut innermost = error;
        while let Some(source) = innermost.source() {
            innermost = source;
        }
        Failure::Unreachable { server: self.server.clone(), cause: innermost.to_string() }
    }
}

/// Sends a change by `ControlPlane::write`: `send!(control_plane, connectors.create_connector(request))`.
macro_rules! send {
    ($control_plane:expr, $service:ident.$method:ident($request:expr)) => {{
        let request = $request;
        let call = || {
            let (mut service, request) = ($control_plane.$service(), request.clone());
            async move { service.$method(request).await }
        };
        $control_plane.write(call).await
    }};
}
pub(crate) use send;

impl ControlPlane {
    /// The service of connectors.
    pub(crate) fn connectors(&self) -> ConnectorServiceClient<Channel> {
        ConnectorServiceClient::new(self.channel.clone()).max_decoding_message_size(FLEET)
    }

    /// The service of relays.
    pub(crate) fn fleet(&self) -> FleetServiceClient<Channel> {
        FleetServiceClient::new(self.channel.clone()).max_decoding_message_size(FLEET)
    }

    /// The service of certificates.
    pub(crate) fn certificates(&self) -> CertificateServiceClient<Channel> {
        CertificateServiceClient::new(self.channel.clone()).max_decoding_message_size(FLEET)
    }

    /// The service of the audit and of the store's keys.
    pub(crate) fn access(&self) -> AccessServiceClient<Channel> {
        AccessServiceClient::new(self.channel.clone()).max_decoding_message_size(FLEET)
    }

    /// Waits for an answer.
    ///
    /// # Errors
    /// [`Failure::Refused`], [`Failure::Late`], or [`Failure::Unreachable`] when the connection was lost.
    pub(crate) async fn answer<T>(
        &self,
        call: impl Future<Output = Result<Response<T>, Status>>,
    ) -> Result<T, Failure> {
        match tokio::time::timeout(self.reach.timeout, call).await {
            Ok(Ok(response)) => Ok(response.into_inner()),
            Ok(Err(status)) => Err(self.failure(&status)),
            Err(_elapsed) => Err(Failure::Late { server: self.reach.server.clone(), waited: self.reach.timeout }),
        }
    }

    /// Sends a change, and sends it again after a short while when the connection is lost or the control plane cannot
    /// serve at present. `call` carries a request id, so it is done once.
    ///
    /// # Errors
    /// Those of the last attempt.
    pub(crate) async fn write<T, F>(&self, call: impl Fn() -> F) -> Result<T, Failure>
    where
        F: Future<Output = Result<Response<T>, Status>>,
    {
        for pause in PAUSES {
            match self.answer(call()).await {
                Err(failure) if failure.is_outage() => tokio::time::sleep(pause).await,
                end => return end,
            }
        }
        self.answer(call()).await
    }

    fn failure(&self, status: &Status) -> Failure {
        // A status with a source was made here, from a broken connection; one without came over the wire.
        match status.source() {
            Some(source) => self.reach.unreachable(source),
            None => Failure::Refused(Refusal::new(status)),
        }
    }
}
