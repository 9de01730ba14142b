//! Files of listeners, good and bad.

mod checks;
mod reference;
mod refusals;
mod warnings;

use std::path::Path;
use std::time::Duration;

use postroad_mail_types::HostName;

use super::{Base, ListenerSettings, Listeners, Mode};

fn base() -> Base {
    Base {
        host_name: HostName::parse("relay.example").unwrap(),
        data_timeout: Duration::from_secs(180),
        final_reply_timeout: Duration::from_secs(110),
    }
}

/// Reads a file of this text.
fn load(text: &str) -> Result<Vec<ListenerSettings>, Vec<String>> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    Listeners::load(file.path(), &base()).map(|(listeners, _warnings)| listeners)
}

fn problems(text: &str) -> Vec<String> {
    load(text).err().unwrap_or_default()
}

/// What the documentation says of the file.
fn document() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/LISTENERS.md");
    std::fs::read_to_string(path).unwrap()
}

/// The examples of the documentation are what it says they are.
#[test]
fn the_examples_of_the_documentation_are_good() {
    let text = document();
    let examples: Vec<_> = text.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let read: Vec<_> = examples.iter().map(|example| load(example).unwrap()).collect();
    let modes: Vec<_> = read.iter().flatten().map(|listener| listener.mode).collect();
    assert_eq!(modes, [Mode::Smtp, Mode::Submission, Mode::ImplicitTls]);
    assert!(read.iter().flatten().skip(1).all(ListenerSettings::requires_auth));
}
