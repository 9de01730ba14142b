//! Bad input of every kind: clear errors, and the process lives.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use std::fs;
use std::time::Duration;

use postroad_api::connector::v1::{Connector, SmartHost};
use postroad_test_support::{Bench, Message, Process, ScriptedHost, Sender, Verdict, space};
use tonic::Code;
use tonic_types::StatusExt as _;

const FROM: &str = "a@sender.example";
const TO: &str = "b@rcpt.example";

#[test]
fn malformed_commands_are_refused_one_by_one_and_the_connection_stays() {
    let host = ScriptedHost::honest();
    let mut bench = Bench::start(&[host.address()], &[]);
    let mut sender = bench.sender();
    let cases: [(&[u8], &[u16]); 12] = [
        (b"FOO", &[500]),
        (b"", &[500]),
        (b"MAIL FROM:a@b", &[501]),
        (b"MAIL FROM:<a@b> NOSUCH=1", &[555]),
        (b"MAIL FROM:<a@b> SIZE=99999999999999999999999", &[501]),
        (b"RCPT TO:<b@c>", &[503]),
        (b"DATA now", &[501]),
        (b"DATA", &[503, 554]),
        (b"EHLO", &[501]),
        (b"NO\x00OP", &[500, 501]),
        (b"NO\rOP", &[500, 501]),
        (b"VRFY \xff\xfe", &[500, 501]),
    ];
    let mut wrong = Vec::new();
    for (line, codes) in cases {
        sender.wire.write(&[line, b"\r\n"].concat()).unwrap();
        let answer = sender.answer().unwrap();
        let alive = sender.command("NOOP").unwrap().code == 250;
        if !codes.contains(&answer.code) || !alive {
            wrong.push(format!("{:?}: {:?}, must be {codes:?}", String::from_utf8_lossy(line), answer.lines));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let verdict = sender.send(FROM, TO, &Message::of_size("after", 100));
    assert!(matches!(verdict, Verdict::Acked(_)), "{verdict:?}");
    assert!(bench.relay.process.is_alive());
}

#[test]
fn a_line_of_a_mebibyte_is_one_500_and_takes_no_memory() {
    let host = ScriptedHost::honest();
    let mut bench = Bench::start(&[host.address()], &[]);
    let mut sender = bench.sender();
    assert_eq!(sender.command("NOOP").unwrap().code, 250);
    let before = bench.relay.process.resident_kib();
    for start in ["NOOP ", "MAIL FROM:<"] {
        let answer = sender.command(&format!("{start}{}", "x".repeat(1 << 20))).unwrap();
        assert_eq!(answer.code, 500, "{answer:?}");
        assert_eq!(sender.command("NOOP").unwrap().code, 250);
    }
    let raised = bench.relay.process.resident_kib().saturating_sub(before);
    assert!(raised < 1024, "two lines of a MiB took {raised} KiB");
    assert!(bench.relay.process.is_alive());
}

/// TH1: each payload looks like an end of data to some host, followed by a second message.
#[test]
fn th1_smuggled_ends_of_data_end_nothing_and_nothing_bare_leaves() {
    let host = ScriptedHost::honest();
    let bench = Bench::start(&[host.address()], &[]);
    let ends: [&str; 9] =
        ["\n.\n", "\n.\r\n", "\r.\r", "\r\n.\n", "\r\n.\r", "\r.\r\n", "\n\n.\r\n", "\r\n\0.\r\n", "\r\n.\r\r\n"];
    let mut wrong = Vec::new();
    for end in ends {
        let mut sender = bench.sender();
        assert_eq!(sender.envelope(FROM, TO).unwrap().code, 250);
        assert_eq!(sender.command("DATA").unwrap().code, 354);
        let evil = format!("{end}MAIL FROM:<evil@evil.example>\r\nRCPT TO:<b@rcpt.example>\r\nDATA\r\nevil");
        sender.wire.write(format!("Subject: x\r\n\r\nbody{evil}\r\n.\r\n").as_bytes()).unwrap();
        let answer = sender.answer().unwrap();
        let in_step = sender.command("NOOP").is_ok_and(|noop| noop.code == 250 && noop.lines.len() == 1);
        if !matches!(answer.code, 550 | 554) || !answer.lines[0].contains(" 5.6.0") || !in_step {
            wrong.push(format!("{end:?}: {:?}, in step {in_step}", answer.lines));
        }
    }
    host.wait_until_left();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(host.messages().len(), 0, "no such message may be complete at the host");
    for seen in host.seen() {
        assert!(!seen.commands.iter().any(|command| command.contains("evil")), "smuggled: {:?}", seen.commands);
        assert_eq!(bare_ends(&seen.raw), 0, "bare CR or LF, or NUL left for the host: {:?}", seen.raw);
    }
}

/// The same text inside a true end of data is one message, and dots at line starts survive.
#[test]
fn s12_dots_and_a_true_end_make_one_message() {
    let host = ScriptedHost::honest();
    let bench = Bench::start(&[host.address()], &[]);
    let bytes = b"X: y\r\n\r\n.\r\n..\r\n.dot\r\n...\r\nend\r\n".to_vec();
    let verdict = bench.sender().send(FROM, TO, &Message { id: String::new(), bytes: bytes.clone() });
    assert!(matches!(verdict, Verdict::Acked(_)), "{verdict:?}");
    assert_eq!(host.messages()[0].without_received(), bytes);
}

fn bare_ends(raw: &[u8]) -> usize {
    let bare = |(at, byte): (usize, &u8)| match byte {
        b'\n' => at == 0 || raw[at - 1] != b'\r',
        b'\r' => raw.get(at + 1) != Some(&b'\n'),
        0 => true,
        _ => false,
    };
    raw.iter().enumerate().filter(|pair| bare(*pair)).count()
}

#[test]
fn everything_wrong_with_a_connector_is_said_at_once_with_field_paths() {
    let mut bench = Bench::start(&["192.0.2.1:25".parse().unwrap()], &[]);
    let bad = Connector {
        name: " ".to_owned(),
        address_spaces: vec![space("exa mple", 1), space("good.example", 1000)],
        smart_hosts: vec![SmartHost { host: "bad host".to_owned(), port: 70_000, ..Default::default() }],
        ..Connector::default()
    };
    let status = bench.api.create(bad).unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
    let details = status.get_details_bad_request().expect("a BadRequest with field violations");
    let fields: Vec<String> = details.field_violations.iter().map(|violation| violation.field.clone()).collect();
    for path in ["name", "address_spaces[0]", "address_spaces[1]", "smart_hosts[0].host", "smart_hosts[0].port"] {
        assert!(fields.iter().any(|field| field.contains(path)), "{path} is not among {fields:?}");
    }
    assert!(bench.control_plane.process.is_alive());
    assert!(bench.api.get("main").is_ok());
}

/// Starts a program that must refuse its settings; what it said.
fn refused(program: &str, arguments: &[&str]) -> String {
    let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
    let mut process = Process::start(program, &arguments);
    let status = process.wait(Duration::from_secs(10));
    assert!(!status.success(), "{program} {arguments:?} must fail");
    // Its last words may still be on their way from the pipe.
    std::iter::repeat_with(|| process.log()).find(|log| !log.is_empty()).unwrap().join("\n")
}

#[test]
fn unreadable_settings_are_named_with_their_flag() {
    let text = refused("postroad-relay", &["--max-message-size", "many"]);
    assert!(text.contains("--max-message-size"), "{text}");
    let text = refused(
        "postroad-relay",
        &["--check", "--name", "x y", "--host-name", "a b", "--control-plane", "ftp:nowhere"],
    );
    for flag in ["--name", "--host-name", "--control-plane"] {
        assert!(text.contains(flag), "{flag} is not in {text}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let common = ["--data-dir", path, "--admin-listen", "127.0.0.1:0"];
    let text = refused("postroad-control-plane", &[&common[..], &["--grpc-listen", "0.0.0.0:0"]].concat());
    assert!(text.contains("0.0.0.0") && text.contains("loopback"), "{text}");

    let key = folder.path().join("short.key");
    fs::write(&key, b"too short").unwrap();
    let key = key.to_str().unwrap();
    let listen = ["--grpc-listen", "127.0.0.1:0", "--secrets-key-file", key];
    let text = refused("postroad-control-plane", &[&common[..], &listen[..]].concat());
    assert!(text.contains(key) && !text.contains("panicked"), "{text}");
}

#[test]
fn a_client_that_speaks_another_protocol_does_no_harm() {
    let host = ScriptedHost::honest();
    let bench = Bench::start(&[host.address()], &[]);
    let mut stranger =
        Sender { wire: postroad_test_support::Wire::connect(bench.relay.smtp(), Duration::from_secs(5)).unwrap() };
    stranger.wire.write(b"GET / HTTP/1.1\r\nHost: relay\r\n\r\n").unwrap();
    assert_eq!(stranger.answer().unwrap().code, 220);
    assert!(stranger.answer().is_ok_and(|answer| answer.code >= 400));
    let verdict = bench.sender().send(FROM, TO, &Message::of_size("after", 100));
    assert!(matches!(verdict, Verdict::Acked(_)), "{verdict:?}");
}
