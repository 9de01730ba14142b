//! What is printed parses back.

use proptest::prelude::*;

use super::*;
use crate::{AuthMechanisms, Command, Xtext};

/// A host that offers all there is.
fn everything() -> Capabilities {
    Capabilities {
        eight_bit_mime: true,
        smtp_utf8: true,
        dsn: true,
        chunking: true,
        binary_mime: true,
        require_tls: true,
        size: true,
        auth: AuthMechanisms { plain: true, login: false },
        ..Capabilities::default()
    }
}

fn mail(line: &str) -> (ReversePath, MailParameters) {
    match Command::parse(line.as_bytes()) {
        Ok(Command::Mail(path, parameters)) => (path, parameters),
        other => panic!("{line:?}: {other:?}"),
    }
}

fn printed_mail(line: &str, host: &Capabilities, header: u64) -> String {
    let (path, parameters) = mail(line);
    let mut out = Vec::new();
    print_mail(&mut out, &path, &parameters, host, header);
    String::from_utf8(out).unwrap()
}

fn printed_rcpt(line: &str, host: &Capabilities) -> String {
    let Ok(Command::Rcpt(mailbox, parameters)) = Command::parse(line.as_bytes()) else { panic!("{line:?}") };
    let mut out = Vec::new();
    print_rcpt(&mut out, &mailbox, &parameters, host);
    String::from_utf8(out).unwrap()
}

#[test]
fn c7_parameters_go_only_to_hosts_that_offer_them() {
    let nothing = Capabilities::default();
    let all = "MAIL FROM:<> SIZE=110 BODY=8BITMIME SMTPUTF8 REQUIRETLS AUTH=<> RET=HDRS ENVID=x+2B1";
    assert_eq!(printed_mail(all, &nothing, 0), "MAIL FROM:<>\r\n");
    assert_eq!(printed_mail(all, &everything(), 0), format!("{all}\r\n"));
    for (parameter, host) in [
        ("SIZE=1", Capabilities { size: false, ..everything() }),
        ("BODY=7BIT", Capabilities { eight_bit_mime: false, ..everything() }),
        ("BODY=8BITMIME", Capabilities { eight_bit_mime: false, ..everything() }),
        ("BODY=BINARYMIME", Capabilities { binary_mime: false, ..everything() }),
        ("SMTPUTF8", Capabilities { smtp_utf8: false, ..everything() }),
        ("REQUIRETLS", Capabilities { require_tls: false, ..everything() }),
        ("AUTH=<>", Capabilities { auth: AuthMechanisms::default(), ..everything() }),
        ("RET=FULL", Capabilities { dsn: false, ..everything() }),
        ("ENVID=x", Capabilities { dsn: false, ..everything() }),
    ] {
        let line = format!("MAIL FROM:<a@b.example> {parameter}");
        assert_eq!(printed_mail(&line, &host, 0), "MAIL FROM:<a@b.example>\r\n", "{parameter}");
        assert_eq!(printed_mail(&line, &everything(), 0), format!("{line}\r\n"));
    }
    let line = "RCPT TO:<a@b.example> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;Bob+2B@B.Example";
    assert_eq!(printed_rcpt(line, &nothing), "RCPT TO:<a@b.example>\r\n");
    assert_eq!(printed_rcpt(line, &everything()), format!("{line}\r\n"));
}

#[test]
fn e1b_size_is_enlarged_by_our_header_and_never_invented() {
    assert_eq!(printed_mail("MAIL FROM:<> SIZE=100", &everything(), 10), "MAIL FROM:<> SIZE=110\r\n");
    assert_eq!(printed_mail("MAIL FROM:<>", &everything(), 10), "MAIL FROM:<>\r\n");
    let most = "MAIL FROM:<> SIZE=18446744073709551615";
    assert_eq!(printed_mail(most, &everything(), 10), format!("{most}\r\n"));
}

#[test]
fn e10d_we_vouch_for_nobody() {
    assert_eq!(printed_mail("MAIL FROM:<> AUTH=boss@b.example", &everything(), 0), "MAIL FROM:<> AUTH=<>\r\n");
}

#[test]
fn e6a_dsn_parameters_are_never_invented() {
    assert_eq!(printed_mail("MAIL FROM:<a@b.example>", &everything(), 0), "MAIL FROM:<a@b.example>\r\n");
    assert_eq!(printed_rcpt("RCPT TO:<a@b.example>", &everything()), "RCPT TO:<a@b.example>\r\n");
}

#[test]
fn e5c_an_international_orcpt_goes_in_ascii_to_a_host_without_smtputf8() {
    let line = "RCPT TO:<a@b.example> ORCPT=utf-8;\u{fc}@b.example";
    assert_eq!(printed_rcpt(line, &everything()), format!("{line}\r\n"));
    let host = Capabilities { smtp_utf8: false, ..everything() };
    let printed = printed_rcpt(line, &host);
    assert_eq!(printed, "RCPT TO:<a@b.example> ORCPT=utf-8;\\x{FC}@b.example\r\n");
    assert_eq!(printed_rcpt(printed.trim_end(), &host), printed);
}

#[test]
fn th07_a_quoted_local_part_is_no_way_around_the_brackets() {
    let line = "RCPT TO:<\"victim@evil> NOTIFY=NEVER\"@ours.example>";
    assert_eq!(printed_rcpt(line, &everything()), format!("{line}\r\n"));
}

#[test]
fn e3a_bdat() {
    let mut out = Vec::new();
    print_bdat(&mut out, 0, true);
    print_bdat(&mut out, 86_401, false);
    assert_eq!(out, b"BDAT 0 LAST\r\nBDAT 86401\r\n");
}

/// Values as hostile as a parameter may hold.
fn xtext() -> impl Strategy<Value = String> {
    prop_oneof![Just("<>".to_owned()), "[a-zA-Z<>,;\\\\\"]{1,20}", "([a-z]|\\+[2-7][0-9A-E]){1,10}", ".{1,10}"]
}

fn path() -> impl Strategy<Value = String> {
    let local = prop_oneof!["[a-z.+=]{1,10}", "\"[a-z> @<\\\\\"]{0,10}\"", ".{0,8}", "[a-z\u{e0}-\u{ff}]{1,5}"];
    let domain =
        prop_oneof![Just("b.example"), Just("[192.0.2.1]"), Just("b\u{fc}cher.example"), Just("[IPv6:2001:db8::1]")];
    (local, domain).prop_map(|(local, domain)| format!("{local}@{domain}"))
}

fn parameter() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<u64>().prop_map(|n| format!("SIZE={n}")),
        prop_oneof![Just("7bit"), Just("8BITMIME"), Just("BINARYMIME")].prop_map(|v| format!("BODY={v}")),
        prop_oneof![Just("SMTPUTF8"), Just("RequireTLS"), Just("RET=FULL"), Just("ret=hdrs")].prop_map(str::to_owned),
        xtext().prop_map(|v| format!("ENVID={v}")),
        xtext().prop_map(|v| format!("AUTH={v}")),
        xtext().prop_map(|v| format!("ORCPT=rfc822;{v}")),
        xtext().prop_map(|v| format!("ORCPT=utf-8;{v}")),
        "(NEVER|SUCCESS|FAILURE|DELAY)(,(SUCCESS|FAILURE|DELAY)){0,3}".prop_map(|v| format!("NOTIFY={v}")),
        ".{0,10}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn th07_what_is_printed_parses_back_to_the_same_and_holds_no_control_character(
        verb in prop_oneof![Just("MAIL FROM"), Just("RCPT TO")],
        path in path(),
        parameters in proptest::collection::vec(parameter(), 0..4),
    ) {
        let line = format!("{verb}:<{path}> {}", parameters.join(" "));
        let mut out = Vec::new();
        let expected = match Command::parse(line.as_bytes()) {
            Ok(Command::Mail(path, mut parameters)) => {
                print_mail(&mut out, &path, &parameters, &everything(), 0);
                parameters.auth = parameters.auth.and_then(|_| Xtext::parse("<>", 2));
                Command::Mail(path, parameters)
            }
            Ok(Command::Rcpt(mailbox, parameters)) => {
                print_rcpt(&mut out, &mailbox, &parameters, &everything());
                Command::Rcpt(mailbox, parameters)
            }
            Ok(other) => panic!("{line:?} became {other:?}"),
            Err(_) => return Ok(()),
        };
        let text = out.strip_suffix(b"\r\n").unwrap();
        prop_assert!(!std::str::from_utf8(text).unwrap().contains(char::is_control), "{:?}", text);
        prop_assert_eq!(Command::parse(text), Ok(expected));
    }
}
