use std::fs;
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::Authority;

/// The account at the Postfix.
pub const USER: &str = "connector";
/// Its password.
pub const PASSWORD: &str = "correct horse";

/// What a Postfix does.
#[derive(Clone, Debug)]
pub enum Role {
    /// Takes mail only from those who log in under TLS, and hands it to a next hop.
    SmartHost,
    /// Takes mail from loopback and hands it on in clear, with Debian's defaults wherever it can.
    Forwarder,
    /// Takes mail from loopback and hands it on as these settings say.
    Sender(Vec<String>),
}

/// A Postfix that hands mail to a next hop.
#[derive(Debug)]
pub struct Postfix {
    address: SocketAddr,
    tls_address: SocketAddr,
    folder: TempDir,
}

impl Postfix {
    /// Starts one that takes mail only from those who log in under TLS. Needs root.
    ///
    /// # Panics
    /// When it does not come up; tells its log.
    #[must_use]
    pub fn start(next_hop: SocketAddr) -> Self {
        Self::in_role(&Role::SmartHost, next_hop)
    }

    /// Starts one in this role whose next hop listens here. Needs root.
    ///
    /// # Panics
    /// When it does not come up; tells its log.
    #[must_use]
    pub fn in_role(role: &Role, next_hop: SocketAddr) -> Self {
        let folder = tempfile::Builder::new().prefix("postroad-postfix").tempdir().unwrap();
        // Its daemons run as another user and must get in.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        // Both are held until both are known.
        let ports = [0, 0].map(|port| TcpListener::bind(("127.0.0.1", port)).unwrap());
        let [address, tls_address] = ports.each_ref().map(|port| port.local_addr().unwrap());
        drop(ports);
        for name in ["etc", "etc/sasl", "queue", "data"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let mut settings = common_settings(folder.path(), next_hop);
        match role {
            Role::SmartHost => {
                write_account(folder.path());
                settings.extend(smart_host_settings(folder.path(), &Authority::found(folder.path())));
            }
            Role::Forwarder => settings.push(FROM_LOOPBACK.to_owned()),
            Role::Sender(more) => {
                settings.push(FROM_LOOPBACK.to_owned());
                settings.push(UNCHANGED.to_owned());
                settings.extend(more.iter().cloned());
            }
        }
        fs::write(folder.path().join("etc/main.cf"), settings.join("\n") + "\n").unwrap();
        fs::write(folder.path().join("etc/master.cf"), master_cf(address, tls_address)).unwrap();
        run(Command::new("chown").arg("postfix").arg(folder.path().join("data")));
        let postfix = Self { address, tls_address, folder };
        run(postfix.command("start"));
        postfix.wait_until_up();
        postfix
    }

    /// Where it takes mail.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it takes mail under TLS from the first octet on, if it is a smart host.
    #[must_use]
    pub const fn tls_address(&self) -> SocketAddr {
        self.tls_address
    }

    /// Who signed its certificate, a PEM file, if it is a smart host.
    #[must_use]
    pub fn ca(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Its log.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("maillog")).unwrap_or_default()
    }

    fn command(&self, verb: &str) -> Command {
        let mut command = Command::new("timeout");
        command.args(["60", "/usr/sbin/postfix", "-c"]).arg(self.folder.path().join("etc")).arg(verb);
        // Its master lives on and must not hold the test's pipes.
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    fn wait_until_up(&self) {
        let began = Instant::now();
        while TcpStream::connect(self.address).is_err() {
            assert!(began.elapsed() < Duration::from_secs(20), "Postfix does not come up:\n{}", self.log());
            thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        drop(self.command("stop").status());
    }
}

fn run(mut command: impl std::borrow::BorrowMut<Command>) {
    let command = command.borrow_mut();
    let status = command.status().unwrap();
    assert!(status.success(), "{command:?}: {status}");
}

fn write_account(folder: &Path) {
    let database = folder.join("etc/sasl/sasldb2");
    let text = format!(
        "pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: {}\nmech_list: PLAIN LOGIN SCRAM-SHA-256\n",
        database.display()
    );
    fs::write(folder.join("etc/sasl/smtpd.conf"), text).unwrap();
    let mut child = Command::new("/usr/sbin/saslpasswd2")
        .args(["-p", "-c", "-u", "localhost", "-f"])
        .arg(&database)
        .arg(USER)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success(), "saslpasswd2 failed");
    run(Command::new("chown").arg("postfix").arg(database));
}

/// Lets everybody on this machine send.
const FROM_LOOPBACK: &str = "mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions = permit_mynetworks, reject";

/// Changes and bounds nothing that passes.
const UNCHANGED: &str = "local_header_rewrite_clients =
smtp_line_length_limit = 0
smtp_skip_quit_response = yes
message_size_limit = 0
mailbox_size_limit = 0";

fn common_settings(folder: &Path, next_hop: SocketAddr) -> Vec<String> {
    let at = |name: &str| -> PathBuf { folder.join(name) };
    vec![
        "compatibility_level = 3.6".to_owned(),
        format!("queue_directory = {}", at("queue").display()),
        format!("data_directory = {}", at("data").display()),
        format!("maillog_file = {}", at("maillog").display()),
        format!("maillog_file_prefixes = {}", folder.display()),
        format!("relayhost = [{}]:{}", next_hop.ip(), next_hop.port()),
        "inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = localhost
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
smtp_host_lookup = native"
            .to_owned(),
    ]
}

fn smart_host_settings(folder: &Path, authority: &Authority) -> Vec<String> {
    vec![
        format!("smtpd_tls_cert_file = {}", authority.certificate.display()),
        format!("smtpd_tls_key_file = {}", authority.key.display()),
        format!("cyrus_sasl_config_path = {}", folder.join("etc/sasl").display()),
        UNCHANGED.to_owned(),
        "mynetworks =
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = cyrus
smtpd_sasl_path = smtpd
smtpd_sasl_local_domain = localhost
smtpd_sasl_security_options = noanonymous"
            .to_owned(),
    ]
}

fn master_cf(address: SocketAddr, tls_address: SocketAddr) -> String {
    let mut text = format!(
        "{address} inet n - n - - smtpd
{tls_address} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd\n"
    );
    for name in ["anvil", "scache", "verify"] {
        text += &format!("{name} unix - - n - 1 {name}\n");
    }
    let services = "rewrite:trivial-rewrite bounce:bounce defer:bounce trace:bounce proxymap:proxymap smtp:smtp \
                    relay:smtp showq:showq error:error retry:error discard:discard";
    for (name, program) in services.split(' ').filter_map(|pair| pair.split_once(':')) {
        text += &format!("{name} unix - - n - 0 {program}\n");
    }
    text
}
