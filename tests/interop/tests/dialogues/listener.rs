use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use postroad_dialogs::{Dialogue, Step, Way};
use postroad_interop::Authority;
use postroad_relay::{AuthSettings, Base, Limits, ListenerSettings, Mode, Networks, Timeouts, TlsSettings};
use postroad_smtp_session::{SessionSettings, Timeout};
use postroad_tls::{ClientCertificates, ServerTlsFiles};

/// What a client gets that is too slow on purpose.
const SLOW: Duration = Duration::from_secs(1);

/// The files that listeners name.
pub(crate) struct Files {
    pub(crate) authority: Authority,
    pub(crate) users: PathBuf,
}

/// A listener that takes everything from everyone: where it is found out what the relay offers.
pub(crate) fn open(session: &SessionSettings) -> ListenerSettings {
    let base = Base {
        host_name: session.server_name.clone(),
        data_timeout: Duration::from_secs(180),
        final_reply_timeout: Duration::from_secs(110),
    };
    let mode = Mode::Smtp;
    ListenerSettings {
        name: "open".to_owned(),
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        mode,
        host_name: session.server_name.clone(),
        tls: None,
        allow_networks: Networks::loopback(),
        auth: None,
        limits: Limits { max_message_size: None, max_messages_per_session: None, ..Limits::of(mode) },
        timeouts: Timeouts::of(mode, &base),
        trusted_traces: Networks::default(),
        proxies: Networks::default(),
        xclient: Networks::default(),
    }
}

/// The listener of a dialogue. Its clients come through a proxy on loopback, so that they have the addresses that the
/// dialogue gives them.
pub(crate) fn listener(name: String, dialogue: &Dialogue, way: Way, files: &Files) -> ListenerSettings {
    let (setting, session) = (&dialogue.setting, &dialogue.setting.session);
    let mode = match (session.submission, setting.implicit_tls) {
        (false, _) => Mode::Smtp,
        (true, false) => Mode::Submission,
        (true, true) => Mode::ImplicitTls,
    };
    let open = open(session);
    let tls = way == Way::Tls || session.starttls;
    ListenerSettings {
        name,
        mode,
        tls: tls.then(|| TlsSettings {
            files: ServerTlsFiles {
                certificate: files.authority.certificate.clone(),
                key: files.authority.key.clone(),
                clients: Some(ClientCertificates { ca: files.authority.ca.clone(), required: false }),
            },
            required: session.require_tls || mode == Mode::ImplicitTls,
        }),
        allow_networks: Networks::new(["192.0.2.0/24".parse().unwrap()]),
        auth: (!session.mechanisms.is_empty()).then(|| AuthSettings {
            required: session.require_auth,
            users: files.users.clone(),
            mechanisms: session.mechanisms,
        }),
        limits: limits(dialogue),
        timeouts: timeouts(dialogue, &open.timeouts),
        proxies: Networks::loopback(),
        xclient: if setting.may_xclient { Networks::loopback() } else { Networks::default() },
        ..open
    }
}

fn limits(dialogue: &Dialogue) -> Limits {
    let session = &dialogue.setting.session;
    Limits {
        max_messages_per_session: session.max_messages,
        max_commands_without_mail: session.max_idle_commands,
        max_errors: session.max_errors,
        max_auth_failures: session.max_auth_failures,
        max_recipients: session.max_recipients,
        max_refused_recipients: Some(session.max_refused_recipients),
        refused_recipients_per_minute: None,
        max_message_size: session.max_message_size,
        max_header_size: session.max_header_size,
        max_hops: session.max_hops,
        max_command_line: u32::try_from(session.max_command_line).unwrap(),
        strict_pipelining: session.strict_pipelining,
        data_rate_grace: if has(dialogue, Timeout::Rate) { SLOW } else { Limits::of(Mode::Smtp).data_rate_grace },
        ..Limits::of(Mode::Smtp)
    }
}

fn timeouts(dialogue: &Dialogue, usual: &Timeouts) -> Timeouts {
    let short =
        |timeouts: &[Timeout], usual| if timeouts.iter().any(|timeout| has(dialogue, *timeout)) { SLOW } else { usual };
    Timeouts {
        command: short(&[Timeout::Idle, Timeout::Phase], usual.command),
        session: short(&[Timeout::Session], usual.session),
        ..usual.clone()
    }
}

fn has(dialogue: &Dialogue, timeout: Timeout) -> bool {
    dialogue.steps.iter().any(|(_, step)| *step == Step::Timeout(timeout))
}
