use std::collections::HashMap;
use std::fs;
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use super::exim::stuffed;
use crate::postfix::Role;
use crate::{Errand, Feature, Login, Mode, Postfix, Said, Talker};

/// One Postfix for each way to each peer.
#[derive(Debug, Default)]
pub(super) struct Senders {
    started: HashMap<(SocketAddr, Mode, Option<Login>), Postfix>,
}

impl Senders {
    pub(super) fn send(&mut self, errand: &Errand<'_>) -> Result<Said, String> {
        let way = (errand.to, errand.mode, errand.login);
        let start = || Postfix::in_role(&Role::Sender(settings(errand)), errand.to);
        let postfix = self.started.entry(way).or_insert_with(start);
        let id = hand_over(postfix.address(), errand).map_err(|error| format!("Postfix takes no mail: {error}"))?;
        wait_for(postfix, &id)
    }
}

fn settings(errand: &Errand<'_>) -> Vec<String> {
    let mut settings = vec!["smtp_helo_name = client.example".to_owned()];
    if errand.mode != Mode::Clear {
        settings.push("smtp_tls_security_level = secure\nsmtp_tls_secure_cert_match = localhost".to_owned());
        settings.push(format!("smtp_tls_CAfile = {}", errand.ca.display()));
    }
    if errand.mode == Mode::ImplicitTls {
        settings.push("smtp_tls_wrappermode = yes".to_owned());
    }
    if let Some(Login { user, password, mechanism }) = errand.login {
        let peer = format!("[{}]:{}", errand.to.ip(), errand.to.port());
        settings.push(format!("smtp_sasl_password_maps = inline:{{ {{ {peer} = {user}:{password} }} }}"));
        settings.push(format!("smtp_sasl_mechanism_filter = {}", mechanism.name().to_lowercase()));
        settings.push("smtp_sasl_auth_enable = yes\nsmtp_sasl_security_options = noanonymous".to_owned());
    }
    settings
}

/// Gives it the message; the id in its queue.
fn hand_over(to: SocketAddr, errand: &Errand<'_>) -> std::io::Result<String> {
    let (for_mail, for_rcpt) = match errand.envelope.feature {
        Some(Feature::Dsn) => {
            (" RET=HDRS ENVID=interop+2D1", " NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;Bee+2Bx@rcpt.example")
        }
        Some(Feature::Utf8) => (" SMTPUTF8", ""),
        None => ("", ""),
    };
    let mut talker = Talker::connect(to)?;
    talker.expect(220)?;
    talker.say("EHLO local.example", 250)?;
    talker.say(&format!("MAIL FROM:<{}> BODY=8BITMIME{for_mail}", errand.envelope.from), 250)?;
    talker.say(&format!("RCPT TO:<{}>{for_rcpt}", errand.envelope.to), 250)?;
    talker.say("DATA", 354)?;
    talker.write(&[stuffed(&fs::read(errand.message)?), b".\r\n".to_vec()].concat())?;
    let queued = talker.expect(250)?;
    talker.say("QUIT", 221)?;
    Ok(queued.rsplit(' ').next().unwrap_or_default().to_owned())
}

/// Waits until its log tells what became of the message.
fn wait_for(postfix: &Postfix, id: &str) -> Result<Said, String> {
    let began = Instant::now();
    loop {
        let log = postfix.log();
        let of_it = |line: &&str| line.contains(&format!(" {id}: to=")) && line.contains(" status=");
        if let Some(line) = log.lines().find(of_it) {
            return if line.contains(" status=sent ") { Ok(Said(line.to_owned())) } else { Err(line.to_owned()) };
        }
        if began.elapsed() > Duration::from_secs(60) {
            return Err(format!("Postfix does not say what became of {id}:\n{log}"));
        }
        thread::sleep(Duration::from_millis(20));
    }
}
