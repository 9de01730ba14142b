use postroad_mail_types::{Domain, MailDomain, Mailbox};
use postroad_smtp_codec::Command;

/// Addresses: what is taken is kept as it was written, reads back, holds nothing that could end it early, and has its
/// domain in the one form that routes compare (TH7, TH17).
pub fn mailbox(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let command = Command::parse(format!("RCPT TO:<{text}>").as_bytes());
    let Ok(mailbox) = Mailbox::parse(text) else {
        // What the path's own syntax allows around a mailbox is a source route, nothing else.
        assert!(!matches!(command, Ok(Command::Rcpt(..))) || text.starts_with('@') || text.contains('>'), "{text:?}");
        return;
    };
    assert_eq!(mailbox.as_str(), text, "it is not kept as it was written");
    assert_eq!(mailbox.to_string(), text);
    assert!(text.len() <= 254 && !text.chars().any(char::is_control), "{text:?}");
    if let Some(MailDomain::Name(domain)) = mailbox.domain() {
        routed(domain);
    }
    match command {
        Ok(Command::Rcpt(taken, _)) => assert_eq!(taken, mailbox, "RCPT reads another address"),
        other => panic!("{text:?} is an address, and RCPT says {other:?}"),
    }
}

/// A domain is compared in lower case and ASCII, and that form stands for itself.
fn routed(domain: &Domain) {
    let name = domain.as_str();
    assert!(
        name.len() <= 253 && name.bytes().all(|octet| matches!(octet, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.')),
        "{name:?}"
    );
    assert_eq!(Domain::parse(name).as_ref(), Ok(domain), "{name:?} is not its own form");
    assert_eq!(Domain::parse(&name.to_ascii_uppercase()).as_ref(), Ok(domain), "{name:?} does not ignore case");
}
