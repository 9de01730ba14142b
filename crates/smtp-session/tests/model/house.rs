use std::sync::Arc;

use postroad_mail_types::HostName;
use postroad_smtp_codec::Extensions;
use postroad_smtp_codec::sasl::{Mechanism, Mechanisms};
use postroad_smtp_session::SessionSettings;
use proptest::prelude::*;

/// How a listener is set, as far as the model knows it.
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(crate) struct House {
    pub(crate) starttls: bool,
    pub(crate) require_tls: bool,
    pub(crate) require_auth: bool,
    /// AUTH is offered: PLAIN and SCRAM-SHA-256.
    pub(crate) mechanisms: bool,
    pub(crate) may_relay: bool,
    pub(crate) may_xclient: bool,
    /// The next hops have all extensions; else 8BITMIME alone.
    pub(crate) rich: bool,
    /// TLS from the first octet.
    pub(crate) implicit_tls: bool,
    /// The client spoke before its greeting.
    pub(crate) early: bool,
}

/// Octets of a message.
pub(crate) const SIZE: usize = 200;
/// Accepted recipients of a transaction.
pub(crate) const RECIPIENTS: u32 = 3;
/// Received fields of a message.
pub(crate) const HOPS: usize = 2;

impl House {
    /// All of them, the usual ones more often.
    pub(crate) fn any() -> impl Strategy<Value = Self> {
        let often = || prop::bool::weighted(0.85);
        let seldom = || prop::bool::weighted(0.12);
        let clients = (often(), seldom(), prop::bool::weighted(0.03));
        let access = (any::<bool>(), seldom(), seldom(), any::<bool>(), seldom());
        (access, clients, often()).prop_map(|(access, (may_relay, may_xclient, early), rich)| {
            let (starttls, require_tls, require_auth, mechanisms, implicit_tls) = access;
            Self {
                starttls: starttls && !implicit_tls,
                require_tls: require_tls && starttls && !implicit_tls,
                require_auth: require_auth && mechanisms,
                mechanisms,
                may_relay,
                may_xclient,
                rich,
                implicit_tls,
                early,
            }
        })
    }

    /// A listener that takes mail from everyone.
    pub(crate) fn open() -> Self {
        Self { may_relay: true, rich: true, ..Self::default() }
    }

    /// The settings of a session. Its limits on errors are tested elsewhere.
    pub(crate) fn settings(self) -> SessionSettings {
        SessionSettings {
            starttls: self.starttls,
            require_tls: self.require_tls,
            require_auth: self.require_auth,
            mechanisms: if self.mechanisms {
                [Mechanism::Plain, Mechanism::ScramSha256].into_iter().collect()
            } else {
                Mechanisms::NONE
            },
            max_message_size: Some(SIZE as u64),
            max_recipients: RECIPIENTS,
            max_hops: HOPS as u32,
            max_errors: u32::MAX,
            max_refused_recipients: u32::MAX,
            max_idle_commands: u32::MAX,
            max_auth_failures: u32::MAX,
            ..SessionSettings::new(HostName::parse("relay.example").unwrap())
        }
    }

    pub(crate) fn extensions(self) -> Arc<Extensions> {
        Arc::new(if self.rich { Extensions::all() } else { Extensions::of_unknown_host() })
    }
}
