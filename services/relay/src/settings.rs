//! Settings of a relay: flags and environment variables.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use ipnet::IpNet;
use postroad_lifecycle::parse_time_span;
use postroad_mail_types::HostName;

use crate::listeners::{Base, FlagListener, ListenerSettings, Listeners, OPEN_RELAY_WORDS, Warning};

/// Every setting has a default; each can be given as a flag or as the environment variable named with it.
#[derive(Args, Clone, Debug)]
pub struct Settings {
    /// Name of this relay in the fleet [default: the machine's host name]
    #[arg(long, env = "POSTROAD_NAME", default_value = "", hide_default_value = true)]
    pub name: String,

    /// Site that this relay stands in; may be empty
    #[arg(long, env = "POSTROAD_SITE", default_value = "", hide_default_value = true)]
    pub site: String,

    /// Our fully qualified name in the greeting, in EHLO and in Received [default: the machine's host name]
    #[arg(long, env = "POSTROAD_HOST_NAME", default_value = "", hide_default_value = true)]
    pub host_name: String,

    /// The control plane to get connectors from
    #[arg(long, env = "POSTROAD_CONTROL_PLANE", default_value = "http://127.0.0.1:7443", value_name = "URL")]
    pub control_plane: String,

    /// A YAML file of listeners, each with its address, mode, TLS, logins and limits; in place of the flags that make one
    #[arg(long, env = "POSTROAD_LISTENERS", value_name = "FILE", conflicts_with_all = [
        "smtp_listen", "allow_networks", "open_relay", "max_message_size", "max_recipients", "max_sessions",
        "client_timeout",
    ])]
    pub listeners: Option<PathBuf>,

    /// Where clients hand in mail; port 0 picks a free one
    #[arg(long, env = "POSTROAD_SMTP_LISTEN", default_value = "127.0.0.1:2525", value_name = "ADDR:PORT")]
    pub smtp_listen: SocketAddr,

    /// Where /livez, /readyz and /version are served
    #[arg(long, env = "POSTROAD_ADMIN_LISTEN", default_value = "127.0.0.1:9464", value_name = "ADDR:PORT")]
    pub admin_listen: SocketAddr,

    /// Networks whose clients may relay; give it again for each
    #[arg(long = "allow-network", env = "POSTROAD_ALLOW_NETWORK", value_delimiter = ',', value_name = "CIDR",
          default_values = ["127.0.0.0/8", "::1/128"])]
    pub allow_networks: Vec<IpNet>,

    /// Must be i-accept-that-anyone-can-relay where --allow-network names a large part of the Internet
    #[arg(long, env = "POSTROAD_OPEN_RELAY", value_name = "WORDS", value_parser = [OPEN_RELAY_WORDS])]
    pub open_relay: Option<String>,

    /// Largest message in bytes; 0 is unlimited
    #[arg(long, env = "POSTROAD_MAX_MESSAGE_SIZE", default_value_t = 36_700_160, value_name = "BYTES")]
    pub max_message_size: u64,

    /// Recipients of one transaction, 100 to 100000
    #[arg(long, env = "POSTROAD_MAX_RECIPIENTS", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    pub max_recipients: u32,

    /// Sessions at a time; further clients are told to come again
    #[arg(long, env = "POSTROAD_MAX_SESSIONS", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub max_sessions: u32,

    /// How long a client may be silent between commands
    #[arg(long, env = "POSTROAD_CLIENT_TIMEOUT", default_value = "300s", value_parser = wait, value_name = "TIME")]
    pub client_timeout: Duration,

    /// How long to wait for a TCP connection to a smart host's address
    #[arg(long, env = "POSTROAD_CONNECT_TIMEOUT", default_value = "10s", value_parser = wait, value_name = "TIME")]
    pub connect_timeout: Duration,

    /// How long a smart host may take for its greeting, for TLS, and for the answer to each command
    #[arg(long, env = "POSTROAD_COMMAND_TIMEOUT", default_value = "60s", value_parser = wait, value_name = "TIME")]
    pub command_timeout: Duration,

    /// How long message data may stand still, at the client's or at the smart host's end
    #[arg(long, env = "POSTROAD_DATA_TIMEOUT", default_value = "180s", value_parser = wait, value_name = "TIME")]
    pub data_timeout: Duration,

    /// How long to wait for a smart host's reply to the end of a message; keep it below the client's own timer
    #[arg(long, env = "POSTROAD_FINAL_REPLY_TIMEOUT", default_value = "110s", value_parser = wait, value_name = "TIME")]
    pub final_reply_timeout: Duration,

    /// How long a recipient may wait until a smart host stands, all attempts together
    #[arg(long, env = "POSTROAD_OPEN_TIMEOUT", default_value = "100s", value_parser = wait, value_name = "TIME")]
    pub open_timeout: Duration,

    /// How often certificates and users files are looked at for changes
    #[arg(long, env = "POSTROAD_RELOAD_INTERVAL", default_value = "10s", value_parser = wait, value_name = "TIME")]
    pub reload_interval: Duration,

    /// How long the relay may take to end after SIGTERM, its last words included; an orchestrator that kills must wait
    /// longer. Messages that are not whole are given up in time for the final replies of those that are, and what is
    /// still owed a reply a moment before the deadline (a quarter of it, at most 4 s) is told 451 4.4.2
    #[arg(long, env = "POSTROAD_DRAIN_DEADLINE", default_value = "120s", value_parser = wait, value_name = "TIME")]
    pub drain_deadline: Duration,
}

/// The settings in the form that the relay works with.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    pub(crate) name: String,
    pub(crate) host_name: HostName,
    /// At least one.
    pub(crate) listeners: Vec<ListenerSettings>,
    /// What works and may not be meant.
    pub(crate) warnings: Vec<Warning>,
}

type ReadListeners = Result<(Vec<ListenerSettings>, Vec<Warning>), Vec<String>>;

/// Reads the file of listeners, with or without the files that it names.
type ReadFile = fn(&Path, &Base) -> ReadListeners;

impl Settings {
    /// What is wrong that the flags alone do not show: one line for each setting, with its flag.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        self.checked().err().unwrap_or_default()
    }

    /// As [`problems`](Self::problems), and what is wrong with the files that listeners name, all at once; where nothing is,
    /// what works and may not be meant. Reads files.
    #[must_use]
    pub fn check(&self) -> (Vec<String>, Vec<Warning>) {
        match self.read(Listeners::check) {
            Ok(checked) => (Vec::new(), checked.warnings),
            Err(problems) => (problems, Vec::new()),
        }
    }

    /// The name of this relay: as given, else the machine's.
    #[must_use]
    pub fn relay_name(&self) -> String {
        if self.name.is_empty() { machine_name() } else { self.name.clone() }
    }

    pub(crate) fn checked(&self) -> Result<Checked, Vec<String>> {
        self.read(Listeners::load)
    }

    fn read(&self, read_file: ReadFile) -> Result<Checked, Vec<String>> {
        let mut wrong = Vec::new();
        let name = self.relay_name();
        if name.len() > 64 || !name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_')) {
            wrong.push(format!("--name {name:?}: write at most 64 letters, digits, dots, hyphens and underscores"));
        }
        let host_name = if self.host_name.is_empty() { machine_name() } else { self.host_name.clone() };
        let host_name = HostName::parse(&host_name)
            .map_err(|error| {
                wrong.push(format!("--host-name {host_name:?}: {error}; write a fully qualified host name"))
            })
            .ok();
        if !self.control_plane.starts_with("http://") {
            wrong.push(format!(
                "--control-plane {:?}: write an address such as http://127.0.0.1:7443",
                self.control_plane
            ));
        }
        // With a host name that is wrong, listeners can be looked at all the same.
        let base = host_name.clone().or_else(|| HostName::parse("localhost").ok()).map(|host_name| Base {
            host_name,
            data_timeout: self.data_timeout,
            final_reply_timeout: self.final_reply_timeout,
        });
        let listeners =
            base.map(|base| self.read_listeners(&base, read_file).map_err(|problems| wrong.extend(problems)));
        match (host_name, listeners) {
            (Some(host_name), Some(Ok((listeners, warnings)))) if wrong.is_empty() => {
                Ok(Checked { name, host_name, listeners, warnings })
            }
            _ => Err(wrong),
        }
    }

    fn read_listeners(&self, base: &Base, read_file: ReadFile) -> ReadListeners {
        if let Some(file) = &self.listeners {
            return read_file(file, base);
        }
        let flags = FlagListener {
            listen: self.smtp_listen,
            allow_networks: &self.allow_networks,
            open_relay: self.open_relay.is_some(),
            max_message_size: self.max_message_size,
            max_recipients: self.max_recipients,
            max_sessions: self.max_sessions,
            command_timeout: self.client_timeout,
        };
        flags.check(base)
    }
}

fn machine_name() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname")
        .map(|name| name.trim().to_owned())
        .ok()
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "localhost".to_owned())
}

/// A length of time that a peer is waited for.
fn wait(text: &str) -> Result<Duration, String> {
    let time = parse_time_span(text)?;
    if !(Duration::from_millis(1)..=Duration::from_secs(86_400)).contains(&time) {
        return Err(format!("{text:?} must lie between 1 ms and one day"));
    }
    Ok(time)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        settings: Settings,
    }

    #[test]
    fn the_defaults_relay_for_loopback_only_and_are_valid() {
        let settings = Program::try_parse_from(["relay", "--host-name", "relay.example"]).unwrap().settings;
        assert_eq!(settings.problems(), Vec::<String>::new());
        assert!(settings.smtp_listen.ip().is_loopback());
        assert!(settings.allow_networks.iter().all(|network| network.addr().is_loopback()));
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let settings =
            Program::try_parse_from(["relay", "--host-name", "a b", "--name", "x y", "--control-plane", "ftp:"])
                .unwrap()
                .settings;
        assert_eq!(settings.problems().len(), 3);
    }

    #[test]
    fn th06_flags_make_an_open_relay_only_in_so_many_words() {
        let settings = |arguments: &[&str]| {
            let always = ["relay", "--host-name", "relay.example"];
            Program::try_parse_from(always.iter().chain(arguments)).map(|program| program.settings)
        };
        for network in ["0.0.0.0/0", "::/0", "10.0.0.0/7", "::ffff:0:0/96"] {
            let problems = settings(&["--allow-network", network]).unwrap().problems();
            assert_eq!(problems.len(), 1, "{network}");
            assert!(
                problems[0].starts_with("--allow-network: ") && problems[0].contains("--open-relay"),
                "{problems:?}"
            );
            let said = settings(&["--allow-network", network, "--open-relay", OPEN_RELAY_WORDS]).unwrap();
            assert_eq!(said.problems(), Vec::<String>::new());
            assert_eq!(said.check().1.len(), 1, "it is warned about all the same");
        }
        assert!(settings(&["--open-relay", "yes"]).is_err());
        assert_eq!(settings(&["--allow-network", "10.0.0.0/8"]).unwrap().check(), (Vec::new(), Vec::new()));
    }

    #[test]
    fn flags_of_the_one_listener_do_not_go_with_a_file_of_listeners() {
        let flags = [
            ["--smtp-listen", "127.0.0.1:0"],
            ["--allow-network", "10.0.0.0/8"],
            ["--max-message-size", "0"],
            ["--max-recipients", "100"],
            ["--max-sessions", "1"],
            ["--client-timeout", "5m"],
            ["--open-relay", OPEN_RELAY_WORDS],
        ];
        for [flag, value] in flags {
            let error = Program::try_parse_from(["relay", "--listeners", "x.yaml", flag, value]).err().unwrap();
            let text = error.to_string();
            assert!(text.contains(flag) && text.contains("--listeners"), "{text}");
        }
        let settings = Program::try_parse_from(["relay", "--listeners", "/nowhere/x.yaml"]).unwrap().settings;
        assert!(settings.problems().iter().any(|problem| problem.starts_with("/nowhere/x.yaml: it cannot be read")));
    }

    #[test]
    fn waits_are_neither_nothing_nor_for_ever() {
        assert_eq!(wait("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(wait("24h"), Ok(Duration::from_secs(86_400)));
        for text in ["0", "0s", "25h", "5", "x"] {
            assert!(wait(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_relay_without_a_name_is_called_after_its_machine() {
        let name = |arguments: &[&str]| Program::try_parse_from(arguments).unwrap().settings.relay_name();
        assert_eq!(name(&["relay"]), machine_name());
        assert_eq!(name(&["relay", "--name", "r1"]), "r1");
    }

    /// The listener that the flags make, and the settings, where nothing is said.
    fn defaults() -> (Settings, ListenerSettings) {
        let settings = Program::try_parse_from(["relay", "--host-name", "relay.example"]).unwrap().settings;
        let listener = settings.checked().unwrap().listeners.remove(0);
        (settings, listener)
    }

    #[test]
    fn l5a_a_silent_client_is_waited_for_five_minutes() {
        assert!(defaults().1.timeouts.command >= Duration::from_secs(300));
    }

    #[test]
    fn l5b_every_command_is_answered_within_two_minutes() {
        let (settings, listener) = defaults();
        let two_minutes = Duration::from_secs(120);
        // RCPT and DATA wait for a host that stands, all others for nobody; the end of the data waits for the host's reply.
        assert!(settings.open_timeout < two_minutes && listener.timeouts.final_reply < two_minutes);
    }

    #[test]
    fn l5c_the_wait_for_the_final_reply_ends_before_a_client_gives_up() {
        assert!(defaults().1.timeouts.final_reply <= Duration::from_secs(110));
    }

    #[test]
    fn l06_the_defaults_are_what_others_have() {
        let limits = defaults().1.limits;
        assert_eq!((limits.max_errors, limits.max_commands_without_mail, limits.max_command_line), (20, 100, 2048));
        assert_eq!((limits.max_recipients, limits.min_data_rate), (1000, 500));
    }
}
