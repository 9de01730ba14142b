//! What we refuse and smtp-proto takes.

use super::text::{
    FOREIGN, after_path, argument, brackets, is_mailbox, is_mechanism, is_name, is_response, is_route, is_xtext,
    misplaced_blank, outside, parameters, path, upper, value, verb,
};
use super::{Difference, Side};

pub(super) const LIST: &[Difference] = &[
    difference!(
        They,
        "words behind LAST, or other than it",
        "RFC 3030 §2",
        |l| verb(l) == "BDAT"
            && l.split_once(' ')
                .and_then(|(_, rest)| rest.split_once(' '))
                .is_some_and(|(_, word)| upper(word) != "LAST"),
        ["BDAT 0 LAST x", "BDAT 0 ]FIRST"]
    ),
    difference!(
        They,
        "something between FROM or TO and its colon",
        "RFC 5321 §4.1.1.2, §4.1.1.3",
        |l| l.split_once('<').is_some_and(|(head, _)| !matches!(upper(head).trim_end(), "MAIL FROM:" | "RCPT TO:")),
        ["MAIL FROM,:<a@b.example>", "RCPT TO@:<a@b.example>"]
    ),
    difference!(
        They,
        "a source route that is none",
        "RFC 5321 §4.1.2",
        |l| brackets(l).is_some_and(|(inside, _)| inside.starts_with('@') && !is_route(inside)),
        ["RCPT TO:<@a.@example,@b.example:u@c.example>"]
    ),
    difference!(
        They,
        "a blank before a value",
        "RFC 5321 §4.1.2",
        |l| parameters(l).any(|p| p.1.is_some_and(|value| value.is_empty() || value.ends_with(','))),
        ["MAIL FROM:<a@b.example> BODY= 8BITMIME", "RCPT TO:<a@b.example> NOTIFY=SUCCESS, DELAY"]
    ),
    difference!(
        They,
        "an argument where none belongs",
        "RFC 5321 §4.1.1, §4.3.2, RFC 3207 §4",
        |l| matches!(verb(l).as_str(), "DATA" | "RSET" | "QUIT" | "STARTTLS") && l.contains(' '),
        ["DATA x", "RSET x", "QUIT x", "STARTTLS x"]
    ),
    difference!(
        They,
        "verbs of other protocols and extensions",
        "RFC 5321 §4.2.4",
        |l| matches!(verb(l).as_str(), "LHLO" | "ETRN" | "ATRN" | "BURL"),
        ["LHLO a.example", "ETRN a.example", "ATRN a", "BURL imap://x LAST"]
    ),
    difference!(
        They,
        "parameters of extensions that are not here",
        "RFC 5321 §4.1.1.11",
        |l| parameters(l).any(|p| FOREIGN.contains(&p.0.as_str())),
        ["MAIL FROM:<a@b.example> BY=120;R", "RCPT TO:<a@b.example> CONNEG"]
    ),
    difference!(
        They,
        "a parameter given twice",
        "RFC 5321 §4.1.1.11, RFC 3461 §5.1",
        |l| parameters(l).enumerate().any(|(at, p)| parameters(l).skip(at + 1).any(|q| q.0 == p.0)),
        ["MAIL FROM:<a@b.example> SIZE=1 SIZE=2"]
    ),
    difference!(
        They,
        "octets above 127 where they do not belong",
        "RFC 5321 §2.4, RFC 6531 §3.1",
        |l| l.contains('\u{fffd}') || !outside(l).is_ascii(),
        ["EHLO \u{fc}", "MAIL FROM:<a@b.example> ENVID=\u{fc}"]
    ),
    difference!(
        They,
        "control characters",
        "RFC 5321 §4.1.2",
        |l| l.contains(char::is_control),
        ["NOOP\tx", "MAIL\tFROM:<a@b.example>"]
    ),
    difference!(
        They,
        "blanks where none belong",
        "RFC 5321 §3.3, §4.1.2",
        misplaced_blank,
        [" NOOP", "MAIL FROM :<a@b.example>", "MAIL  FROM:<a@b.example>", "BDAT  1"]
    ),
    difference!(
        They,
        "what is no Mailbox",
        "RFC 5321 §4.1.2, §4.1.3, §4.5.3.1",
        |l| path(l).is_some_and(|p| !is_mailbox(p)),
        ["RCPT TO:<a@>", "RCPT TO:<a.@b.example>", "RCPT TO:<a@b_c.example>", "RCPT TO:<a@1.2.3.4>"]
    ),
    difference!(
        They,
        "a null forward-path",
        "RFC 5321 §4.1.1.3",
        |l| upper(l).starts_with("RCPT") && path(l) == Some(""),
        ["RCPT TO:<>"]
    ),
    difference!(
        They,
        "something that clings to the bracket",
        "RFC 5321 §4.1.1.11",
        |l| after_path(l).is_some_and(|rest| !rest.is_empty() && !rest.starts_with(' ')),
        ["MAIL FROM:<a@b.example>SIZE=10"]
    ),
    difference!(
        They,
        "a size that no counter holds",
        "RFC 1870 §3",
        |l| value(l, "SIZE").is_some_and(|v| v.parse::<u64>().is_err() || v.len() > 20),
        ["MAIL FROM:<a@b.example> SIZE=99999999999999999999999"]
    ),
    difference!(
        They,
        "xtext that is none, or hides control characters",
        "RFC 3461 §4",
        |l| ["ENVID", "AUTH", "ORCPT"].iter().any(|name| value(l, name).is_some_and(|v| !is_xtext(v))),
        [
            "MAIL FROM:<a@b.example> ENVID=x+0D+0A",
            "MAIL FROM:<a@b.example> ENVID=a=b",
            "RCPT TO:<a@b.example> ORCPT=rfc822;a+0A"
        ]
    ),
    difference!(
        They,
        "NEVER beside another word",
        "RFC 3461 §4.1",
        |l| value(l, "NOTIFY").is_some_and(|v| upper(v).contains("NEVER,") || v.contains(",NEVER")),
        ["RCPT TO:<a@b.example> NOTIFY=NEVER,SUCCESS"]
    ),
    difference!(
        They,
        "a chunk of 2^63 octets or more",
        "RFC 3030 §2",
        |l| verb(l) == "BDAT" && l.split(' ').nth(1).is_some_and(|n| n.parse::<i64>().is_err()),
        ["BDAT 9223372036854775808"]
    ),
    difference!(
        They,
        "a name that is none in EHLO",
        "RFC 5321 §4.1.1.1, §4.1.3",
        |l| matches!(verb(l).as_str(), "EHLO" | "HELO") && !is_name(argument(l)),
        ["EHLO a(b)", "EHLO <a>", "EHLO a b"]
    ),
    difference!(
        They,
        "an initial response that is no base64",
        "RFC 4954 §4",
        |l| verb(l) == "AUTH" && !is_response(argument(l)),
        ["AUTH PLAIN A=GE", "AUTH PLAIN *", "AUTH PLAIN AGEAYg== x"]
    ),
    difference!(
        They,
        "a mechanism that can have no such name",
        "RFC 4422 §3.1",
        |l| verb(l) == "AUTH" && !is_mechanism(argument(l)),
        ["AUTH PLA!N"]
    ),
];
