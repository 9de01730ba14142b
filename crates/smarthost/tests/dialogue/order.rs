//! What the courier is asked to do.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use postroad_connector_model::{
    AddressSpaceDraft, AuthMechanism, BasicCredential, BasicDraft, Connector, ConnectorDraft, Credential,
    CredentialDraft, Secret, SmartHostDraft,
};
use postroad_delivery::{Courier, Delivery, Fault, Order};
use postroad_mail_types::{HostName, Mailbox, Reply, ReversePath};
use postroad_smarthost::{SmartHostCourier, SmartHostDelivery, Timers};
use postroad_smtp_codec::{BodyForm, MailParameters, RcptParameters};
use postroad_telemetry::AttemptRecord;

/// Settings of a connector, as a test varies them.
#[derive(Clone, Copy, Default)]
pub(crate) struct Setting {
    pub(crate) require_tls: bool,
    pub(crate) ignore_starttls: bool,
    pub(crate) implicit_tls: bool,
    pub(crate) login: bool,
}

pub(crate) fn order(address: SocketAddr, setting: Setting) -> Order {
    let draft = ConnectorDraft {
        id: "1".to_owned(),
        name: "Internet".to_owned(),
        address_spaces: vec![AddressSpaceDraft { space: "*".to_owned(), ..AddressSpaceDraft::default() }],
        smart_hosts: vec![SmartHostDraft {
            host: address.ip().to_string(),
            port: address.port().into(),
            implicit_tls: setting.implicit_tls,
            ..SmartHostDraft::default()
        }],
        auth_mechanism: if setting.login { AuthMechanism::Basic } else { AuthMechanism::None },
        credential: setting
            .login
            .then(|| CredentialDraft::Basic(BasicDraft { user: "user".to_owned(), has_password: true })),
        require_tls: setting.require_tls,
        ignore_starttls: setting.ignore_starttls,
        ..ConnectorDraft::default()
    };
    let connector = Arc::new(Connector::from_draft(draft).unwrap().0);
    let account = BasicCredential { user: "user".to_owned(), password: Secret::new("secret".to_owned()) };
    Order {
        host: connector.smart_hosts[0].clone(),
        connector,
        credential: setting.login.then(|| Arc::new(Credential::Basic(account))),
        helo: HostName::parse("relay.example").unwrap(),
        span_id: postroad_telemetry::fresh_span_id(),
        number: 1,
        deadline: Instant::now() + Duration::from_secs(20),
        final_reply_timeout: None,
    }
}

pub(crate) fn courier() -> SmartHostCourier {
    with_timers(Duration::from_secs(5))
}

pub(crate) fn with_timers(each: Duration) -> SmartHostCourier {
    postroad_tls::install_provider();
    SmartHostCourier::new(Timers { connect: each, command: each, data: each, final_reply: each })
}

pub(crate) async fn open(address: SocketAddr, setting: Setting) -> Result<SmartHostDelivery, (Fault, AttemptRecord)> {
    courier().open(order(address, setting)).await
}

pub(crate) async fn opened(address: SocketAddr) -> SmartHostDelivery {
    open(address, Setting::default()).await.unwrap()
}

pub(crate) async fn mail(delivery: &mut SmartHostDelivery) -> Result<Reply, Fault> {
    let path = ReversePath::Mailbox(Mailbox::parse("a@x.example").unwrap());
    delivery.mail(&path, &MailParameters::default(), 0).await
}

pub(crate) async fn rcpt(delivery: &mut SmartHostDelivery) -> Result<Reply, Fault> {
    delivery.rcpt(&Mailbox::parse("b@y.example").unwrap(), &RcptParameters::default()).await
}

/// A delivery whose DATA was answered 354.
pub(crate) async fn with_data(address: SocketAddr) -> SmartHostDelivery {
    let mut delivery = opened(address).await;
    mail(&mut delivery).await.unwrap();
    rcpt(&mut delivery).await.unwrap();
    assert_eq!(delivery.begin(BodyForm::Stuffed).await.unwrap().code(), 354);
    delivery
}
