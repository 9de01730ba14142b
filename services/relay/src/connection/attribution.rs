//! Who the client is, when that changes: XCLIENT, TLS, AUTH.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use postroad_smtp_codec::{ClientAttributes, Given};
use postroad_smtp_session::Client;
use postroad_submission_users::Identity;
use postroad_telemetry::SessionRecord;
use tracing::info;

use super::Connection;
use crate::front::session_tls;

impl Connection<'_> {
    /// The client as a listed peer describes it (Postfix XCLIENT_README). What is not given stays as it was.
    pub(super) fn reattribute(&mut self, attributes: &ClientAttributes) -> Client {
        let known = match &attributes.address {
            Some(Given::Value(address)) => Some(address.to_canonical()),
            // Nobody knows who it is: it has no right of its own.
            Some(Given::Unavailable | Given::TemporarilyUnavailable) => None,
            None => Some(self.ends.client.ip()),
        };
        let port = attributes.port.as_ref().and_then(Given::value).copied();
        let changed = |end: SocketAddr, address: Option<IpAddr>, port: Option<u16>| {
            SocketAddr::new(address.unwrap_or(end.ip()), port.unwrap_or(end.port()))
        };
        self.ends.client = changed(self.ends.client, known, port);
        self.ends.server = changed(
            self.ends.server,
            attributes.destination_address.as_ref().and_then(Given::value).copied(),
            attributes.destination_port.as_ref().and_then(Given::value).copied(),
        );
        let mut client = self.front.describe(self.ends, self.tls.as_deref());
        client.may_relay &= known.is_some();
        client.identity = attributes.login.as_ref().and_then(Given::value).map(|name| self.front.vouched(name));
        let name = attributes.name.as_ref().and_then(Given::value).map(ToString::to_string);
        let (peer, local) = (self.ends.client, self.ends.server);
        let through = (self.ends.peer != peer).then_some(self.ends.peer);
        let record = (*self.record).clone();
        // Another client, who has not logged in.
        self.record =
            Arc::new(SessionRecord { peer, local, through, client_name: name, auth_mechanism: None, ..record });
        client
    }

    /// The client is inside TLS now, and has not logged in (RFC 3207 §4.2).
    pub(super) fn describe_tls(&mut self) {
        let tls = self.tls.as_deref().map(session_tls);
        self.record = Arc::new(SessionRecord { tls, auth_mechanism: None, ..(*self.record).clone() });
    }

    /// The client has logged in.
    pub(super) fn describe_login(&mut self, identity: &Identity) {
        let auth_mechanism = Some(identity.mechanism().name());
        self.record = Arc::new(SessionRecord { auth_mechanism, ..(*self.record).clone() });
        info!(
            listener = self.front.name,
            session = self.record.session_id,
            peer = %self.ends.client,
            user = identity.user(),
            mechanism = auth_mechanism,
            "logged in"
        );
    }
}
