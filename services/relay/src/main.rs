//! Entry point of `postroad-relay`.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::Parser;
use postroad_lifecycle::{SettingsError, Shutdown, exit_code, run_to_end};
use postroad_relay::{App, Settings};
use postroad_telemetry::{LogFormat, LogSettings, Telemetry};

/// Accepts SMTP and hands each message to its smart host while the client waits.
#[derive(Parser)]
#[command(name = "postroad-relay", version)]
struct Program {
    #[command(flatten)]
    settings: Settings,

    /// Share of the transactions that are traced, 0 to 1; failures always are
    #[arg(long, env = "POSTROAD_TRACE_SAMPLE_RATIO", default_value_t = 0.05)]
    trace_sample_ratio: f64,

    /// Where traces go, OTLP over gRPC [default: what the OTEL_* variables say; none: off]
    #[arg(long, env = "POSTROAD_OTLP_ENDPOINT", value_name = "URL")]
    otlp_endpoint: Option<String>,

    /// What is logged, for example info or postroad_pipeline=debug
    #[arg(long, env = "POSTROAD_LOG", default_value = "info", value_name = "FILTER")]
    log: String,

    /// Check the settings, report everything that is wrong with them, and exit
    #[arg(long)]
    check: bool,
}

/// How long a collector may take for what it has not got yet.
const LAST_TRACES: Duration = Duration::from_secs(3);

fn main() -> ExitCode {
    let ended = run_to_end(Box::pin(run(Program::parse()))).context("the system gives no threads");
    exit_code("postroad-relay", ended.flatten())
}

async fn run(program: Program) -> anyhow::Result<()> {
    let (mut problems, warnings) =
        if program.check { program.settings.check() } else { (program.settings.problems(), Vec::new()) };
    let logs = postroad_telemetry::init_logs(&LogSettings { filter: program.log, format: LogFormat::Json });
    problems.extend(logs.err().map(|error| format!("--log: {error}")));
    if !(0.0..=1.0).contains(&program.trace_sample_ratio) {
        problems.push(format!("--trace-sample-ratio {}: write a number from 0 to 1", program.trace_sample_ratio));
    }
    for warning in warnings {
        tracing::warn!("{warning}");
    }
    SettingsError::report(problems)?;
    if program.check {
        return Ok(());
    }
    let mut settings = postroad_telemetry::Settings::new("postroad-relay", env!("CARGO_PKG_VERSION"));
    settings.relay = program.settings.relay_name();
    settings.site.clone_from(&program.settings.site);
    settings.endpoint = program.otlp_endpoint;
    settings.sample_ratio = program.trace_sample_ratio;
    postroad_lifecycle::raise_open_file_limit();
    let telemetry = Telemetry::start(settings).context("telemetry")?;
    let app = App::build(program.settings, telemetry.recorder()).await?;
    let left = app.run(Shutdown::on_signals()?).await;
    telemetry.shutdown(left.min(LAST_TRACES)).await;
    Ok(())
}
