//! What is kept.

use postroad_mail_types::TraceContext;
use postroad_telemetry::{Recorder, Telemetry, TelemetryError, TransactionRecord, fresh_span_id};

use crate::scene::{self, SECOND};

/// Number of spans that each record leaves.
fn counts(ratio: f64, records: &[TransactionRecord]) -> Vec<usize> {
    let (settings, capture) = scene::capturing(ratio);
    let recorder = Telemetry::start(settings).unwrap().recorder();
    let mut before = 0;
    let count = |record| {
        recorder.record(record);
        let now = capture.spans().len();
        now - std::mem::replace(&mut before, now)
    };
    records.iter().map(count).collect()
}

#[test]
fn at_ratio_0_failures_are_kept_whole_and_successes_are_not() {
    let records = [scene::accepted(), scene::refused(), scene::failed_over(), scene::in_doubt(), scene::accepted()];
    assert_eq!(counts(0.0, &records), [0, 2, 3, 2, 0]);
    assert_eq!(counts(1.0, &records), [2, 2, 3, 2, 2]);
}

#[test]
fn keeping_failures_and_the_slow_are_settings() {
    let (mut settings, capture) = scene::capturing(0.0);
    settings.keep_errors = false;
    let recorder = Telemetry::start(settings.clone()).unwrap().recorder();
    recorder.record(&scene::in_doubt());
    assert_eq!(capture.spans().len(), 0);
    settings.slow_threshold = Some(3 * SECOND);
    let recorder = Telemetry::start(settings).unwrap().recorder();
    let mut record = scene::accepted();
    recorder.record(&record);
    assert_eq!(capture.spans().len(), 0, "three seconds are not more than three");
    record.end += SECOND / 1000;
    recorder.record(&record);
    assert_eq!(capture.spans().len(), 2);
}

#[test]
fn a_remote_parent_decides_within_the_ratio() {
    let mut record = scene::accepted();
    let mut with_flags = |flags| {
        record.parent = Some(TraceContext { trace_id: record.trace_id, span_id: fresh_span_id(), flags });
        record.clone()
    };
    let (sampled, unsampled) = (with_flags(1), with_flags(0));
    assert_eq!(counts(1.0, &[sampled.clone(), unsampled.clone()]), [2, 0]);
    assert_eq!(counts(0.0, &[sampled, unsampled]), [0, 0], "a parent cannot force more than the ratio");
}

/// The ratio is a share: of 2,000 transactions a quarter, within five standard deviations.
#[test]
fn the_ratio_is_a_share_of_transactions() {
    let (settings, capture) = scene::capturing(0.25);
    let recorder = Telemetry::start(settings).unwrap().recorder();
    (0..2000).for_each(|_| recorder.record(&scene::accepted()));
    let transactions = capture.spans().len() / 2;
    assert!((403..=597).contains(&transactions), "{transactions}");
}

#[test]
fn a_ratio_must_be_one() {
    for ratio in [-0.1, 1.5, f64::NAN] {
        let error = Telemetry::start(scene::capturing(ratio).0).unwrap_err();
        assert!(matches!(error, TelemetryError::SampleRatio(_)), "{error}");
    }
}

#[tokio::test]
async fn after_the_shutdown_a_recorder_does_nothing() {
    let (settings, capture) = scene::capturing(1.0);
    let telemetry = Telemetry::start(settings).unwrap();
    let recorder = telemetry.recorder();
    recorder.record(&scene::accepted());
    assert_eq!(telemetry.shutdown(SECOND).await, 0);
    recorder.record(&scene::accepted());
    Recorder::off().record(&scene::accepted());
    assert_eq!(capture.spans().len(), 2);
}
