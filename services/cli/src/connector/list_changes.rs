//! Single entries to add to lists or to take out, where a plain flag would replace the whole list.

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use postroad_api::connector::v1::Connector;

use super::catalogue::FIELDS;
use super::change::Change;
use super::field::{Field, Kind};
use super::flags::entry_name;
use crate::{Failure, address_space, smart_host};

/// The entries to add and to take out, by list.
#[derive(Clone, Default)]
pub(super) struct ListChanges(Vec<ListChange>);

#[derive(Clone)]
struct ListChange {
    field: &'static Field,
    add: Vec<String>,
    remove: Vec<String>,
}

impl std::fmt::Debug for ListChanges {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|it| (it.field.flag, &it.add, &it.remove))).finish()
    }
}

fn lists() -> impl Iterator<Item = &'static Field> {
    FIELDS.iter().filter(|field| field.is_list())
}

impl Args for ListChanges {
    fn augment_args(command: Command) -> Command {
        lists().fold(command, |command, field| {
            let argument = |verb: &str, help: String| {
                Arg::new(format!("{verb}-{}", field.flag))
                    .long(format!("{verb}-{}", field.flag))
                    .value_name(if verb == "remove" && field.path == "labels" { "KEY" } else { entry_name(field) })
                    .action(ArgAction::Append)
                    .conflicts_with(field.flag)
                    .help_heading("Single entries of lists")
                    .help(help)
            };
            let (add, remove) = match field.kind {
                Kind::Spaces => ("; one for the same recipients gets the new cost", ", whatever its cost"),
                Kind::Hosts => (" at the end", "; without :PORT every entry of that host"),
                Kind::Labels => ("; a key that is there gets the new value", ""),
                _ => ("", ""),
            };
            let label = field.label;
            command
                .arg(argument("add", format!("Add to the list \"{label}\"{add}")))
                .arg(argument("remove", format!("Take out of the list \"{label}\"{remove}")))
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for ListChanges {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = |field: &'static Field| {
            let texts = |verb: &str| {
                let texts = matches.get_many::<String>(&format!("{verb}-{}", field.flag));
                texts.map(|texts| texts.cloned().collect::<Vec<_>>()).unwrap_or_default()
            };
            let change = ListChange { field, add: texts("add"), remove: texts("remove") };
            (!change.add.is_empty() || !change.remove.is_empty()).then_some(change)
        };
        Ok(Self(lists().filter_map(given).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl ListChanges {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a problem for each entry that cannot be read.
    pub(super) fn check(&self, problems: &mut Vec<String>) {
        for change in &self.0 {
            let removed: &[String] = if matches!(change.field.kind, Kind::Labels) { &[] } else { &change.remove };
            for (verb, texts) in [("add", change.add.as_slice()), ("remove", removed)] {
                let wrong = change.field.put_texts(&mut Connector::default(), texts).err().unwrap_or_default();
                problems.extend(
                    wrong.into_iter().map(|(text, why)| format!("--{verb}-{} \"{text}\": {why}", change.field.flag)),
                );
            }
        }
    }

    /// Puts the changed lists into the change.
    ///
    /// # Errors
    /// When an entry to take out is not there.
    pub(super) fn apply(&self, current: &Connector, change: &mut Change) -> Result<(), Failure> {
        let mut problems = Vec::new();
        for it in &self.0 {
            let texts = it.texts(current, &mut problems);
            let unread = it.field.put_texts(&mut change.connector, &texts).err().unwrap_or_default();
            problems.extend(unread.into_iter().map(|(text, why)| format!("{} \"{text}\": {why}", it.field.path)));
            change.mask.push(it.field.path.to_owned());
        }
        if problems.is_empty() { Ok(()) } else { Err(Failure::Usage(problems)) }
    }
}

impl ListChange {
    /// The entries as they are to be.
    fn texts(&self, current: &Connector, problems: &mut Vec<String>) -> Vec<String> {
        let before = self.field.texts(current);
        let mut texts = before.clone();
        for gone in &self.remove {
            let count = texts.len();
            texts.retain(|text| !self.names(gone, text));
            if texts.len() == count {
                problems.push(format!(
                    "--remove-{} \"{gone}\": The connector has no such entry; it has {}.",
                    self.field.flag,
                    if before.is_empty() { "none".to_owned() } else { before.join(", ") }
                ));
            }
        }
        for new in &self.add {
            let twin = |text: &String| match self.field.kind {
                Kind::Hosts => false,
                Kind::Labels => key(text) == key(new),
                _ => self.names(new, text),
            };
            match texts.iter_mut().find(|text| twin(text)) {
                Some(text) => text.clone_from(new),
                None => texts.push(new.clone()),
            }
        }
        texts
    }

    /// Whether what an operator wrote names an entry that is there.
    fn names(&self, wanted: &str, present: &str) -> bool {
        match self.field.kind {
            Kind::Spaces => match (address_space::parse(wanted), address_space::parse(present)) {
                (Ok(wanted), Ok(present)) => address_space::same_recipients(&wanted, &present),
                _ => wanted == present,
            },
            Kind::Hosts => match (smart_host::parse(wanted), smart_host::parse(present)) {
                (Ok(wanted), Ok(present)) => smart_host::names(&wanted, &present),
                _ => wanted == present,
            },
            Kind::Labels => key(wanted) == key(present),
            Kind::Choices(choices, ..) => choices.parse(wanted).ok() == choices.parse(present).ok(),
            _ => wanted.eq_ignore_ascii_case(present),
        }
    }
}

fn key(pair: &str) -> &str {
    pair.split_once('=').map_or(pair, |(key, _)| key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        fields: super::super::Fields,
        #[command(flatten)]
        lists: ListChanges,
    }

    fn lists(line: &[&str]) -> ListChanges {
        Line::try_parse_from(std::iter::once(&"x").chain(line)).unwrap().lists
    }

    fn connector() -> Connector {
        Connector {
            address_spaces: vec![address_space::parse("a.example;5").unwrap(), address_space::parse("*").unwrap()],
            smart_hosts: vec![smart_host::parse("h:25").unwrap(), smart_host::parse("h:26").unwrap()],
            source_relays: vec!["edge-1".into()],
            labels: [("a".to_owned(), "1".to_owned()), ("b".to_owned(), "2".to_owned())].into(),
            ..Connector::default()
        }
    }

    #[test]
    fn entries_are_added_and_taken_out() {
        let lists = lists(&[
            "--add-address-space=*;7",
            "--add-address-space=b.example",
            "--remove-address-space=A.example",
            "--add-smart-host=i",
            "--remove-smart-host=H:26",
            "--add-source-relay=EDGE-1",
            "--add-source-relay=group:edge",
            "--remove-label=a",
            "--add-label=b=3",
        ]);
        let mut change = Change::default();
        lists.apply(&connector(), &mut change).unwrap();
        let texts = |path| super::super::catalogue::field(path).unwrap().texts(&change.connector);
        assert_eq!(texts("address_spaces"), ["SMTP:*;7", "SMTP:b.example;1"]);
        assert_eq!(texts("smart_hosts"), ["h:25", "i"]);
        assert_eq!(texts("source_relays"), ["EDGE-1", "group:edge"]);
        assert_eq!(texts("labels"), ["b=3"]);
        assert_eq!(change.mask, ["address_spaces", "smart_hosts", "source_relays", "labels"]);
    }

    #[test]
    fn taking_out_what_is_not_there_names_what_is() {
        let lists =
            lists(&["--remove-address-space=c.example", "--remove-smart-host=h:27", "--remove-sender-filter=x"]);
        let text = lists.apply(&connector(), &mut Change::default()).unwrap_err().to_string();
        assert!(text.contains("SMTP:a.example;5, SMTP:*;1") && text.contains("h:25, h:26"), "{text}");
        assert!(text.contains("it has none"), "{text}");
    }

    #[test]
    fn a_plain_list_and_single_entries_exclude_each_other() {
        assert!(Line::try_parse_from(["x", "--smart-host=h", "--add-smart-host=i"]).is_err());
    }
}
