//! Large configurations: what they cost (G8, TH26).

use std::time::{Duration, Instant};

use postroad_api::connector::v1 as admin;
use postroad_api::connector::v1::connector_change::Change;
use postroad_control_plane::App;

use crate::bench::{Bench, connector, settings};

/// Connectors of the long run.
const MANY: usize = 100_000;
/// From the start to serving, at most (G8).
const BOOT: Duration = Duration::from_secs(5);

/// Fills a store and starts from it; a part of `cargo xtask test --long`. Alone: `POSTROAD_LONG=1 cargo test --release -p
/// postroad-control-plane --test it scale -- --nocapture`.
#[tokio::test(flavor = "multi_thread")]
#[allow(clippy::print_stdout, reason = "the figures are what it is run for")]
async fn th26_g8_a_hundred_thousand_connectors_are_served_within_five_seconds() {
    if std::env::var_os("POSTROAD_LONG").is_none() {
        println!(
            "SKIPPED th26_g8_a_hundred_thousand_connectors_are_served_within_five_seconds: filling the store takes a \
             minute; cargo xtask test --long does it"
        );
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(folder.path()).await;
    let begun = Instant::now();
    for batch in 0..MANY / 1_000 {
        let changes = (0..1_000).map(|at| {
            let mut one = connector(&format!("connector {batch} {at}"));
            one.address_spaces[0].space = format!("d{at}.b{batch}.example");
            one.comment = "c".repeat(700);
            admin::ConnectorChange { change: Some(Change::Create(one)) }
        });
        let request = admin::BatchApplyRequest { changes: changes.collect(), ..Default::default() };
        bench.connectors.batch_apply(request).await.unwrap();
    }
    let filled = begun.elapsed();
    let begun = Instant::now();
    bench.create(connector("one more")).await.unwrap_err();
    let refused = begun.elapsed();
    let mut one = bench.get("connector 7 7").await.unwrap();
    one.comment = "changed".into();
    let begun = Instant::now();
    bench.update(one, &["comment"]).await.unwrap();
    let written = begun.elapsed();
    bench.stop().await;

    let begun = Instant::now();
    let app = App::build(settings(folder.path())).await.unwrap();
    let boot = begun.elapsed();
    drop(app);
    println!(
        "{MANY} connectors: filled in {filled:.1?} (batches of 1000), start to serving {boot:.2?}, one write {written:.2?}, \
         refusal of one too many {refused:.2?}"
    );
    assert!(boot < BOOT, "start to serving took {boot:?}");
}
