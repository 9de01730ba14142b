//! AUTH at a smart host, by mail-send.

use mail_send::Credentials;
use postroad_connector_model::{Authentication, Credential};
use postroad_delivery::{Fault, FaultKind};
use postroad_smtp_codec::Capabilities;
use postroad_telemetry::{ErrorType, Phase};
use smtp_proto::{AUTH_LOGIN, AUTH_PLAIN, EhloResponse};

use crate::attempt::Attempt;
use crate::hello::Dialer;
use crate::link::{Link, io_fault};
use crate::stream::Stream;

impl Dialer<'_> {
    /// Logs in as the connector says: PLAIN, else LOGIN, chosen once from the EHLO reply that counts. A refused login is
    /// not followed by another mechanism.
    pub(crate) async fn login(&self, link: &mut Link, host: &Capabilities, attempt: &mut Attempt) -> Result<(), Fault> {
        if self.order.connector.authentication == Authentication::None {
            return Ok(());
        }
        attempt.enter(Phase::Auth);
        let Some(Credential::Basic(account)) = self.order.credential.as_deref() else {
            return Err(refused("the connector's password has not reached this relay"));
        };
        let (mechanism, name) = match (host.auth.plain, host.auth.login) {
            (true, _) => (AUTH_PLAIN, "PLAIN"),
            (false, true) => (AUTH_LOGIN, "LOGIN"),
            (false, false) => return Err(refused("the smart host offers neither AUTH PLAIN nor AUTH LOGIN")),
        };
        attempt.record_mut().auth_mechanism = Some(name);
        link.quiet(Phase::Auth)?;
        let mut offered = EhloResponse::new(String::new());
        offered.auth_mechanisms = mechanism;
        let credentials = Credentials::new(account.user.as_str(), account.password.expose());
        let timer = self.timer();
        let result = match &mut link.stream {
            Stream::Plain(client) => {
                client.timeout = timer;
                tokio::time::timeout(timer, client.authenticate(&credentials, &offered)).await.map(|r| r.map(drop))
            }
            Stream::Tls(client) => {
                client.timeout = timer;
                tokio::time::timeout(timer, client.authenticate(&credentials, &offered)).await.map(|r| r.map(drop))
            }
        };
        match result {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(auth_fault(error)),
            Err(_elapsed) => Err(no_answer()),
        }
    }
}

fn refused(detail: &str) -> Fault {
    Fault::new(FaultKind::Login, Phase::Auth, ErrorType::AuthFailed, detail)
}

fn no_answer() -> Fault {
    Fault::new(FaultKind::Lost, Phase::Auth, ErrorType::CommandTimeout, "no answer to AUTH in time")
}

/// The host's own words stay out: some hosts say the user name back.
fn auth_fault(error: mail_send::Error) -> Fault {
    match error {
        mail_send::Error::AuthenticationFailed(reply) | mail_send::Error::UnexpectedReply(reply) => {
            let kind = if reply.code == 421 { FaultKind::Lost } else { FaultKind::Login };
            let error = if reply.code == 421 { ErrorType::Reply(421) } else { ErrorType::AuthFailed };
            let mut fault =
                Fault::new(kind, Phase::Auth, error, format!("the smart host answered AUTH with {}", reply.code));
            fault.reply = Some(postroad_telemetry::ReplyCodes { code: reply.code, enhanced: None });
            fault
        }
        mail_send::Error::Io(error) => io_fault(Phase::Auth, &error),
        mail_send::Error::Timeout => no_answer(),
        mail_send::Error::UnparseableReply => {
            Fault::new(FaultKind::Lost, Phase::Auth, ErrorType::ConnectionReset, "no usable answer to AUTH")
        }
        _ => refused("AUTH could not be carried out"),
    }
}
