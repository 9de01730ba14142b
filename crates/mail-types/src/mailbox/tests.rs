//! Addresses as people and attackers write them.

use proptest::prelude::*;

use super::*;

#[test]
fn what_is_kept_is_what_was_written() {
    for text in [
        "User.Name@Example.COM",
        "\"a> NOTIFY=NEVER x\"@c.example",
        "\"a@b\\\"c\"@d.example",
        "u@[192.0.2.1]",
        "u@[IPv6:2001:db8::1]",
        "pOstMaster",
        "a%b@c.example",
    ] {
        assert_eq!(Mailbox::parse(text).unwrap().as_str(), text);
    }
}

#[test]
fn malformed_addresses_are_refused() {
    for text in [
        "",
        "a",
        "a@",
        "@b.example",
        "a.@b.example",
        ".a@b.example",
        "a..b@c.example",
        "a@b@c.example",
        "a b@c.example",
        "a@b.example.",
        "a@xn--",
        "u@[1.2.3]",
        "u@[1.2.3.4",
        "u@[IPv6:zz]",
        "u@[tag:x]",
        "\"a\r\n\"@b.example",
        "\"a\0\"@b.example",
        "\"a\\\r\"@b.example",
        "\"a@b.example",
        "a<b@c.example",
        "a\u{85}@b.example",
        "\"a\u{9f}\"@b.example",
        "\"\\ü\"@b.example",
        "a@-b.example",
        "\"a\"x@b.example",
    ] {
        assert!(Mailbox::parse(text).is_err(), "{text:?} was taken as a mailbox");
    }
    assert_eq!(Mailbox::parse(&format!("{}@b.example", "a".repeat(65))), Err(MailboxError::LocalPartTooLong));
    assert!(Mailbox::parse(&format!("{}@b.example", "a".repeat(64))).is_ok());
}

#[test]
fn e5c_characters_outside_ascii_are_kept_and_the_domain_is_comparable() {
    for text in ["ü@b.example", "\"ü ß\"@b.example", "u@bücher.example", "用户@例子.example"] {
        let mailbox = Mailbox::parse(text).unwrap();
        assert_eq!((mailbox.as_str(), mailbox.is_ascii()), (text, false));
    }
    let unicode = Mailbox::parse("u@Bücher.example").unwrap();
    assert_eq!(unicode.domain(), Mailbox::parse("u@xn--bcher-kva.Example").unwrap().domain());
}

#[test]
fn th17_local_parts_are_never_normalised() {
    for text in ["\u{fc}@b.example", "u\u{308}@b.example", "\u{24d4}@b.example", "\u{ff41}@b.example"] {
        assert_eq!(Mailbox::parse(text).unwrap().as_str(), text);
    }
    // A dot of another script is no dot, and an at sign of another script is none.
    assert!(Mailbox::parse("a\u{3002}b@b.example").is_ok());
    assert_eq!(Mailbox::parse("a\u{ff20}b.example"), Err(MailboxError::NoDomain));
}

#[test]
fn l1_limits_count_octets() {
    assert!(Mailbox::parse(&format!("{}@b.example", "ü".repeat(32))).is_ok());
    assert_eq!(Mailbox::parse(&format!("{}@b.example", "ü".repeat(33))), Err(MailboxError::LocalPartTooLong));
}

proptest! {
    #[test]
    fn th07_what_prints_parses_back_and_holds_no_control_character(text in ".{0,40}@[a-z.\\[\\]0-9]{0,12}") {
        if let Ok(mailbox) = Mailbox::parse(&text) {
            prop_assert_eq!(&Mailbox::parse(&mailbox.to_string()).unwrap(), &mailbox);
            prop_assert!(!mailbox.as_str().contains(char::is_control));
        }
    }
}
