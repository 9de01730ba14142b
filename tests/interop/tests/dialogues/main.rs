//! The dialogues of `tests/dialogs`, which run there in a session without sockets, with a whole relay over sockets: in
//! clear, and again inside TLS. The relay is a part of this process, so that its listeners may be held to limits as small
//! as the dialogues have them; the control plane and the smart host are none.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "a test may fail loudly")]

mod clerk;
mod host;
mod listener;
mod offers;
mod player;
mod relay;
mod scram;

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;

use clerk::Clerk;
use host::Host;
use listener::{Files, listener, open};
use player::{Player, Stage};
use postroad_dialogs::{Dialogue, PASSWORD, Step, USER, Way};
use postroad_interop::{Authority, user};
use postroad_test_support::{AdminApi, ControlPlane, connector, report, skipped};
use relay::Relay;

const TEST: &str = "dialogues_over_sockets";

/// Dialogues to which a whole relay cannot be brought, and why.
const OUT_OF_REACH: &[(&str, &str)] = &[
    (
        "e12a_requiretls_inside_tls_only",
        "REQUIRETLS is believed of a smart host whose certificate was checked, and relays check none yet",
    ),
    (
        "e8a_tls_cannot_be_had_now",
        "a relay that offers STARTTLS has loaded its certificate and keeps the last good one: it never says 454",
    ),
];

#[test]
fn dialogues_over_sockets() {
    let dialogues = Dialogue::all();
    let (out_of_reach, in_reach): (Vec<_>, Vec<_>) =
        dialogues.iter().partition(|dialogue| OUT_OF_REACH.iter().any(|(name, _)| *name == dialogue.name));
    for (name, reason) in OUT_OF_REACH {
        skipped(&format!("{TEST} {name}"), reason);
    }
    let tells = |dialogue: &Dialogue, way| dialogue.over.as_ref().is_none_or(|over| over.way == way);
    let plays = in_reach.iter().flat_map(|dialogue| [Way::Clear, Way::Tls].map(|way| (*dialogue, way)));
    let plays: Vec<_> = plays.filter(|(dialogue, way)| tells(dialogue, *way)).collect();
    let failures = play_all(&plays);
    let count = |wanted| plays.iter().filter(|(_, way)| *way == wanted).count();
    report(&format!(
        "dialogues over sockets: of {} there are {} told in clear and {} inside TLS; {} skipped",
        dialogues.len(),
        count(Way::Clear),
        count(Way::Tls),
        out_of_reach.len(),
    ));
    for dialogue in in_reach {
        if let Some(over) = &dialogue.over {
            let way = if over.way == Way::Clear { "in clear" } else { "inside TLS" };
            report(&format!("only {way}: {}: {}", dialogue.name, over.why));
        }
    }
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), plays.len(), failures.join("\n"));
    assert_eq!(out_of_reach.len(), OUT_OF_REACH.len(), "what is skipped is no dialogue any more");
}

/// Plays these; what does not go as written.
fn play_all(plays: &[(&Dialogue, Way)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let files = Files { authority: Authority::found(folder.path()), users: folder.path().join("users.yaml") };
    let (senders, rest) = ("  senders: [\"*@x.example\", \"<>\"]\n", "  token: true\n  certificate: user.x.example\n");
    fs::write(&files.users, format!("users:\n{}{senders}{rest}", user(USER, PASSWORD))).unwrap();
    let host = Host::start();
    let control_plane = ControlPlane::start(&folder.path().join("control-plane"));
    // It is the listener that limits the size of messages.
    let main = postroad_api::connector::v1::Connector {
        max_message_size: Some(0),
        ..connector("main", &["*"], &[host.address])
    };
    AdminApi::new(control_plane.grpc()).create(main).unwrap();
    // One relay for all dialogues whose next hops offer the same, but for those that shut it down.
    let mut groups: BTreeMap<String, Vec<(&Dialogue, Way)>> = BTreeMap::new();
    for (dialogue, way) in plays {
        let ends = dialogue.steps.iter().any(|(_, step)| *step == Step::Shutdown);
        let ends = if ends { format!("{} {way:?}", dialogue.name) } else { String::new() };
        groups.entry(format!("{:?} {ends}", dialogue.setting.offer)).or_default().push((*dialogue, *way));
    }
    groups.values().flat_map(|group| play(group, &files, control_plane.grpc(), &host)).collect()
}

fn play(group: &[(&Dialogue, Way)], files: &Files, control_plane: SocketAddr, host: &Host) -> Vec<String> {
    let setting = &group[0].0.setting;
    let open = open(&setting.session);
    let name = |number: usize| format!("dialogue-{number}");
    let mut listeners = vec![open.clone()];
    let numbered = group.iter().enumerate();
    listeners.extend(numbered.map(|(number, (dialogue, way))| listener(name(number), dialogue, *way, files)));
    host.begin(offers::of_host(&setting.offer));
    let relay = Relay::start(control_plane, listeners, Arc::new(Clerk(host.shared())));
    offers::wait_until_learned(relay.address(&open.name), &setting.offer);
    let mut failures = Vec::new();
    for (number, (dialogue, way)) in group.iter().enumerate() {
        let stage = Stage { relay: &relay, host, ca: &files.authority.ca, open: &open.name };
        // The one before may have changed what is offered.
        failures.extend(Player::play(dialogue, *way, &name(number), &stage).err());
        if dialogue.steps.iter().any(|(_, step)| matches!(step, Step::Offer(_))) {
            host.begin(offers::of_host(&setting.offer));
            offers::wait_until_learned(relay.address(&open.name), &setting.offer);
        }
    }
    relay.stop();
    failures
}
