//! The fields of a connector as command line flags, made from the table of fields.

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use super::account_flags::AccountFlags;
use super::catalogue::FIELDS;
use super::change::Change;
use super::choice::Choices;
use super::field::{Field, Kind};

/// Fields of a connector that flags name. What is not given keeps its default, or what it had.
#[derive(Clone, Default)]
pub(crate) struct Fields {
    given: Vec<(&'static Field, Vec<String>)>,
    pub(crate) account: AccountFlags,
}

impl std::fmt::Debug for Fields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.given.iter().map(|(field, texts)| (field.flag, texts))).finish()
    }
}

impl Args for Fields {
    fn augment_args(command: Command) -> Command {
        let mut command = command;
        for field in FIELDS {
            command = command.arg(argument(field));
            if field.path == "auth_mechanism" {
                command = AccountFlags::augment_args(command.next_help_heading(field.part)).next_help_heading(None);
            }
        }
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Fields {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = |field: &'static Field| {
            matches.get_many::<String>(field.flag).map(|texts| (field, texts.cloned().collect()))
        };
        Ok(Self { given: FIELDS.iter().filter_map(given).collect(), account: AccountFlags::from_arg_matches(matches)? })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn argument(field: &'static Field) -> Arg {
    let plain = Arg::new(field.flag).long(field.flag).help(field.help).help_heading(field.part);
    match &field.kind {
        // Said without a value it means true; only a field that is true anyway needs one.
        Kind::Switch(..) if field.path == "enabled" => plain.value_name("true|false"),
        Kind::Switch(..) => {
            plain.value_name("true|false").num_args(0..=1).require_equals(true).default_missing_value("true")
        }
        Kind::Choice(choices, ..) => {
            plain.value_name("NAME").value_parser(PossibleValuesParser::new(possible(choices))).ignore_case(true)
        }
        Kind::Choices(choices, ..) => plain.value_name("NAME").action(ArgAction::Append).help(format!(
            "{}: {}. Repeat it for more",
            field.help,
            choices.flag_values().join(", ")
        )),
        Kind::Number(..) => plain.value_name("NUMBER"),
        Kind::Size(..) => plain.value_name("SIZE"),
        Kind::Span(..) => plain.value_name("TIME"),
        Kind::Text(..) => plain.value_name("TEXT"),
        Kind::Texts(..) | Kind::Spaces | Kind::Hosts | Kind::Labels => plain
            .value_name(entry_name(field))
            .action(ArgAction::Append)
            .help(format!("{}. Repeat it for more", field.help)),
    }
}

/// The names in the spelling of flags; that of the API is understood too.
fn possible(choices: &Choices) -> Vec<PossibleValue> {
    let one = |name: String| PossibleValue::new(name.clone()).alias(name.replace('-', "_"));
    choices.flag_values().into_iter().map(one).collect()
}

/// What help texts call one entry of a list.
pub(super) fn entry_name(field: &Field) -> &'static str {
    match field.path {
        "address_spaces" => "SPACE",
        "smart_hosts" => "HOST",
        "labels" => "KEY=VALUE",
        "sender_filter" => "SENDER",
        "source_relays" => "RELAY",
        "custom_failures" => "REPLY",
        _ => "NAME",
    }
}

impl Fields {
    /// The change that the flags ask for. Every flag that cannot be read adds a line to `problems`.
    pub(crate) fn change(&self, problems: &mut Vec<String>) -> Change {
        let mut change = Change::default();
        for (field, texts) in &self.given {
            match field.put_texts(&mut change.connector, texts) {
                Ok(()) => change.mask.push(field.path.to_owned()),
                Err(wrong) => {
                    problems.extend(
                        wrong.into_iter().map(|(text, problem)| format!("--{} \"{text}\": {problem}", field.flag)),
                    );
                }
            }
        }
        change
    }

    /// Whether nothing is said.
    pub(crate) fn is_empty(&self) -> bool {
        self.given.is_empty() && self.account.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::sample;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        fields: Fields,
    }

    fn change(line: &[String]) -> (Change, Vec<String>) {
        let mut problems = Vec::new();
        let name = "x".to_owned();
        let line = Line::try_parse_from(std::iter::once(&name).chain(line)).unwrap();
        (line.fields.change(&mut problems), problems)
    }

    #[test]
    fn every_field_has_its_flag() {
        let wanted = sample();
        let flags = |field: &Field| {
            field.texts(&wanted).into_iter().map(|text| format!("--{}={text}", field.flag)).collect::<Vec<_>>()
        };
        let (change, problems) = change(&FIELDS.iter().flat_map(flags).collect::<Vec<_>>());
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(change.mask, FIELDS.iter().map(|field| field.path).collect::<Vec<_>>());
        for field in FIELDS {
            assert_eq!(field.json(&change.connector), field.json(&wanted), "{}", field.path);
        }
    }

    #[test]
    fn every_unreadable_flag_is_told() {
        let line = [
            "--address-space=x;low",
            "--smart-host=h:0",
            "--max-message-size=big",
            "--final-reply-timeout=5",
            "--port=-1",
            "--require-tls=maybe",
            "--label=x",
            "--error-policy=never",
        ];
        let (_, problems) = change(&line.map(str::to_owned));
        assert_eq!(problems.len(), line.len(), "{problems:#?}");
        let (_, twice) = change(&["--label=a=1".to_owned(), "--label=a=2".to_owned()]);
        assert!(twice[0].contains("given twice"), "{twice:?}");
    }

    #[test]
    fn an_empty_text_empties_a_list_and_nothing_said_is_nothing_changed() {
        let (emptied, problems) = change(&["--source-relay=".to_owned()]);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(
            (emptied.mask.as_slice(), emptied.connector.source_relays.len()),
            (&["source_relays".to_owned()][..], 0)
        );
        assert!(change(&[]).0.mask.is_empty());
    }

    #[test]
    fn a_secret_never_stands_on_the_command_line() {
        for flag in ["--password", "--token", "--client-secret", "--refresh-token", "--keytab"] {
            assert!(Line::try_parse_from(["x", flag, "p"]).is_err(), "{flag}");
        }
        assert!(Line::try_parse_from(["x", "--password-env=A", "--password-stdin"]).is_err());
    }
}
