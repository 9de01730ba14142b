//! `postroad connector create --interactive`: step by step, as the wizard of Exchange does it.

use postroad_api::checked_connector;
use postroad_api::connector::v1::{AddressSpace, AuthMechanism, Connector, SmartHost};
use postroad_connector_model::ConnectorId;

use super::account::{Account, Basic};
use super::catalogue::field;
use super::change::Change;
use super::secret_slot::Slot;
use super::{equivalent, view};
use crate::secret::Source;
use crate::{Console, Failure};

/// Asks for everything that the wizard asks for; `None` when the last answer is no.
///
/// # Errors
/// When the input ends before all is answered.
pub(super) fn run(console: &mut Console) -> Result<Option<Connector>, Failure> {
    let mut c = Connector::default();
    console.remark("An empty answer takes the value in brackets; lists end with an empty line.\n");
    console.remark("Step 1 of 7: name and type");
    one("name", "Name", "", &mut c, console)?;
    one("usage", "Type (custom, internal, internet, partner)", "custom", &mut c, console)?;
    console.remark("\nStep 2 of 7: where the mail goes");
    hosts(&mut c, console)?;
    console.remark("\nStep 3 of 7: TLS");
    one("require_tls", "Require TLS (true, false)", "false", &mut c, console)?;
    console.remark("\nStep 4 of 7: authentication");
    if !c.smart_hosts.is_empty() {
        login(&mut c, console)?;
    } else {
        console.remark("By MX there is no login.");
    }
    console.remark("\nStep 5 of 7: which recipients, for example * or contoso.com;5");
    list("address_spaces", "Address space", true, &mut c, console)?;
    console.remark("\nStep 6 of 7: which relays open the connections");
    list("source_relays", "Source relay, or group:LABEL [every relay]", false, &mut c, console)?;
    console.remark("\nStep 7 of 7: scope");
    if c.source_relays.is_empty() {
        console.remark("Without source relays every site sees the connector.");
    } else {
        one("scoped", "Only for relays in the sites of these relays (true, false)", "false", &mut c, console)?;
    }
    summary(&c, console)?;
    Ok(console.confirm("Create this connector?")?.then_some(c))
}

fn summary(c: &Connector, console: &mut Console) -> Result<(), Failure> {
    console.remark(&format!("\n{}\n", view::sheet(c, false)));
    console.remark(&format!("The same without questions:\n\n{}\n", equivalent::command(c)));
    let problems = problems(c, &[]);
    if problems.is_empty() { Ok(()) } else { Err(Failure::Usage(problems)) }
}

/// Asks for one value until it is right.
fn one(path: &str, question: &str, default: &str, c: &mut Connector, console: &mut Console) -> Result<(), Failure> {
    loop {
        let shown = if default.is_empty() { String::new() } else { format!(" [{default}]") };
        let answer = console.ask(&format!("{question}{shown}:"))?;
        let answer = if answer.is_empty() { default.to_owned() } else { answer };
        let mut tried = c.clone();
        if accept(path, &[answer], &[path], &mut tried, console) {
            *c = tried;
            return Ok(());
        }
    }
}

/// Asks for the entries of a list, one after the other, until an empty answer.
fn list(path: &str, question: &str, needed: bool, c: &mut Connector, console: &mut Console) -> Result<(), Failure> {
    let Some(field) = field(path) else { return Ok(()) };
    loop {
        let answer = console.ask(&format!("{question}:"))?;
        let mut texts = field.texts(c);
        if answer.is_empty() {
            if needed && texts.is_empty() {
                console.remark("  At least one is needed.");
                continue;
            }
            return Ok(());
        }
        texts.push(answer);
        let mut tried = c.clone();
        if accept(path, &texts, &[path], &mut tried, console) {
            *c = tried;
        }
    }
}

/// Puts texts into a field, and says what is wrong with them by the rules of connectors.
fn accept(path: &str, texts: &[String], about: &[&str], c: &mut Connector, console: &mut Console) -> bool {
    let put = field(path).map_or(Ok(()), |field| field.put_texts(c, texts));
    let wrong: Vec<String> = match put {
        Err(wrong) => wrong.into_iter().map(|(_, why)| why).collect(),
        Ok(()) => problems(c, about),
    };
    wrong.iter().for_each(|problem| console.remark(&format!("  {problem}")));
    wrong.is_empty()
}

/// What the rules of connectors have against these fields; against all where none is named. What has not been asked yet
/// counts as right.
fn problems(c: &Connector, about: &[&str]) -> Vec<String> {
    let mut whole = c.clone();
    if !about.is_empty() {
        if whole.name.is_empty() {
            whole.name = "new".to_owned();
        }
        if whole.address_spaces.is_empty() {
            whole.address_spaces = vec![AddressSpace { space: "*".to_owned(), ..AddressSpace::default() }];
        }
        if whole.smart_hosts.is_empty() && whole.dns_routing == Some(false) {
            whole.smart_hosts = vec![SmartHost { host: "host.example".to_owned(), ..SmartHost::default() }];
        }
    }
    let checked = checked_connector(&whole, &ConnectorId::new("new"));
    let violations = checked.err().map(|violations| violations.0).unwrap_or_default();
    let fits = |field: &str| about.is_empty() || about.iter().any(|path| field.starts_with(path));
    violations.into_iter().filter(|v| fits(&v.field)).map(|v| format!("{}: {}", v.field, v.text)).collect()
}

fn hosts(c: &mut Connector, console: &mut Console) -> Result<(), Failure> {
    loop {
        match console.ask("Through smart hosts, or by MX of the recipient's domain (hosts, mx) [hosts]:")?.as_str() {
            "mx" => {
                c.dns_routing = Some(true);
                return Ok(());
            }
            "" | "hosts" => break,
            other => console.remark(&format!("  \"{other}\" is neither hosts nor mx.")),
        }
    }
    c.dns_routing = Some(false);
    list("smart_hosts", "Smart host, HOST[:PORT][,implicit-tls]", true, c, console)
}

fn login(c: &mut Connector, console: &mut Console) -> Result<(), Failure> {
    loop {
        let names = "none, basic, basic-require-tls, externally-secured";
        let answer = console.ask(&format!("How to log in ({names}) [none]:"))?;
        let answer = if answer.is_empty() { "none".to_owned() } else { answer };
        let mut tried = Change { connector: c.clone(), ..Change::default() };
        if !accept("auth_mechanism", &[answer], &["auth_mechanism"], &mut tried.connector, console) {
            continue;
        }
        match tried.connector.auth_mechanism() {
            AuthMechanism::None | AuthMechanism::ExternallySecured => {}
            AuthMechanism::Basic | AuthMechanism::BasicRequireTls => {
                let user = Some(console.ask("User name:")?);
                Account { basic: Some(Basic { user, password: None }), ..Account::default() }.apply(&mut tried);
                let password = Source::Input;
                Slot::Password.fetch(&password, &mut tried.connector, console)?;
            }
            _ => {
                console.remark("  This one needs more than is asked here: use the flags, see --help.");
                continue;
            }
        }
        let wrong = problems(&tried.connector, &["auth_mechanism", "credential", "smart_hosts"]);
        wrong.iter().for_each(|problem| console.remark(&format!("  {problem}")));
        if wrong.is_empty() {
            *c = tried.connector;
            return Ok(());
        }
    }
}
