//! `cargo xtask test`: installs what the tests need and runs them all; it is what CI runs. `cargo xtask rules`: makes the
//! table of rules anew. `cargo xtask protos`: agrees to the protos as they are.

use std::process::ExitCode;

fn main() -> ExitCode {
    match xtask::run(std::env::args().skip(1)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            xtask::say(&format!("xtask: {error:#}"));
            ExitCode::from(2)
        }
    }
}
