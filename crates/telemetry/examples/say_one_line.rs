//! Sets up JSON logs and says one line. A second set-up is refused, and makes the program fail if it is not.

use postroad_telemetry::{LogError, LogFormat, LogSettings, init_logs};

fn main() -> Result<(), LogError> {
    let settings = LogSettings { filter: "info".into(), format: LogFormat::Json };
    init_logs(&settings)?;
    tracing::info!(port_name = "smtp", address = "127.0.0.1:2525", revision = 7, "listening");
    tracing::debug!("too fine to be told");
    match init_logs(&settings) {
        Err(LogError::AlreadySet) => Ok(()),
        _ => std::process::exit(1),
    }
}
