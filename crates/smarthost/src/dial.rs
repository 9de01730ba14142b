//! From a smart host's name to TCP.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use mail_send::SmtpClient;
use postroad_connector_model::HostAddress;
use postroad_delivery::{Fault, FaultKind};
use postroad_telemetry::{ErrorType, Phase};
use tokio::net::TcpStream;

/// The addresses of a smart host, in the order to try them.
pub(crate) async fn resolve(host: &HostAddress, port: u16, timer: Duration) -> Result<Vec<SocketAddr>, Fault> {
    let name = match host {
        HostAddress::Ip(address) => return Ok(vec![SocketAddr::new(*address, port)]),
        HostAddress::Name(name) => name.as_str(),
    };
    let fault = |detail: String| Fault::new(FaultKind::Name, Phase::Connect, ErrorType::Dns, detail);
    match tokio::time::timeout(timer, tokio::net::lookup_host((name, port))).await {
        Ok(Ok(found)) => {
            let found: Vec<_> = found.collect();
            if found.is_empty() { Err(fault(format!("{name} has no address"))) } else { Ok(found) }
        }
        Ok(Err(error)) => Err(fault(format!("{name} does not resolve: {error}"))),
        Err(_elapsed) => Err(fault(format!("{name} does not resolve within {} ms", timer.as_millis()))),
    }
}

/// TCP to one address.
pub(crate) async fn connect(address: SocketAddr, timer: Duration) -> Result<SmtpClient<TcpStream>, Fault> {
    let fault = |error: ErrorType, detail: String| Fault::new(FaultKind::Connect, Phase::Connect, error, detail);
    let client = SmtpClient::connect(address, timer).await.map_err(|error| match error {
        mail_send::Error::Io(error) => fault(connect_error(&error), format!("{address}: {error}")),
        mail_send::Error::Timeout => {
            fault(ErrorType::ConnectTimeout, format!("{address}: no connection within {} ms", timer.as_millis()))
        }
        other => fault(ErrorType::ConnectRefused, format!("{address}: {other}")),
    })?;
    // Commands are small and each waits for its answer: without this every one of them costs a delayed ACK.
    client.stream.set_nodelay(true).map_err(|error| fault(ErrorType::ConnectRefused, format!("{address}: {error}")))?;
    Ok(client)
}

fn connect_error(error: &io::Error) -> ErrorType {
    match error.kind() {
        io::ErrorKind::TimedOut => ErrorType::ConnectTimeout,
        io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable => ErrorType::NetworkUnreachable,
        _ => ErrorType::ConnectRefused,
    }
}
