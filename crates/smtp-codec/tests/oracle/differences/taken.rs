//! What we take and smtp-proto does not, or reads differently.

use super::text::{upper, verb};
use super::{Difference, Side};

pub(super) const LIST: &[Difference] = &[
    difference!(
        We,
        "address literals",
        "RFC 5321 §4.1.3",
        |l| l.contains("@["),
        ["RCPT TO:<a@[192.0.2.1]>", "MAIL FROM:<a@[IPv6:2001:db8::1]>"]
    ),
    difference!(
        We,
        "ORCPT of every type and of 500 octets",
        "RFC 3461 §4.2, RFC 6533 §3",
        |l| upper(l).contains("ORCPT="),
        ["RCPT TO:<a@b.example> ORCPT=utf-8;a", "RCPT TO:<a@b.example> ORCPT=x400;a"]
    ),
    difference!(We, "XCLIENT", "Postfix XCLIENT_README", |l| verb(l) == "XCLIENT", ["XCLIENT ADDR=192.0.2.1"]),
    difference!(
        We,
        "VRFY and EXPN are answered without a look at their argument",
        "RFC 5321 §4.1.1.6, §7.3",
        |l| matches!(verb(l).as_str(), "VRFY" | "EXPN"),
        ["VRFY", "EXPN"]
    ),
    difference!(
        We,
        "the largest counter is a size",
        "RFC 1870 §3",
        |l| l.contains("18446744073709551615"),
        ["MAIL FROM:<a@b.example> SIZE=18446744073709551615"]
    ),
    difference!(
        Both,
        "quotes belong to a local-part",
        "RFC 5321 §4.1.2",
        |l| l.contains('"'),
        ["RCPT TO:<\"a b\"@c.example>"]
    ),
    difference!(
        Both,
        "Postmaster without a domain is kept",
        "RFC 5321 §4.5.1",
        |l| upper(l).contains("<POSTMASTER>"),
        ["RCPT TO:<Postmaster>"]
    ),
    difference!(
        We,
        "a quoted local-part may be empty",
        "RFC 5321 §4.1.2",
        |l| l.contains("<\"\"@"),
        ["RCPT TO:<\"\"@b.example>"]
    ),
    difference!(
        Both,
        "text behind an address literal is dropped",
        "RFC 5321 §4.1.1.1, §4.1.4",
        |l| matches!(verb(l).as_str(), "EHLO" | "HELO") && l.contains(" ["),
        ["EHLO [192.0.2.1]x"]
    ),
    difference!(We, "white space at the end of a line", "RFC 5321 §4.1.1", |l| l.ends_with('\t'), ["EXPN\t"]),
    difference!(Both, "white space at the end of a line", "RFC 5321 §4.1.1", |l| l.ends_with('\t'), ["AUTH PLAIN =\t"]),
];
