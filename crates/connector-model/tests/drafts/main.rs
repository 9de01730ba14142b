//! The operator's table of refused combinations, row by row; the defaults and ranges of every field; and the stored form
//! of what is accepted.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod defaults;
mod ranges;
mod refused_accounts;
mod refused_lists;
mod refused_names;
mod refused_tls;
mod refused_values;
mod round_trip;
mod sound;
mod stored_form;
mod warned;
