//! MAIL and RCPT as we write them.

use postroad_mail_types::{Mailbox, ReversePath};

use crate::{Body, Capabilities, MailParameters};

/// Appends a MAIL command. A parameter goes out only if the host offers it (RFC 5321 §4.1.1.11); SIZE only if the
/// client declared one, enlarged by the `header` octets that we put on top.
pub fn print_mail(out: &mut Vec<u8>, path: &ReversePath, parameters: MailParameters, host: &Capabilities, header: u64) {
    out.extend_from_slice(format!("MAIL FROM:<{path}>").as_bytes());
    if let (true, Some(size)) = (host.size, parameters.size) {
        out.extend_from_slice(format!(" SIZE={}", size.saturating_add(header)).as_bytes());
    }
    if let (true, Some(body)) = (host.eight_bit_mime, parameters.body) {
        out.extend_from_slice(match body {
            Body::SevenBit => b" BODY=7BIT",
            Body::EightBitMime => b" BODY=8BITMIME",
        });
    }
    out.extend_from_slice(b"\r\n");
}

/// Appends a RCPT command.
pub fn print_rcpt(out: &mut Vec<u8>, mailbox: &Mailbox) {
    out.extend_from_slice(format!("RCPT TO:<{mailbox}>\r\n").as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Command;

    #[test]
    fn c7_parameters_go_only_to_hosts_that_offer_them() {
        let parameters = MailParameters { size: Some(100), body: Some(Body::EightBitMime) };
        let mut out = Vec::new();
        print_mail(&mut out, &ReversePath::Null, parameters, &Capabilities::default(), 10);
        assert_eq!(out, b"MAIL FROM:<>\r\n");
        out.clear();
        let host = Capabilities { size: true, eight_bit_mime: true, ..Capabilities::default() };
        print_mail(&mut out, &ReversePath::Null, parameters, &host, 10);
        assert_eq!(out, b"MAIL FROM:<> SIZE=110 BODY=8BITMIME\r\n");
    }

    #[test]
    fn th07_a_quoted_local_part_is_no_way_around_the_brackets() {
        let line = b"RCPT TO:<\"victim@evil> NOTIFY=NEVER\"@ours.example>";
        let Command::Rcpt(mailbox) = Command::parse(line).unwrap() else { panic!("not RCPT") };
        let mut out = Vec::new();
        print_rcpt(&mut out, &mailbox);
        assert_eq!(out, [&line[..], b"\r\n"].concat());
    }
}
