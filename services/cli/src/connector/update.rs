//! `postroad connector update`.

use std::path::PathBuf;

use clap::Args;
use postroad_api::connector::v1::{Connector, UpdateConnectorRequest};

use super::change::Change;
use super::{Fields, arguments, file, read, view};
use crate::client::{ControlPlane, Reach};
use crate::{Console, Failure, Output, address_space, smart_host};

/// What to change.
#[derive(Args, Debug)]
pub(crate) struct UpdateArguments {
    /// Id or name.
    #[arg(required_unless_present = "file", conflicts_with = "file")]
    connector: Option<String>,
    #[command(flatten)]
    fields: Fields,
    #[command(flatten)]
    lists: ListChanges,
    /// Read changes from a YAML file, as with create. A connector is found by its id, else by its name; the keys that
    /// are present are changed, the others stay.
    #[arg(short = 'f', long = "file", value_name = "FILE")]
    file: Option<PathBuf>,
    /// Let the control plane check everything, and store nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Single entries to add to lists or to take out, where a plain flag would replace the whole list.
#[derive(Args, Clone, Debug, Default)]
struct ListChanges {
    /// Add an address space; one for the same recipients gets the new cost.
    #[arg(long, value_name = "SPACE", conflicts_with = "address_spaces")]
    add_address_space: Vec<String>,
    /// Take out an address space, whatever its cost.
    #[arg(long, value_name = "SPACE", conflicts_with = "address_spaces")]
    remove_address_space: Vec<String>,
    /// Add a smart host at the end.
    #[arg(long, value_name = "HOST", conflicts_with = "smart_hosts")]
    add_smart_host: Vec<String>,
    /// Take out a smart host; without :PORT every entry of that host.
    #[arg(long, value_name = "HOST", conflicts_with = "smart_hosts")]
    remove_smart_host: Vec<String>,
}

/// Reads the connectors, then sends the changes with their masks and the etags that were read.
pub(super) async fn run(
    arguments: UpdateArguments,
    reach: &Reach,
    output: Output,
    console: &mut Console,
) -> Result<(), Failure> {
    let several = arguments.file.is_some();
    let dry_run = arguments.dry_run;
    let mut wanted = changes(&arguments)?;
    for (_, change) in &mut wanted {
        change.fetch_password(console)?;
    }
    let control_plane = reach.connect().await?;
    let mut requests = Vec::new();
    for (name, change) in wanted {
        requests.push(request(&control_plane, &name, change, &arguments.lists).await?);
    }
    if requests.len() > 1 && !dry_run {
        send_all(&control_plane, &requests, true).await?;
    }
    let updated = send_all(&control_plane, &requests, dry_run).await?;
    updated.iter().flat_map(view::warnings).for_each(|warning| console.remark(&warning));
    match output {
        Output::Json if several => console.json(&updated.iter().map(view::Json::new).collect::<Vec<_>>()),
        Output::Json => updated.iter().try_for_each(|connector| console.json(&view::Json::new(connector))),
        Output::Table => updated.iter().try_for_each(|connector| console.line(&sentence(connector, dry_run))),
    }
}

fn sentence(connector: &Connector, dry_run: bool) -> String {
    let name = view::quoted(&connector.name);
    if dry_run {
        return format!("the change of connector {name} would be accepted; nothing was stored");
    }
    format!("updated connector {name}, revision {}", connector.revision)
}

/// The connectors to change, by id or name, each with the change.
fn changes(arguments: &UpdateArguments) -> Result<Vec<(String, Change)>, Failure> {
    let mut problems = Vec::new();
    let flags = arguments.fields.clone().change(&mut problems);
    arguments.lists.check(&mut problems);
    let flagged = !flags.is_empty() || !arguments.lists.is_empty();
    let mut wanted = Vec::new();
    match (&arguments.file, &arguments.connector) {
        (Some(_), _) if flagged => {
            problems.push("-f and flags of fields exclude each other: write the fields into the file.".to_owned());
        }
        (Some(path), _) => {
            for entry in file::read(path)? {
                match entry.target() {
                    Ok(target) => wanted.push(target),
                    Err(problem) => problems.push(problem),
                }
            }
        }
        (None, Some(name)) if flagged => wanted.push((name.clone(), flags)),
        (None, _) if problems.is_empty() => {
            problems.push("Say what to change, for example --enabled false; --help lists the fields.".to_owned());
        }
        (None, _) => {}
    }
    if problems.is_empty() { Ok(wanted) } else { Err(Failure::Usage(problems)) }
}

/// The request for one connector, made from its state as it is now.
async fn request(
    control_plane: &ControlPlane,
    name: &str,
    mut change: Change,
    lists: &ListChanges,
) -> Result<UpdateConnectorRequest, Failure> {
    let current = read::fetch(control_plane, name).await?;
    lists.apply(&current, &mut change)?;
    let mut connector = change.connector;
    connector.id = current.id;
    connector.etag = current.etag;
    Ok(UpdateConnectorRequest { connector: Some(connector), update_mask: change.mask, ..Default::default() })
}

async fn send_all(
    control_plane: &ControlPlane,
    requests: &[UpdateConnectorRequest],
    validate_only: bool,
) -> Result<Vec<Connector>, Failure> {
    let mut answers = Vec::new();
    for request in requests {
        let mut service = control_plane.connectors();
        let request = UpdateConnectorRequest { validate_only, ..request.clone() };
        let id = request.connector.as_ref().map(|c| c.id.clone()).unwrap_or_default();
        let answer = control_plane.answer(service.update_connector(request)).await;
        answers.push(answer.map_err(|failure| match requests {
            [_] => failure,
            _ => failure.about(&id),
        })?);
    }
    Ok(answers)
}

impl ListChanges {
    fn is_empty(&self) -> bool {
        [&self.add_address_space, &self.remove_address_space, &self.add_smart_host, &self.remove_smart_host]
            .iter()
            .all(|list| list.is_empty())
    }

    /// Adds a problem for each entry that cannot be read.
    fn check(&self, problems: &mut Vec<String>) {
        arguments::address_spaces("--add-address-space", &self.add_address_space, problems);
        arguments::address_spaces("--remove-address-space", &self.remove_address_space, problems);
        arguments::smart_hosts("--add-smart-host", &self.add_smart_host, problems);
        arguments::smart_hosts("--remove-smart-host", &self.remove_smart_host, problems);
    }

    /// Puts the changed lists into the change.
    ///
    /// # Errors
    /// When an entry to take out is not there.
    fn apply(&self, current: &Connector, change: &mut Change) -> Result<(), Failure> {
        let mut problems = Vec::new();
        if !self.add_address_space.is_empty() || !self.remove_address_space.is_empty() {
            let spaces = self.spaces(current, &mut problems);
            change.set("address_spaces", Some(spaces), |c, spaces| c.address_spaces = spaces);
        }
        if !self.add_smart_host.is_empty() || !self.remove_smart_host.is_empty() {
            let hosts = self.hosts(current, &mut problems);
            change.set("smart_hosts", Some(hosts), |c, hosts| c.smart_hosts = hosts);
        }
        if problems.is_empty() { Ok(()) } else { Err(Failure::Usage(problems)) }
    }

    fn spaces(
        &self,
        current: &Connector,
        problems: &mut Vec<String>,
    ) -> Vec<postroad_api::connector::v1::AddressSpace> {
        let mut spaces = current.address_spaces.clone();
        for gone in arguments::address_spaces("--remove-address-space", &self.remove_address_space, problems) {
            let before = spaces.len();
            spaces.retain(|space| !address_space::same_recipients(&gone, space));
            if spaces.len() == before {
                let there: Vec<_> = current.address_spaces.iter().map(address_space::show).collect();
                problems.push(absent("--remove-address-space", &address_space::show(&gone), &there));
            }
        }
        for new in arguments::address_spaces("--add-address-space", &self.add_address_space, problems) {
            match spaces.iter_mut().find(|space| address_space::same_recipients(&new, space)) {
                Some(space) => *space = new,
                None => spaces.push(new),
            }
        }
        spaces
    }

    fn hosts(&self, current: &Connector, problems: &mut Vec<String>) -> Vec<postroad_api::connector::v1::SmartHost> {
        let mut hosts = current.smart_hosts.clone();
        for gone in arguments::smart_hosts("--remove-smart-host", &self.remove_smart_host, problems) {
            let before = hosts.len();
            hosts.retain(|host| !smart_host::names(&gone, host));
            if hosts.len() == before {
                let there: Vec<_> = current.smart_hosts.iter().map(smart_host::show).collect();
                problems.push(absent("--remove-smart-host", &smart_host::show(&gone), &there));
            }
        }
        hosts.extend(arguments::smart_hosts("--add-smart-host", &self.add_smart_host, problems));
        hosts
    }
}

fn absent(flag: &str, entry: &str, there: &[String]) -> String {
    format!("{flag} \"{entry}\": The connector has no such entry; it has {}.", there.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connector() -> Connector {
        Connector {
            address_spaces: vec![address_space::parse("a.example;5").unwrap(), address_space::parse("*").unwrap()],
            smart_hosts: vec![smart_host::parse("h:25").unwrap(), smart_host::parse("h:26").unwrap()],
            ..Connector::default()
        }
    }

    #[test]
    fn entries_are_added_and_taken_out() {
        let lists = ListChanges {
            add_address_space: vec!["*;7".into(), "b.example".into()],
            remove_address_space: vec!["A.example".into()],
            add_smart_host: vec!["i".into()],
            remove_smart_host: vec!["H:26".into()],
        };
        let mut change = Change::default();
        lists.apply(&connector(), &mut change).unwrap();
        let spaces: Vec<_> = change.connector.address_spaces.iter().map(address_space::show).collect();
        assert_eq!(spaces, ["SMTP:*;7", "SMTP:b.example;1"]);
        let hosts: Vec<_> = change.connector.smart_hosts.iter().map(smart_host::show).collect();
        assert_eq!(hosts, ["h:25", "i"]);
        assert_eq!(change.mask, ["address_spaces", "smart_hosts"]);
    }

    #[test]
    fn taking_out_what_is_not_there_names_what_is() {
        let lists = ListChanges {
            remove_address_space: vec!["c.example".into()],
            remove_smart_host: vec!["h:27".into()],
            ..ListChanges::default()
        };
        let text = lists.apply(&connector(), &mut Change::default()).unwrap_err().to_string();
        assert!(text.contains("SMTP:a.example;5, SMTP:*;1") && text.contains("h:25, h:26"), "{text}");
    }
}
