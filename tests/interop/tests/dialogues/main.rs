//! The dialogues of `tests/dialogs`, which run there in a session without sockets, with a relay in a process of its own:
//! in clear, and again inside TLS.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "a test may fail loudly")]

mod host;
mod listener;
mod offers;
mod player;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use host::Host;
use listener::listener;
use player::{Player, Way};
use postroad_dialogs::{Dialogue, PASSWORD, USER};
use postroad_interop::Authority;
use postroad_test_support::{Bench, Process, report, skipped};

const TEST: &str = "dialogues_over_sockets";

/// So many dialogues must have been played, at least: those in clear, those inside TLS.
const AT_LEAST: [usize; 2] = [37, 35];

/// Dialogues in which a whole relay says something else; `open` where that is not known to be right.
const UNLIKE: &[(&str, &[Way], &str)] = &[
    (
        "e3c_a_refused_chunk_is_drained",
        &[Way::Clear, Way::Tls],
        "open: the first chunk gets 250 before the smart host has refused it",
    ),
    ("e7_enhanced_codes", &[Way::Clear, Way::Tls], "a smart host's enhanced code of another class becomes X.0.0"),
    ("l3_lines", &[Way::Tls], "it says STARTTLS, to which the answer inside TLS is another"),
];

#[test]
fn dialogues_over_sockets() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::found(folder.path());
    fs::write(folder.path().join("users.yaml"), users()).unwrap();
    // One relay for all dialogues whose next hops offer the same.
    let mut groups: BTreeMap<String, Vec<(Dialogue, Way, String)>> = BTreeMap::new();
    for dialogue in Dialogue::all() {
        for way in [Way::Clear, Way::Tls] {
            match fields(&dialogue, way, &authority) {
                Ok(fields) => {
                    let group = groups.entry(format!("{:?}", dialogue.setting.offer)).or_default();
                    group.push((dialogue.clone(), way, fields));
                }
                Err(reason) => skipped(&format!("{TEST} {} {way:?}", dialogue.name), reason),
            }
        }
    }
    let (mut failures, mut played) = (Vec::new(), [0, 0]);
    for group in groups.values() {
        play(group, &folder, &authority, &mut failures);
        for (_, way, _) in group {
            played[usize::from(*way == Way::Tls)] += 1;
        }
    }
    report(&format!("dialogues over sockets: {} in clear, {} inside TLS", played[0], played[1]));
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), played[0] + played[1], failures.join("\n"));
    assert!(played[0] >= AT_LEAST[0] && played[1] >= AT_LEAST[1], "too few were played: {played:?}");
}

/// The fields of the listener, or why the dialogue cannot be played this way.
fn fields(dialogue: &Dialogue, way: Way, authority: &Authority) -> Result<String, &'static str> {
    let setting = &dialogue.setting;
    if !dialogue.works_over_sockets() {
        return Err("it needs a clock, another configuration, or a fault of the relay");
    }
    match way {
        Way::Clear if setting.implicit_tls => return Err("it begins inside TLS"),
        Way::Tls if setting.session.starttls && !setting.implicit_tls => return Err("it goes through STARTTLS itself"),
        _ => {}
    }
    if let Some((_, _, reason)) =
        UNLIKE.iter().find(|(name, unlike, _)| *name == dialogue.name && unlike.contains(&way))
    {
        return Err(reason);
    }
    if setting.early {
        return Err("whether the first octets of a client come before the greeting is chance");
    }
    if setting.offer.require_tls {
        return Err("its smart host needs a certificate");
    }
    if setting.offer.max_size.is_some() {
        return Err("the relay keeps room for its trace field, so that it offers less than its smart host does");
    }
    if setting.offer.smtp_utf8 && !setting.offer.eight_bit_mime {
        return Err("a smart host with SMTPUTF8 and without 8BITMIME is not believed (RFC 6531 §3.1)");
    }
    listener(dialogue, authority, way == Way::Tls)
}

fn play(
    group: &[(Dialogue, Way, String)],
    folder: &tempfile::TempDir,
    authority: &Authority,
    failures: &mut Vec<String>,
) {
    let offer = &group[0].0.setting.offer;
    let host = Host::start(&offers::of_host(offer));
    let path = folder.path().join("listeners.yaml");
    let mut file =
        "listeners:\n- { name: smtp, mode: smtp, listen: 127.0.0.1:0, limits: { max_messages_per_session: 0 } }\n"
            .to_owned();
    for (number, (_, _, fields)) in group.iter().enumerate() {
        file += &format!("- {{ name: dialogue-{number}, listen: 127.0.0.1:0, {fields} }}\n");
    }
    fs::write(&path, file).unwrap();
    let bench = Bench::start(&[host.address], &["--listeners", path.to_str().unwrap()]);
    offers::wait_until_learned(bench.relay.smtp(), offer);
    for (number, (dialogue, way, _)) in group.iter().enumerate() {
        let to = bench.relay.process.listener(&format!("dialogue-{number}"));
        failures.extend(Player::play(dialogue, *way, to, &authority.ca, &host).err());
    }
}

/// The users file of the dialogues' only user.
fn users() -> String {
    let mut hash = Command::new(Process::path_of("postroad"));
    hash.args(["user", "hash", "--name", USER, "--password-stdin"]);
    let mut child = hash.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "postroad user hash: {}", output.status);
    format!("users:\n{}  senders: [\"*@x.example\", \"<>\"]\n", String::from_utf8(output.stdout).unwrap())
}
