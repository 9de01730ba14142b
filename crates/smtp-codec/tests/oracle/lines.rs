//! Command lines, most of them nearly right.

use proptest::prelude::*;
use proptest::sample::select;

/// Octets of a line without its CRLF, and without CR, LF and NUL, which only we refuse (RFC 5321 §2.3.8).
pub(crate) fn line() -> impl Strategy<Value = Vec<u8>> {
    (prop_oneof![4 => mail(), 4 => rcpt(), 3 => other()], proptest::option::weighted(0.2, odd())).prop_map(
        |(line, odd)| {
            let mut line = line.into_bytes();
            if let Some((at, octet)) = odd {
                let at = at.index(line.len() + 1);
                line.insert(at, octet);
            }
            line
        },
    )
}

/// Something that slips into a line somewhere.
fn odd() -> impl Strategy<Value = (prop::sample::Index, u8)> {
    (any::<prop::sample::Index>(), select(b" \t<>@:;,.=+\"\\[]-a0\x01\x7f\x80\xc3\xff".as_slice()))
}

fn mail() -> impl Strategy<Value = String> {
    let verb = select(["MAIL FROM:", "mail from:", "MAIL FROM: ", "MAIL FROM :", "MAIL  FROM:", "MAIL TO:"].as_slice());
    let parameter = prop_oneof![
        2 => select([
            "SIZE=100", "size=0", "SIZE=", "SIZE=18446744073709551615", "SIZE=18446744073709551616",
            "SIZE=99999999999999999999999", "SIZE=1x", "BODY=7BIT", "body=8bitmime", "BODY=BINARYMIME", "BODY=9BIT",
            "SMTPUTF8", "SMTPUTF8=1", "REQUIRETLS", "RET=FULL", "ret=hdrs", "RET=x", "AUTH=<>", "AUTH=a+40b", "AUTH=",
            "ENVID=QQ+2B1", "ENVID=x+0D+0A", "ENVID=a+2b", "ENVID=a=b", "ENVID=+",
        ].as_slice()).prop_map(str::to_owned),
        1 => select(["BY=120;R", "HOLDFOR=5", "MT-PRIORITY=3", "SOLICIT=a:b", "TRANSID=<a@b>", "CONPERM", "MTRK=a:1", "X=1"]
            .as_slice()).prop_map(str::to_owned),
        1 => "ENVID=[a-z]{90,110}",
    ];
    (verb, path(), proptest::collection::vec(parameter, 0..3)).prop_map(|(verb, path, rest)| join(verb, &path, &rest))
}

fn rcpt() -> impl Strategy<Value = String> {
    let verb = select(["RCPT TO:", "rcpt to:", "RCPT TO: ", "RCPT TO:", "RCPT FROM:"].as_slice());
    let parameter = prop_oneof![
        4 => select([
            "NOTIFY=NEVER", "notify=success,FAILURE,delay", "NOTIFY=NEVER,SUCCESS", "NOTIFY=", "NOTIFY=SUCCESS,SUCCESS",
            "NOTIFY=x", "ORCPT=rfc822;Bob+2B@b", "orcpt=RFC822;a", "ORCPT=utf-8;a", "ORCPT=x400;a", "ORCPT=rfc822;",
            "ORCPT=rfc822", "ORCPT=rfc822;a+0A", "ORCPT=rfc822;a=b", "RRVS=2014-04-03T23:01:00Z", "CONNEG", "X=1",
        ].as_slice()).prop_map(str::to_owned),
        1 => "ORCPT=rfc822;[a-z]{240,270}",
    ];
    (verb, path(), proptest::collection::vec(parameter, 0..3)).prop_map(|(verb, path, rest)| join(verb, &path, &rest))
}

fn join(verb: &str, path: &str, parameters: &[String]) -> String {
    let parameters: String = parameters.iter().map(|parameter| format!(" {parameter}")).collect();
    format!("{verb}<{path}>{parameters}")
}

fn path() -> impl Strategy<Value = String> {
    let local = prop_oneof![
        6 => "[a-zA-Z0-9]{1,6}(\\.[a-z]{1,4}){0,2}",
        1 => select(["a..b", ".a", "a.", "a%b", "a@b", "!#$%&'*+-/=?^_`{|}~", "a b", "a\\b", ""].as_slice()).prop_map(str::to_owned),
        1 => "\"[a-z @>.]{0,6}\"",
        1 => "[a-z]{60,68}",
        1 => select(["j\u{f6}rg", "\u{7528}\u{6237}"].as_slice()).prop_map(str::to_owned),
    ];
    let domain = prop_oneof![
        6 => "[a-z0-9]{1,5}(\\.[a-z]{2,4}){1,2}",
        2 => select([
            "", "b", "b.", "-b.example", "b_c.example", "b..example", "[192.0.2.1]", "[IPv6:2001:db8::1]", "1.2.3.4",
            "b\u{fc}cher.example", "xn--bcher-kva.example", "xn--",
        ].as_slice()).prop_map(str::to_owned),
        1 => "[a-z]{60,66}\\.example",
    ];
    prop_oneof![
        10 => (local, domain).prop_map(|(local, domain)| format!("{local}@{domain}")),
        2 => select(["", "Postmaster", "postmaster", "abuse", "@a.example,@b.example:u@c.example", "@a:u@c.example", "@a.example:"]
            .as_slice()).prop_map(str::to_owned),
    ]
}

fn other() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => select([
            "DATA", "data", "DATA x", "RSET", "RSET x", "QUIT", "QUIT x", "NOOP", "NOOP x y", "STARTTLS", "starttls now", "HELP",
            "HELP MAIL", "VRFY", "VRFY a", "EXPN", "EXPN list", "LHLO a.example", "ETRN a.example", "ATRN a", "BURL imap://x LAST",
            "TURN", "GET / HTTP/1.1", "FOO", "", "DATAX", "XCLIENT ADDR=192.0.2.1",
        ].as_slice()).prop_map(str::to_owned),
        2 => (select(["EHLO ", "helo ", "EHLO  ", "EHLO"].as_slice()), select([
            "a.example", "localhost", "host_1", "[192.0.2.1]", "[IPv6:2001:db8::1]", "[192.0.2.1] x", "a b", "a(b)", "<a>", "",
        ].as_slice())).prop_map(|(verb, name)| format!("{verb}{name}")),
        2 => (select([
            "0", "1", "86401", "9223372036854775807", "9223372036854775808", "18446744073709551617", "99999999999999999999999",
            "-1", "x", "", " 1",
        ].as_slice()), select(["", " LAST", " last", " FIRST", " LAST x"].as_slice()))
            .prop_map(|(size, last)| format!("BDAT {size}{last}")),
        2 => (select(["PLAIN", "login", "SCRAM-SHA-256", "X-NEW", "PLA!N", ""].as_slice()), select([
            "", " =", " AGEAYg==", " AGEAYg", " A=GE", " *", " AGEAYg== x",
        ].as_slice())).prop_map(|(name, response)| format!("AUTH {name}{response}")),
    ]
}
