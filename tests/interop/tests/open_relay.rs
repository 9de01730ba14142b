//! Nobody outside the listener's networks is relayed for, however the recipient is written; for those inside each
//! recipient goes where its domain says, as it was written, or nowhere.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};

use postroad_interop::{Front, Mode, Reading, Sink, Talker};
use postroad_test_support::{Bench, connector, report, skipped};

/// What becomes of a recipient whose client may relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It is taken, and the smart host gets this.
    Routed(&'static str),
    /// Its domain has no connector: 550 5.1.2.
    NoRoute,
    /// It is no address: 501 or 553.
    Malformed,
}

use Fate::{Malformed, NoRoute, Routed};

/// `routed.example` is the only domain that has a connector.
const RECIPIENTS: &[(&str, Fate)] = &[
    ("user@routed.example", Routed("user@routed.example")),
    ("user@victim.example", NoRoute),
    // The percent hack, the bang path, and other ways to write a second domain into the local-part.
    ("user%victim.example@routed.example", Routed("user%victim.example@routed.example")),
    ("user%routed.example@victim.example", NoRoute),
    ("user%victim.example%routed.example@routed.example", Routed("user%victim.example%routed.example@routed.example")),
    ("victim.example!user@routed.example", Routed("victim.example!user@routed.example")),
    ("routed.example!user@victim.example", NoRoute),
    ("routed.example!user", Malformed),
    ("user%routed.example", Malformed),
    ("user=victim.example@routed.example", Routed("user=victim.example@routed.example")),
    // Source routes.
    ("@victim.example:user@routed.example", Routed("user@routed.example")),
    ("@routed.example:user@victim.example", NoRoute),
    ("@routed.example,@routed.example:user@victim.example", NoRoute),
    ("@routed.example:user", Malformed),
    ("@routed.example", Malformed),
    // Quoted.
    ("\"user@victim.example\"@routed.example", Routed("\"user@victim.example\"@routed.example")),
    ("\"user@routed.example\"@victim.example", NoRoute),
    ("\"user@routed.example\"", Malformed),
    ("\"user\\@victim.example\"@routed.example", Routed("\"user\\@victim.example\"@routed.example")),
    ("\"user\"@victim.example", NoRoute),
    // Two domains.
    ("user@victim.example@routed.example", Malformed),
    ("user@routed.example@victim.example", Malformed),
    ("user@routed.example,user@victim.example", Malformed),
    ("user@routed.example;victim.example", Malformed),
    ("user@routed.example>,<user@victim.example", Malformed),
    // Addresses for domains.
    ("user@[127.0.0.1]", NoRoute),
    ("user@[IPv6:::1]", NoRoute),
    ("user@[routed.example]", Malformed),
    ("user@127.0.0.1", Malformed),
    ("user@2130706433", Malformed),
    ("user@routed.example[127.0.0.1]", Malformed),
    // Other spellings of the domain.
    ("user@ROUTED.Example", Routed("user@ROUTED.Example")),
    ("user@sub.routed.example", NoRoute),
    ("user@notrouted.example", NoRoute),
    ("user@routed.example.victim.example", NoRoute),
    ("user@routed.example.", Malformed),
    ("user@.routed.example", Malformed),
    ("user@routed..example", Malformed),
    ("user@routed.example:25", Malformed),
    ("user@routed.example/victim.example", Malformed),
    ("user@routed.example#", Malformed),
    ("user@routed.example%victim.example", Malformed),
    ("user@xn--", Malformed),
    ("user@xn--.example", Malformed),
    ("user@XN--ROUTED-.example", Malformed),
    ("user@-routed.example", Malformed),
    // No domain, no local-part, nothing.
    ("user@", Malformed),
    ("@", Malformed),
    ("", Malformed),
    ("user", Malformed),
    ("postmaster", NoRoute),
    ("postmaster@", Malformed),
];

const SENDERS: [&str; 5] = [
    "",
    "a@sender.example",
    "user@routed.example",
    "postmaster@relay-a.relay.example",
    "\"a@routed.example\"@x.example",
];

/// The answer to a recipient in a session of its own.
fn answer(talker: &mut Talker, sender: &str, recipient: &str) -> String {
    talker.say("RSET", 250).unwrap();
    talker.say(&format!("MAIL FROM:<{sender}>"), 250).unwrap();
    talker.answer(&format!("RCPT TO:<{recipient}>")).unwrap()
}

/// A greeted client from this address; a session takes few errors.
fn greeted(source: Ipv4Addr, relay: SocketAddr) -> Talker {
    let mut talker = Talker::connect_from(IpAddr::V4(source), relay).unwrap();
    talker.expect(220).unwrap();
    talker.say("EHLO client.example", 250).unwrap();
    talker
}

const INSIDE: Ipv4Addr = Ipv4Addr::LOCALHOST;
const OUTSIDE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

fn start(sink: &Sink) -> Bench {
    let connector = connector("main", &["routed.example"], &[sink.address()]);
    Bench::with_connector(connector, &["--allow-network", "127.0.0.1/32"])
}

#[test]
fn th06_no_recipient_is_relayed_for_those_outside() {
    let sink = Sink::start(Reading::Lenient, &[]);
    let bench = start(&sink);
    let mut wrong = Vec::new();
    for sender in SENDERS {
        for (recipient, fate) in RECIPIENTS {
            let mut talker = greeted(OUTSIDE, bench.relay.smtp());
            let said = answer(&mut talker, sender, recipient);
            let good = match fate {
                Malformed => ["501 ", "553 ", "550 5.7.1 "].iter().any(|start| said.starts_with(start)),
                NoRoute | Routed(_) => said.starts_with("550 5.7.1 "),
            };
            let data = talker.answer("DATA").unwrap();
            if !good || !(data.starts_with("503 ") || data.starts_with("554 ")) {
                wrong.push(format!("<{sender}> to <{recipient}>: {said:?}, then DATA {data:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(sink.heard().is_empty(), "the smart host heard of it: {:?}", sink.heard());
    report(&format!("open relay: {} probes from outside, none relayed", SENDERS.len() * RECIPIENTS.len()));
}

#[test]
fn th06_a_recipient_goes_where_its_domain_says_or_nowhere() {
    let sink = Sink::start(Reading::Lenient, &[]);
    let bench = start(&sink);
    let (mut wrong, mut routed) = (Vec::new(), Vec::new());
    for sender in SENDERS {
        for (recipient, fate) in RECIPIENTS {
            let said = answer(&mut greeted(INSIDE, bench.relay.smtp()), sender, recipient);
            let good = match fate {
                Routed(onward) => {
                    routed.push(format!("RCPT TO:<{onward}>"));
                    said.starts_with("250 ")
                }
                NoRoute => said.starts_with("550 5.1.2 "),
                Malformed => said.starts_with("501 ") || said.starts_with("553 "),
            };
            if !good {
                wrong.push(format!("<{sender}> to <{recipient}>: {said:?}, must be {fate:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let commands: Vec<String> = sink.heard().into_iter().flat_map(|heard| heard.commands).collect();
    let mut came: Vec<String> = commands.into_iter().filter(|command| command.starts_with("RCPT")).collect();
    came.sort();
    routed.sort();
    assert_eq!(came, routed, "recipients at the smart host");
}

/// What a sender writes into the message grants nothing (EchoSpoofing).
#[test]
fn th06_no_header_field_makes_a_client_one_of_ours() {
    let sink = Sink::start(Reading::Lenient, &[]);
    let bench = start(&sink);
    let mut talker = greeted(OUTSIDE, bench.relay.smtp());
    let fields = "X-MS-Exchange-CrossTenant-AuthAs: Internal\r\nX-MS-Exchange-Organization-AuthAs: Internal\r\n\
                  X-Forwarded-For: 127.0.0.1\r\nReceived: from localhost ([127.0.0.1])\r\n\r\nx\r\n.\r\nQUIT\r\n";
    let octets = format!("MAIL FROM:<a@routed.example>\r\nRCPT TO:<user@routed.example>\r\nDATA\r\n{fields}");
    talker.write(octets.as_bytes()).unwrap();
    let replies = talker.replies();
    assert!(replies[1].starts_with("550 5.7.1 "), "{replies:?}");
    assert!(["503 ", "554 ", "421 "].iter().any(|start| replies[2].starts_with(start)), "{replies:?}");
    assert!(replies[3..].iter().all(|reply| !reply.starts_with('2') || reply.starts_with("221 ")), "{replies:?}");
    assert!(sink.heard().is_empty(), "the smart host heard of it: {:?}", sink.heard());
}

/// The answers to MAIL and, if that was taken, to RCPT.
fn envelope(talker: &mut Talker) -> String {
    let reply = talker.answer("MAIL FROM:<a@sender.example>").unwrap();
    if reply.starts_with("250 ") { talker.answer("RCPT TO:<user@routed.example>").unwrap() } else { reply }
}

#[test]
fn th06_where_a_client_is_and_whether_it_logged_in_decide() {
    let sink = Sink::start(Reading::Lenient, &[]);
    let front = Front::start(&[sink.address()]);
    for mode in Mode::ALL {
        for source in [Front::INSIDE, Front::OUTSIDE] {
            let without_login = match mode {
                Mode::Submission | Mode::ImplicitTls => "530 5.7.0 ",
                Mode::Clear | Mode::StartTls if source == Front::INSIDE => "250 ",
                Mode::Clear | Mode::StartTls => "550 5.7.1 ",
            };
            let reply = envelope(&mut front.stranger(mode, source).unwrap());
            assert!(reply.starts_with(without_login), "{mode:?}, {source}: {reply}");
            let mut talker = front.stranger(mode, source).unwrap();
            if mode == Mode::Clear {
                let offers = talker.say("EHLO client.example", 250).unwrap();
                assert!(!offers.contains("AUTH"), "a login in clear is offered: {offers}");
                let reply = talker.answer("AUTH PLAIN AGFwcDEAY29ycmVjdCBob3JzZQ==").unwrap();
                assert!(reply.starts_with('5'), "a login in clear is taken: {reply}");
                continue;
            }
            // A wrong password changes nothing, a right one does.
            let reply = talker.answer("AUTH PLAIN AGFwcDEAd3JvbmcgaG9yc2U=").unwrap();
            assert!(reply.starts_with("535 5.7.8 "), "{mode:?}, {source}: {reply}");
            let reply = envelope(&mut talker);
            assert!(reply.starts_with(without_login), "{mode:?}, {source}, after a wrong password: {reply}");
            talker.say("RSET", 250).unwrap();
            Front::log_in(&mut talker).unwrap();
            let reply = envelope(&mut talker);
            assert!(reply.starts_with("250 "), "{mode:?}, {source}, after a right password: {reply}");
        }
    }
}

#[test]
fn th06_addresses_of_ipv4_are_the_same_however_they_are_written() {
    let test = "th06_addresses_of_ipv4_are_the_same_however_they_are_written";
    if let Err(error) = TcpListener::bind("[::]:0") {
        return skipped(test, &format!("this system has no IPv6: {error}"));
    }
    let sink = Sink::start(Reading::Lenient, &[]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("listeners.yaml");
    for (listen, network) in
        [("[::]:0", "127.0.0.1/32"), ("[::]:0", "::ffff:127.0.0.1/128"), ("127.0.0.1:0", "::ffff:127.0.0.1/128")]
    {
        let text = format!(
            "listeners:\n- {{ name: smtp, mode: smtp, listen: \"{listen}\", allow_networks: [\"{network}\"] }}\n"
        );
        fs::write(&path, text).unwrap();
        let bench = Bench::start(&[sink.address()], &["--listeners", path.to_str().unwrap()]);
        let relay = SocketAddr::from((INSIDE, bench.relay.smtp().port()));
        for (source, start) in [(INSIDE, "250 "), (OUTSIDE, "550 5.7.1 ")] {
            let reply = envelope(&mut greeted(source, relay));
            assert!(reply.starts_with(start), "{listen}, {network}, from {source}: {reply}");
        }
    }
}
