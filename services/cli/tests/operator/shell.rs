//! Runs command lines in this process and keeps what they print.

use std::io::Write;
use std::sync::{Arc, Mutex};

use clap::Parser as _;
use postroad::{Cli, Console};

/// Where a command line is run.
pub(crate) struct Shell {
    url: String,
    input: String,
    interactive: bool,
    out: Buffer,
    err: Buffer,
}

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(octets)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Buffer {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Shell {
    /// A shell without a terminal, for the control plane at `url`.
    pub(crate) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            input: String::new(),
            interactive: false,
            out: Buffer::default(),
            err: Buffer::default(),
        }
    }

    /// With a text on standard input.
    pub(crate) fn input(mut self, text: &str) -> Self {
        self.input = text.to_owned();
        self
    }

    /// With somebody at the terminal.
    pub(crate) fn interactive(mut self) -> Self {
        self.interactive = true;
        self
    }

    /// Runs a command line and returns its exit code.
    pub(crate) async fn run(&mut self, line: &[&str]) -> u8 {
        let whole = ["postroad", "--server", &self.url].into_iter().chain(line.iter().copied());
        let cli = Cli::try_parse_from(whole).unwrap();
        let input = Box::new(std::io::Cursor::new(self.input.clone().into_bytes()));
        let mut console = Console::new(Box::new(self.out.clone()), Box::new(self.err.clone()), input, self.interactive);
        match postroad::run(cli, &mut console).await {
            Ok(()) => 0,
            Err(failure) => {
                console.complain(&failure);
                failure.exit_code()
            }
        }
    }

    /// Standard output so far.
    pub(crate) fn out(&self) -> String {
        self.out.text()
    }

    /// Standard error so far.
    pub(crate) fn err(&self) -> String {
        self.err.text()
    }
}
