use std::path::{Path, PathBuf};

use crate::over::{Over, Way};
use crate::{Setting, Step};

/// A conversation as its file tells it.
#[derive(Clone, Debug)]
pub struct Dialogue {
    /// The name of its file, without `.smtp`.
    pub name: String,
    /// Whom the client talks to, and who it is.
    pub setting: Setting,
    /// It is told over a socket in one of the ways only.
    pub over: Option<Over>,
    /// What happens, each with the number of its line.
    pub steps: Vec<(usize, Step)>,
}

impl Dialogue {
    /// Reads a dialogue.
    ///
    /// # Errors
    /// Every line that is wrong.
    pub fn parse(name: &str, text: &str) -> Result<Self, Vec<String>> {
        let mut dialogue = Self { name: name.to_owned(), setting: Setting::default(), over: None, steps: Vec::new() };
        let mut wrong = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            if let Err(error) = dialogue.line(number, line) {
                wrong.push(format!("{name}.smtp:{number}: {error}"));
            }
        }
        wrong.extend(dialogue.over_is_amiss().map(|error| format!("{name}.smtp: {error}")));
        if wrong.is_empty() { Ok(dialogue) } else { Err(wrong) }
    }

    /// What the listener and the steps say of the ways, and the dialogue does not.
    fn over_is_amiss(&self) -> Option<&'static str> {
        let over = self.over.as_ref().map(|over| over.way);
        let shakes_hands = self.steps.iter().any(|(_, step)| *step == Step::Tls);
        match over {
            Some(Way::Tls) | None if shakes_hands => Some("it begins in clear; write ** over clear: and why"),
            Some(Way::Clear) | None if self.setting.implicit_tls => Some("it is all TLS; write ** over tls: and why"),
            _ => None,
        }
    }

    fn line(&mut self, number: usize, line: &str) -> Result<(), String> {
        if let Some(words) = line.strip_prefix("** listener ") {
            return if self.steps.is_empty() {
                self.setting.listener(words)
            } else {
                Err("a listener is described at the top".to_owned())
            };
        }
        if let Some(words) = line.strip_prefix("** over ") {
            if !self.steps.is_empty() {
                return Err("in which way it is told stands at the top".to_owned());
            }
            self.over = Some(Over::parse(words)?);
            return Ok(());
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
}
