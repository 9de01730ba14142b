//! The one listener that flags make.

use std::net::SocketAddr;
use std::time::Duration;

use ipnet::IpNet;

use super::file::Base;
use super::limits::Limits;
use super::mode::Mode;
use super::networks::Networks;
use super::open_relay::{self, Places};
use super::report::{Report, Warning};
use super::settings::ListenerSettings;
use super::timeouts::Timeouts;

/// What the flags say about the listener.
pub(crate) struct FlagListener<'s> {
    pub(crate) listen: SocketAddr,
    pub(crate) allow_networks: &'s [IpNet],
    /// Whether an open relay was asked for.
    pub(crate) open_relay: bool,
    /// 0 is no limit.
    pub(crate) max_message_size: u64,
    pub(crate) max_recipients: u32,
    pub(crate) max_sessions: u32,
    pub(crate) command_timeout: Duration,
}

impl FlagListener<'_> {
    /// The listener `smtp`. One address may have all its sessions, which may be as long as clients like: who is known by
    /// flags alone may well stand behind a single load balancer.
    pub(crate) fn check(&self, base: &Base) -> Result<(Vec<ListenerSettings>, Vec<Warning>), Vec<String>> {
        let mode = Mode::Smtp;
        let listener = ListenerSettings {
            name: "smtp".to_owned(),
            listen: self.listen,
            mode,
            host_name: base.host_name.clone(),
            tls: None,
            allow_networks: Networks::new(self.allow_networks.iter().copied()),
            auth: None,
            limits: Limits {
                max_sessions: self.max_sessions,
                max_sessions_per_address: None,
                max_messages_per_session: None,
                max_recipients: self.max_recipients,
                max_message_size: Some(self.max_message_size).filter(|size| *size > 0),
                ..Limits::of(mode)
            },
            timeouts: Timeouts { command: self.command_timeout, ..Timeouts::of(mode, base) },
            trusted_traces: Networks::default(),
            proxies: Networks::default(),
            xclient: Networks::default(),
        };
        let report = Report::of_flags();
        let (networks, words) = ("--allow-network", "--open-relay");
        let places = Places { networks, proxies: networks, xclient: networks, words, words_path: words };
        open_relay::check(&listener, self.open_relay, &places, &report);
        report.conclude(vec![listener])
    }
}
