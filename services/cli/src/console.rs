//! Where a command reads and writes: the process's own streams, or buffers in tests.

use std::fmt;
use std::io::{self, BufRead, IsTerminal as _, Read as _, Write};

use crate::{Failure, Output};

mod hidden;
use hidden::Hidden;

/// Longest answer or password that is read, in octets.
const INPUT_LIMIT: u64 = 4096;

/// Standard input, output and error of a command.
pub struct Console {
    out: Box<dyn Write + Send>,
    err: Box<dyn Write + Send>,
    input: Box<dyn BufRead + Send>,
    interactive: bool,
    /// Whether `input` is the terminal of this process, which shows what is typed.
    terminal: bool,
}

impl Console {
    /// The streams of this process.
    #[must_use]
    pub fn process() -> Self {
        Self {
            interactive: io::stdin().is_terminal() && io::stderr().is_terminal(),
            terminal: io::stdin().is_terminal(),
            out: Box::new(io::stdout()),
            err: Box::new(io::stderr()),
            input: Box::new(io::BufReader::new(io::stdin())),
        }
    }

    /// Given streams; `interactive` says whether somebody is there to answer questions.
    #[must_use]
    pub fn new(
        out: Box<dyn Write + Send>,
        err: Box<dyn Write + Send>,
        input: Box<dyn BufRead + Send>,
        interactive: bool,
    ) -> Self {
        Self { out, err, input, interactive, terminal: false }
    }

    /// Writes a text and a line end to standard output, at once.
    ///
    /// # Errors
    /// [`Failure::OutputClosed`] when the reader has gone, [`Failure::Local`] for other faults of writing.
    pub fn line(&mut self, text: &str) -> Result<(), Failure> {
        let written = self
            .out
            .write_all(text.as_bytes())
            .and_then(|()| self.out.write_all(b"\n"))
            .and_then(|()| self.out.flush());
        written.map_err(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::OutputClosed,
            _ => Failure::Local(format!("cannot write the output: {error}")),
        })
    }

    /// Writes a result in the form that was asked for: the value for programs, the text for people.
    ///
    /// # Errors
    /// As [`Self::line`].
    pub fn print(
        &mut self,
        output: Output,
        value: &impl serde::Serialize,
        text: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        let cannot = |form: &str, error: &dyn fmt::Display| Failure::Local(format!("cannot write {form}: {error}"));
        let text = match output {
            Output::Table => text(),
            Output::Json => serde_json::to_string_pretty(value).map_err(|error| cannot("JSON", &error))?,
            Output::Yaml => {
                let text = serde_yaml_ng::to_string(value).map_err(|error| cannot("YAML", &error))?;
                text.trim_end().to_owned()
            }
        };
        self.line(&text)
    }

    /// Writes a remark to standard error. A remark that cannot be written is lost.
    pub fn remark(&mut self, text: &str) {
        let _lost = writeln!(self.err, "{text}").and_then(|()| self.err.flush());
    }

    /// Writes a failure to standard error.
    pub fn complain(&mut self, failure: &Failure) {
        if !matches!(failure, Failure::OutputClosed | Failure::Differs) {
            self.remark(&format!("postroad: {failure}"));
        }
    }

    /// Whether somebody is there to answer questions.
    #[must_use]
    pub const fn is_interactive(&self) -> bool {
        self.interactive
    }

    /// Asks a question that is answered by yes or no.
    ///
    /// # Errors
    /// [`Failure::Local`] when it cannot be asked or the answer cannot be read.
    pub fn confirm(&mut self, question: &str) -> Result<bool, Failure> {
        let asked = write!(self.err, "{question} [y/N] ").and_then(|()| self.err.flush());
        asked.map_err(|error| Failure::Local(format!("cannot ask: {error}")))?;
        let answer = self.read_line()?;
        Ok(matches!(answer.trim(), "y" | "Y" | "yes" | "Yes" | "YES"))
    }

    /// Asks for one line; blanks at its ends are dropped.
    ///
    /// # Errors
    /// As [`Self::read_line`], and [`Failure::Usage`] when the input has ended.
    pub fn ask(&mut self, question: &str) -> Result<String, Failure> {
        let asked = write!(self.err, "{question} ").and_then(|()| self.err.flush());
        asked.map_err(|error| Failure::Local(format!("cannot ask: {error}")))?;
        let ended = self.input.fill_buf().map(<[u8]>::is_empty);
        if ended.map_err(|error| Failure::Local(format!("cannot read standard input: {error}")))? {
            return Err(Failure::usage("The input ended before everything was answered; nothing was done."));
        }
        Ok(self.read_line()?.trim().to_owned())
    }

    /// Asks for one line that the terminal does not show.
    ///
    /// # Errors
    /// As [`Self::read_line`], and [`Failure::Local`] when it cannot be asked or the terminal cannot be made to hide it.
    pub fn ask_hidden(&mut self, question: &str) -> Result<String, Failure> {
        let hidden = if self.terminal { Some(Hidden::begin()) } else { None };
        let _until_it_is_read = hidden
            .transpose()
            .map_err(|error| Failure::Local(format!("cannot hide what is typed at this terminal: {error}")))?;
        let asked = write!(self.err, "{question} ").and_then(|()| self.err.flush());
        asked.map_err(|error| Failure::Local(format!("cannot ask: {error}")))?;
        self.read_line()
    }

    /// Reads one line of standard input, without its end.
    ///
    /// # Errors
    /// [`Failure::Local`] when it cannot be read, [`Failure::Usage`] when it is too long or no UTF-8.
    pub fn read_line(&mut self) -> Result<String, Failure> {
        let mut line = Vec::new();
        (&mut self.input)
            .take(INPUT_LIMIT + 1)
            .read_until(b'\n', &mut line)
            .map_err(|error| Failure::Local(format!("cannot read standard input: {error}")))?;
        if line.len() as u64 > INPUT_LIMIT {
            return Err(Failure::usage(format!("The line on standard input is longer than {INPUT_LIMIT} octets.")));
        }
        String::from_utf8(line)
            .map(|text| text.trim_end_matches(['\r', '\n']).to_owned())
            .map_err(|_not_shown| Failure::usage("The line on standard input is not UTF-8 text."))
    }
}

impl fmt::Debug for Console {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Console").field("interactive", &self.interactive).finish_non_exhaustive()
    }
}
