use std::path::{Path, PathBuf};

use crate::{Setting, Step};

/// A conversation as its file tells it.
#[derive(Clone, Debug)]
pub struct Dialogue {
    /// The name of its file, without `.smtp`.
    pub name: String,
    /// Whom the client talks to, and who it is.
    pub setting: Setting,
    /// What happens, each with the number of its line.
    pub steps: Vec<(usize, Step)>,
}

impl Dialogue {
    /// Reads a dialogue.
    ///
    /// # Errors
    /// Every line that is wrong.
    pub fn parse(name: &str, text: &str) -> Result<Self, Vec<String>> {
        let mut dialogue = Self { name: name.to_owned(), setting: Setting::default(), steps: Vec::new() };
        let mut wrong = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            if let Err(error) = dialogue.line(number, line) {
                wrong.push(format!("{name}.smtp:{number}: {error}"));
            }
        }
        if wrong.is_empty() { Ok(dialogue) } else { Err(wrong) }
    }

    fn line(&mut self, number: usize, line: &str) -> Result<(), String> {
        if let Some(words) = line.strip_prefix("** listener ") {
            return if self.steps.is_empty() {
                self.setting.listener(words)
            } else {
                Err("a listener is described at the top".to_owned())
            };
        }
        if let Some(words) = line.strip_prefix("** offer ")
            && self.steps.is_empty()
        {
            self.setting.offer = crate::setting::offer(words)?;
            return Ok(());
        }
        self.steps.extend(Step::parse(line)?.map(|step| (number, step)));
        Ok(())
    }

    /// The place of a step, for whoever reads a failure.
    #[must_use]
    pub fn place(&self, number: usize) -> String {
        format!("tests/dialogs/{}.smtp:{number}", self.name)
    }

    /// Where the dialogues are.
    #[must_use]
    pub fn folder() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
    }

    /// All dialogues, by name.
    ///
    /// # Panics
    /// When one cannot be read; every line that is wrong is named.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut paths: Vec<PathBuf> =
            std::fs::read_dir(Self::folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.retain(|path| path.extension().is_some_and(|e| e == "smtp"));
        paths.sort();
        let (mut dialogues, mut wrong) = (Vec::new(), Vec::new());
        for path in paths {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            match Self::parse(&name, &std::fs::read_to_string(&path).unwrap()) {
                Ok(dialogue) => dialogues.push(dialogue),
                Err(lines) => wrong.extend(lines),
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        dialogues
    }

    /// It can be had over a socket too: nothing in it needs a clock, another configuration, or a fault of the relay.
    #[must_use]
    pub fn works_over_sockets(&self) -> bool {
        use crate::Question::{Login, Mail, Tls};
        !self.steps.iter().any(|(_, step)| {
            matches!(step, Step::Offer(_) | Step::Timeout(_) | Step::Shutdown | Step::Answer(Mail | Login | Tls, _))
        })
    }
}
