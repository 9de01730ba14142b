//! Commands as clients write them.

use super::*;

fn error(line: &str) -> CommandError {
    Command::parse(line.as_bytes()).expect_err(line)
}

#[test]
fn s06_verbs_keywords_and_names_ignore_case_and_the_local_part_stays() {
    let Command::Mail(path, parameters) = Command::parse(b"mail from:<A.b@C.Example> size=10 body=8bitmime").unwrap()
    else {
        panic!("not MAIL")
    };
    assert_eq!(path.to_string(), "A.b@C.Example");
    assert_eq!(parameters, MailParameters { size: Some(10), body: Some(Body::EightBitMime), ..Default::default() });
}

#[test]
fn s06_a_blank_after_the_colon_is_tolerated() {
    assert!(Command::parse(b"MAIL FROM: <a@b.example>").is_ok());
    assert!(Command::parse(b"RCPT TO: <a@b.example>").is_ok());
}

#[test]
fn s07_arguments_where_none_belongs_are_refused() {
    for line in ["DATA x", "RSET x", "QUIT x", "STARTTLS x"] {
        assert_eq!(error(line), CommandError::Argument, "{line}");
    }
    assert_eq!(Command::parse(b"NOOP x").unwrap(), Command::Noop);
}

#[test]
fn s09_parameters_twice_malformed_or_unknown() {
    for line in [
        "MAIL FROM:<a@b.example> SIZE=1 SIZE=2",
        "MAIL FROM:<a@b.example> SIZE=",
        "MAIL FROM:<a@b.example> SIZE",
        "MAIL FROM:<a@b.example> SIZE=-1",
        "MAIL FROM:<a@b.example> SIZE=99999999999999999999999",
        "MAIL FROM:<a@b.example> SIZE=99999999999999999999",
        "MAIL FROM:<a@b.example> BODY=9BIT",
        "MAIL FROM:<a@b.example> BODY=7BIT BODY=7BIT",
    ] {
        assert_eq!(error(line), CommandError::Parameter, "{line}");
    }
    for line in ["MAIL FROM:<a@b.example> X", "MAIL FROM:<a@b.example> NOTIFY=NEVER", "RCPT TO:<a@b.example> X=1"] {
        assert_eq!(error(line), CommandError::UnknownParameter, "{line}");
    }
}

#[test]
fn malformed_paths_are_refused() {
    for path in [
        "",
        "a@b.example",
        "<a@b.example",
        "<a@b.example>SIZE=10",
        "<a b@c.example>",
        "<@a:b>",
        "<@a,b:u@c>",
        "<a@>",
        "< a@b.example>",
    ] {
        assert_eq!(error(&format!("MAIL FROM:{path}")), CommandError::ReversePath, "{path}");
        assert_eq!(error(&format!("RCPT TO:{path}")), CommandError::ForwardPath, "{path}");
    }
    assert_eq!(error("RCPT TO:<>"), CommandError::ForwardPath);
    assert!(Command::parse(b"MAIL FROM:<>").is_ok());
    assert!(Command::parse(b"RCPT TO:<Postmaster>").is_ok());
}

#[test]
fn s03_client_names() {
    for name in ["a.example", "host_1", "[192.0.2.1]", "[IPv6:2001:db8::1]", "[192.0.2.1] trailing", "localhost"] {
        assert!(Command::parse(format!("EHLO {name}").as_bytes()).is_ok(), "{name}");
    }
    for name in ["", " ", "a b", "[1.2", "[x]", "a(b)", "a\u{7f}", "<x>"] {
        assert_eq!(error(&format!("EHLO {name}")), CommandError::ClientName, "{name}");
    }
}

#[test]
fn s05_basic_verbs_exist() {
    for (line, command) in [
        ("VRFY someone", Command::Vrfy),
        ("EXPN list", Command::Expn),
        ("HELP", Command::Help),
        ("help MAIL", Command::Help),
        ("StartTls", Command::StartTls),
        ("RSET  ", Command::Rset),
    ] {
        assert_eq!(Command::parse(line.as_bytes()), Ok(command), "{line}");
    }
}

#[test]
fn s11_octets_above_127_are_refused_outside_of_paths() {
    for line in ["EHLO b\u{fc}cher.example", "NOOP \u{fc}", "\u{fc}", "VRFY \u{fc}", "DATA\u{fc}"] {
        assert_eq!(error(line), CommandError::NotAscii, "{line}");
    }
    assert_eq!(Command::parse(b"NOOP \xff"), Err(CommandError::NotAscii));
}

#[test]
fn e5c_ehlo_names_are_ascii_and_may_be_a_labels() {
    assert!(Command::parse(b"EHLO xn--bcher-kva.example").is_ok());
    assert_eq!(error("EHLO b\u{fc}cher.example"), CommandError::NotAscii);
}

#[test]
fn s05_unknown_verbs_are_told_from_verbs_not_offered() {
    assert_eq!(error("GARBAGE / HTTP/1.1"), CommandError::UnknownVerb);
    assert_eq!(error("GET / HTTP/1.1"), CommandError::OtherProtocol);
    assert_eq!(error(""), CommandError::UnknownVerb);
    assert_eq!(Command::parse(b"ETRN x").unwrap(), Command::NotImplemented);
    assert_eq!(Command::parse("NOOP \u{e9}".as_bytes()), Err(CommandError::NotAscii));
}
