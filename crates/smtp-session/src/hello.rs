//! EHLO and HELO (RFC 5321 §4.1.1.1).

use postroad_mail_types::Reply;
use postroad_smtp_codec::ClientName;

use crate::offered::Offered;
use crate::{Action, Session};

impl Session {
    /// A second EHLO acts as RSET (RFC 5321 §4.1.4), and is told what the next hops can honour by now.
    pub(crate) fn hello(&mut self, name: ClientName, extended: bool) -> Action {
        let offered = Offered::new(&self.settings, &self.client, &self.offer, extended);
        let mut reply = Reply::made(250, None, self.settings.server_name.as_str());
        if extended {
            reply = reply.with_lines(offered.lines(&self.settings, &self.client));
        }
        self.hello = Some((name, offered));
        self.reset(reply)
    }
}
