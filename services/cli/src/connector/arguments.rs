//! The fields of a connector as command line flags.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use postroad_api::connector::v1::{AddressSpace, AuthMechanism, SmartHost};

use super::change::Change;
use crate::password::Source;
use crate::{address_space, byte_size, smart_host, span_of_time};

/// Fields of a connector. What is not given keeps its default, or what it had.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Fields {
    /// The operator's name for it: 1 to 64 characters, unique without regard to case.
    #[arg(long)]
    name: Option<String>,
    /// Free text.
    #[arg(long)]
    comment: Option<String>,
    /// False: route selection ignores the connector.
    #[arg(long, value_name = "true|false")]
    enabled: Option<bool>,
    /// Which recipients it serves: [TYPE:]SPACE[;COST], for example "*", "contoso.com" or "SMTP:*.contoso.com;5".
    /// Repeat it for more.
    #[arg(long = "address-space", value_name = "SPACE")]
    address_spaces: Vec<String>,
    /// Where its mail goes: HOST[:PORT][,implicit-tls], for example mail.contoso.com, 192.0.2.7:587 or
    /// "[2001:db8::1]:465,implicit-tls" (an IPv6 address with a port stands in square brackets). Repeat it for more;
    /// the next one is tried when one fails before the first byte of a message.
    #[arg(long = "smart-host", value_name = "HOST")]
    smart_hosts: Vec<String>,
    /// Port of every smart host without a port of its own; 25 when not given.
    #[arg(long)]
    port: Option<u16>,
    /// How to log in at the smart hosts.
    #[arg(long, value_enum)]
    auth: Option<Mechanism>,
    /// User name at the smart hosts.
    #[arg(long)]
    user: Option<String>,
    /// File whose text is the password; a line end at its end is dropped.
    #[arg(long, value_name = "FILE", group = "password")]
    password_file: Option<PathBuf>,
    /// Environment variable that holds the password.
    #[arg(long, value_name = "VAR", group = "password")]
    password_env: Option<String>,
    /// Read the password as one line of standard input.
    #[arg(long, group = "password")]
    password_stdin: bool,
    /// No TLS, no mail.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "true|false")]
    require_tls: Option<bool>,
    /// Never send STARTTLS, even where it is offered.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "true|false")]
    ignore_starttls: Option<bool>,
    /// The name said in EHLO; empty: the relay's own.
    #[arg(long, value_name = "NAME")]
    helo_name: Option<String>,
    /// Largest message, with B, KB, MB, GB or TB, or "unlimited"; 35MB when not given.
    #[arg(long, value_name = "SIZE")]
    max_message_size: Option<String>,
    /// How long to wait for a smart host's reply to the end of a message, for example 30s; 0: the listener's timer.
    #[arg(long, value_name = "TIME")]
    final_reply_timeout: Option<String>,
    /// A key and value for lists and filters. Repeat it for more; on update they replace all labels.
    #[arg(long = "label", value_name = "KEY=VALUE")]
    labels: Vec<String>,
}

/// How to log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Mechanism {
    /// No login.
    None,
    /// User name and password.
    Basic,
}

impl Fields {
    /// The change that the flags ask for. Every flag that cannot be read adds a line to `problems`.
    pub(crate) fn change(self, problems: &mut Vec<String>) -> Change {
        let mut change = Change::default();
        let spaces = address_spaces("--address-space", &self.address_spaces, problems);
        let hosts = smart_hosts("--smart-host", &self.smart_hosts, problems);
        let size = self.max_message_size.and_then(|text| read("--max-message-size", &text, byte_size::parse, problems));
        let timeout = self
            .final_reply_timeout
            .and_then(|text| read("--final-reply-timeout", &text, span_of_time::parse, problems));
        let labels = pairs(&self.labels, problems);
        change.set("name", self.name, |c, name| c.name = name);
        change.set("comment", self.comment, |c, comment| c.comment = comment);
        change.set("enabled", self.enabled, |c, enabled| c.enabled = Some(enabled));
        change.set("address_spaces", filled(spaces), |c, spaces| c.address_spaces = spaces);
        change.set("smart_hosts", filled(hosts), |c, hosts| c.smart_hosts = hosts);
        change.set("port", self.port, |c, port| c.port = port.into());
        let mechanism = self.auth.map(|auth| match auth {
            Mechanism::None => AuthMechanism::None,
            Mechanism::Basic => AuthMechanism::Basic,
        });
        let password = match (self.password_file, self.password_env, self.password_stdin) {
            (Some(path), _, _) => Some(Source::File(path)),
            (_, Some(name), _) => Some(Source::Variable(name)),
            (_, _, true) => Some(Source::Input),
            _ => None,
        };
        change.set_account(mechanism, self.user, password);
        change.set("require_tls", self.require_tls, |c, require| c.require_tls = require);
        change.set("ignore_starttls", self.ignore_starttls, |c, ignore| c.ignore_starttls = ignore);
        change.set("helo_name", self.helo_name, |c, name| c.helo_name = name);
        change.set("max_message_size", size, |c, size| c.max_message_size = Some(size));
        change.set("final_reply_timeout", timeout, |c, timeout| {
            c.final_reply_timeout = Some(span_of_time::to_wire(timeout));
        });
        change.set("labels", filled(labels), |c, labels| c.labels = labels.into_iter().collect());
        change
    }
}

/// Reads address spaces given with a flag.
pub(super) fn address_spaces(flag: &str, texts: &[String], problems: &mut Vec<String>) -> Vec<AddressSpace> {
    texts.iter().filter_map(|text| read(flag, text, address_space::parse, problems)).collect()
}

/// Reads smart hosts given with a flag.
pub(super) fn smart_hosts(flag: &str, texts: &[String], problems: &mut Vec<String>) -> Vec<SmartHost> {
    texts.iter().filter_map(|text| read(flag, text, smart_host::parse, problems)).collect()
}

fn read<T>(flag: &str, text: &str, parse: impl Fn(&str) -> Result<T, String>, problems: &mut Vec<String>) -> Option<T> {
    parse(text).map_err(|problem| problems.push(format!("{flag} \"{text}\": {problem}"))).ok()
}

fn pairs(texts: &[String], problems: &mut Vec<String>) -> Vec<(String, String)> {
    let parse = |text: &str| match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("Write KEY=VALUE.".to_owned()),
    };
    let mut pairs: Vec<(String, String)> = Vec::new();
    for (key, value) in texts.iter().filter_map(|text| read("--label", text, parse, problems)).collect::<Vec<_>>() {
        if pairs.iter().any(|(known, _)| *known == key) {
            problems.push(format!("--label \"{key}\": The key is given twice."));
        }
        pairs.push((key, value));
    }
    pairs
}

fn filled<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        fields: Fields,
    }

    fn change(line: &[&str]) -> (Change, Vec<String>) {
        let mut problems = Vec::new();
        let line = Line::try_parse_from(std::iter::once(&"x").chain(line)).unwrap();
        (line.fields.change(&mut problems), problems)
    }

    #[test]
    fn every_flag_names_its_field() {
        let (change, problems) = change(&[
            "--name=n",
            "--comment=c",
            "--enabled",
            "false",
            "--address-space",
            "SMTP:*.x;5",
            "--address-space=y",
            "--smart-host=[2001:db8::1]:465,implicit-tls",
            "--port=587",
            "--auth=basic",
            "--user=u",
            "--password-env=P",
            "--require-tls",
            "--ignore-starttls=false",
            "--helo-name=h.example",
            "--max-message-size=10MB",
            "--final-reply-timeout=30s",
            "--label=a=b",
            "--label=c=d=e",
        ]);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(
            change.mask,
            [
                "name",
                "comment",
                "enabled",
                "address_spaces",
                "smart_hosts",
                "port",
                "auth_mechanism",
                "credential.basic.user",
                "credential.basic.password",
                "require_tls",
                "ignore_starttls",
                "helo_name",
                "max_message_size",
                "final_reply_timeout",
                "labels",
            ]
        );
        let c = change.connector;
        assert_eq!((c.enabled, c.port, c.require_tls, c.ignore_starttls), (Some(false), 587, true, false));
        assert_eq!(c.address_spaces.len(), 2);
        assert_eq!(c.max_message_size, Some(10 << 20));
        assert_eq!(c.final_reply_timeout.unwrap().seconds, 30);
        assert_eq!(c.labels["c"], "d=e");
        assert_eq!(change.password, Some(Source::Variable("P".into())));
    }

    #[test]
    fn every_unreadable_flag_is_told() {
        let (_, problems) = change(&[
            "--address-space=x;low",
            "--smart-host=h:0",
            "--max-message-size=big",
            "--final-reply-timeout=5",
            "--label=x",
            "--label=a=1",
            "--label=a=2",
        ]);
        assert_eq!(problems.len(), 6, "{problems:#?}");
        assert!(problems[0].contains("--smart-host") || problems[0].contains("--address-space"), "{problems:?}");
    }

    #[test]
    fn nothing_said_is_nothing_changed() {
        assert!(change(&[]).0.is_empty());
    }

    #[test]
    fn a_password_never_stands_on_the_command_line() {
        assert!(Line::try_parse_from(["x", "--password", "p"]).is_err());
        assert!(Line::try_parse_from(["x", "--password-env=A", "--password-stdin"]).is_err());
    }
}
