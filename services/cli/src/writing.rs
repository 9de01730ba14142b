//! What every command that changes something has in common.

use clap::Args;

use crate::{Console, Failure};

/// How to go about a change.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(crate) struct Writing {
    /// Let the control plane check everything, and change nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do not ask, also where the command would.
    #[arg(long, short = 'y')]
    pub(crate) yes: bool,
}

impl Writing {
    /// Asks before something is taken away or many things change at once, unless that is not needed.
    ///
    /// # Errors
    /// [`Failure::Usage`] when the answer is not yes, or nobody is there to give it.
    pub(crate) fn allow(self, question: &str, console: &mut Console) -> Result<(), Failure> {
        if self.yes || self.dry_run {
            return Ok(());
        }
        self.can_ask(console)?;
        if console.confirm(question)? {
            return Ok(());
        }
        Err(Failure::usage("Nothing was changed: the answer was not yes."))
    }

    /// Whether a question that will come can be asked at all; so that nobody waits for it in vain.
    ///
    /// # Errors
    /// [`Failure::Usage`] when there is no terminal.
    pub(crate) fn can_ask(self, console: &Console) -> Result<(), Failure> {
        if self.yes || self.dry_run || console.is_interactive() {
            return Ok(());
        }
        Err(Failure::usage("The command asks before it does this, and there is no terminal to ask at: add --yes."))
    }
}

/// An id for one change: however often the change is sent, it is made once.
pub(crate) fn request_id() -> String {
    uuid::Uuid::new_v4().to_string()
}
