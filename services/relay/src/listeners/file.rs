//! The file of listeners.

use std::collections::HashMap;
use std::io::Read as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use postroad_mail_types::HostName;
use serde_yaml_ng::Value;

use super::auth::AuthSettings;
use super::claims::{read_from, read_trace};
use super::fields::{Field, Fields};
use super::files::check_files;
use super::limits::Limits;
use super::mode::Mode;
use super::networks::Networks;
use super::open_relay::{self, OPEN_RELAY_WORDS, Places};
use super::report::{Report, Warning};
use super::settings::ListenerSettings;
use super::timeouts::Timeouts;
use super::tls::TlsSettings;

/// Octets of the file.
const LONGEST: u64 = 1024 * 1024;
/// Listeners of a relay.
const MOST: usize = 256;

/// What listeners take from the relay's own settings where theirs say nothing.
#[derive(Clone, Debug)]
pub struct Base {
    /// The name shown to clients.
    pub host_name: HostName,
    /// `timeouts.data`.
    pub data_timeout: Duration,
    /// `timeouts.final_reply`.
    pub final_reply_timeout: Duration,
}

/// The file of listeners.
#[derive(Clone, Copy, Debug)]
pub struct Listeners;

impl Listeners {
    /// Reads and checks a file. Paths in it are taken from its own folder on.
    ///
    /// # Errors
    /// Everything that is wrong, a line each, with file and path of the field.
    pub fn load(path: &Path, base: &Base) -> Result<(Vec<ListenerSettings>, Vec<Warning>), Vec<String>> {
        let report = Report::of_file(&path.display().to_string());
        let listeners = read_document(read_yaml(path)?, path, base, &report);
        report.conclude(listeners.into_iter().map(|(_, listener)| listener).collect())
    }

    /// As [`load`](Self::load), and what is wrong with the certificates and users files that listeners name. Where the file
    /// itself is wrong, those are looked at that its other parts name.
    ///
    /// # Errors
    /// As there.
    pub fn check(path: &Path, base: &Base) -> Result<(Vec<ListenerSettings>, Vec<Warning>), Vec<String>> {
        let report = Report::of_file(&path.display().to_string());
        let listeners = read_document(read_yaml(path)?, path, base, &report);
        for (index, listener) in &listeners {
            check_files(listener, &format!("listeners[{index}]"), &report);
        }
        report.conclude(listeners.into_iter().map(|(_, listener)| listener).collect())
    }
}

fn read_yaml(path: &Path) -> Result<Value, Vec<String>> {
    let read = || -> std::io::Result<String> {
        let mut text = String::new();
        std::fs::File::open(path)?.take(LONGEST + 1).read_to_string(&mut text)?;
        Ok(text)
    };
    let text = read().map_err(|error| {
        vec![format!("{}: it cannot be read ({error}); write the path of a YAML file", path.display())]
    })?;
    if text.len() as u64 > LONGEST {
        return Err(vec![format!("{}: it is larger than {LONGEST} octets", path.display())]);
    }
    serde_yaml_ng::from_str(&text).map_err(|error| vec![format!("{}: this is no YAML: {error}", path.display())])
}

/// The listeners that can be read, each with its place in the list.
fn read_document(value: Value, path: &Path, base: &Base, report: &Report) -> Vec<(usize, ListenerSettings)> {
    let mut listeners = Vec::new();
    if let Some(mut fields) = Fields::of(report, "", value) {
        if let Some(field) = fields.require("listeners", "a list of listeners") {
            if field.is_empty_list() {
                field.problem("it is empty; write at least one listener");
            }
            let elements = field.list();
            if elements.len() > MOST {
                report.problem("listeners", format_args!("there are more than {MOST}; leave some out"));
            }
            let folder = path.parent().unwrap_or_else(|| Path::new(""));
            let elements = elements.into_iter().take(MOST).enumerate();
            let read = elements.filter_map(|(index, element)| Some((index, read_listener(element, base, folder)?)));
            listeners = read.collect();
        }
        fields.finish();
    }
    check_names(&listeners, report);
    check_addresses(&listeners, report);
    listeners
}

/// `None` when it holds no fields. What is wrong is reported, so what stands in its place does not matter.
fn read_listener(element: Field<'_>, base: &Base, folder: &Path) -> Option<ListenerSettings> {
    let mut fields = element.fields()?;
    let report = fields.report();
    let name = fields.require("name", "what the listener is called").and_then(|field| field.parse(read_name));
    let mode = fields.require("mode", "smtp, submission or implicit-tls").and_then(|field| field.parse(Mode::parse));
    let known = mode.is_some();
    let mode = mode.unwrap_or(Mode::Smtp);
    let listen = match fields.take("listen") {
        Some(field) => field.parse(read_address),
        None => Some(default_address(mode)),
    };
    let host_name = fields.take("host_name").and_then(|field| field.parse(HostName::parse));
    let has_tls = fields.has("tls");
    let tls = fields.take("tls").and_then(|field| TlsSettings::read(field, mode, folder));
    let networks = fields.take("allow_networks");
    let networks_given = networks.is_some();
    let words = fields.take("open_relay").and_then(|field| field.parse(read_words));
    let auth = AuthSettings::read(&mut fields, mode, tls.as_ref(), folder);
    let default_networks = || if mode.is_submission() { Networks::default() } else { Networks::loopback() };
    let listener = ListenerSettings {
        allow_networks: networks.map_or_else(default_networks, Networks::read),
        limits: Limits::read(&mut fields, mode),
        timeouts: Timeouts::read(&mut fields, mode, base),
        trusted_traces: read_trace(&mut fields),
        proxies: read_from(&mut fields, "proxy_protocol", "the addresses of the proxies"),
        xclient: read_from(&mut fields, "xclient", "the addresses of those who may say who the client is"),
        name: name.unwrap_or_default(),
        listen: listen.unwrap_or_else(|| default_address(mode)),
        mode,
        host_name: host_name.unwrap_or_else(|| base.host_name.clone()),
        tls,
        auth,
    };
    let path = |field: &str| fields.path_of(field);
    let (tls_path, networks_path, words_path) = (path("tls"), path("allow_networks"), path("open_relay"));
    let (proxies_path, xclient_path) = (path("proxy_protocol.from"), path("xclient.from"));
    fields.finish();
    if !has_tls && known && (mode.is_submission() || listener.auth.is_some()) {
        let why = if mode.is_submission() {
            format!("mode {}", mode.as_str())
        } else {
            "a login is never taken in clear: auth".to_owned()
        };
        report.problem(&tls_path, format_args!("it is missing; {why} needs certificate and key"));
    }
    let places = Places {
        networks: &networks_path,
        proxies: &proxies_path,
        xclient: &xclient_path,
        words: "open_relay",
        words_path: &words_path,
    };
    open_relay::check(&listener, words.is_some(), &places, report);
    warn_of_networks(&listener, networks_given, &networks_path, report);
    Some(listener)
}

fn warn_of_networks(listener: &ListenerSettings, given: bool, path: &str, report: &Report) {
    if given && listener.requires_auth() && !listener.allow_networks.is_empty() {
        report.warn(path, "it changes nothing: every client must log in here (auth.required)");
    } else if listener.allow_networks.is_empty() && listener.auth.is_none() {
        report.warn(path, "nobody may relay through this listener: no network may, and nobody can log in");
    }
}

/// Listeners are named in logs, spans and file names.
pub(super) fn read_name(text: &str) -> Result<String, String> {
    let fits = !text.is_empty()
        && text.len() <= 64
        && text.bytes().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_'));
    if fits {
        Ok(text.to_owned())
    } else {
        Err(format!("{text:?} is no name; write at most 64 letters, digits, dots, hyphens and underscores"))
    }
}

fn read_address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_not_shown| {
        format!("{text:?} is no address with a port; write one such as 127.0.0.1:2525 or \"[::]:2525\"")
    })
}

fn read_words(text: &str) -> Result<(), String> {
    if text == OPEN_RELAY_WORDS {
        Ok(())
    } else {
        Err(format!("write exactly {OPEN_RELAY_WORDS} if everyone is to relay through this listener, or leave it out"))
    }
}

const fn default_address(mode: Mode) -> SocketAddr {
    let port = match mode {
        Mode::Smtp => 2525,
        Mode::Submission => 2587,
        Mode::ImplicitTls => 2465,
    };
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}

fn check_names(listeners: &[(usize, ListenerSettings)], report: &Report) {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for (index, listener) in listeners.iter().filter(|(_, listener)| !listener.name.is_empty()) {
        if let Some(first) = seen.get(listener.name.as_str()) {
            let path = format!("listeners[{index}].name");
            report.problem(&path, format_args!("listeners[{first}] has the same; choose another"));
        } else {
            seen.insert(&listener.name, *index);
        }
    }
}

fn check_addresses(listeners: &[(usize, ListenerSettings)], report: &Report) {
    for (at, (index, listener)) in listeners.iter().enumerate() {
        let taken = listeners.iter().take(at).find(|(_, other)| collide(listener.listen, other.listen));
        if let Some((first, other)) = taken {
            let path = format!("listeners[{index}].listen");
            let (own, other) = (listener.listen, other.listen);
            report.problem(&path, format_args!("{own} and {other} of listeners[{first}] collide; choose another port"));
        }
    }
}

/// Whether the system would refuse to bind the second. `[::]` takes IPv4 too.
fn collide(one: SocketAddr, other: SocketAddr) -> bool {
    let all_of = |address: SocketAddr, other: SocketAddr| {
        address.ip().is_unspecified() && (address.is_ipv6() || other.is_ipv4())
    };
    let same = one.ip().to_canonical() == other.ip().to_canonical();
    one.port() == other.port() && one.port() != 0 && (same || all_of(one, other) || all_of(other, one))
}
