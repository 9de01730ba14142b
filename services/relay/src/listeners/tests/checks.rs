//! What `--check` finds in the files that listeners name.

use rcgen::{CertificateParams, KeyPair};
use tempfile::TempDir;

use super::base;
use crate::listeners::Listeners;

const USERS: &str = "users:\n- name: a\n  verifiers: ['$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4']\n";

/// A folder with a certificate for `relay.example`, its key, a users file, and a file of listeners.
fn folder(listeners: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["relay.example".to_owned()]).unwrap().self_signed(&key).unwrap();
    for (name, text) in [
        ("relay.pem", certificate.pem()),
        ("relay.key", key.serialize_pem()),
        ("users.yaml", USERS.to_owned()),
        ("listeners.yaml", listeners.to_owned()),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// Problems, or warnings where there are none; without the name of the folder.
fn check(folder: &TempDir) -> Result<Vec<String>, Vec<String>> {
    let bare = |text: &str| text.replace(&format!("{}/", folder.path().display()), "");
    let checked = Listeners::check(&folder.path().join("listeners.yaml"), &base());
    checked
        .map(|(_, warnings)| warnings.iter().map(|warning| bare(&warning.0)).collect())
        .map_err(|problems| problems.iter().map(|problem| bare(problem)).collect())
}

const GOOD: &str = "listeners:\n- {name: a, listen: '127.0.0.1:0', mode: submission, auth: {users: users.yaml},\n   \
                    tls: {certificate: relay.pem, key: relay.key}}\n";

#[test]
fn good_files_are_nothing_to_talk_about() {
    assert_eq!(check(&folder(GOOD)), Ok(Vec::new()));
}

#[test]
fn a_certificate_without_the_name_that_clients_see_is_warned_about() {
    let warnings = check(&folder(&GOOD.replace("mode:", "host_name: other.example, mode:"))).unwrap();
    let [warning] = warnings.as_slice() else { panic!("{warnings:?}") };
    let said = "listeners.yaml: listeners[0].tls.certificate: relay.pem: it does not name other.example";
    assert!(warning.starts_with(said), "{warning}");
}

#[test]
fn a_certificate_that_has_ended_is_warned_about() {
    let folder = folder(GOOD);
    let key = KeyPair::generate().unwrap();
    let mut ended = CertificateParams::new(vec!["relay.example".to_owned()]).unwrap();
    ended.not_after = rcgen::date_time_ymd(2001, 1, 1);
    std::fs::write(folder.path().join("relay.pem"), ended.self_signed(&key).unwrap().pem()).unwrap();
    std::fs::write(folder.path().join("relay.key"), key.serialize_pem()).unwrap();
    let warnings = check(&folder).unwrap();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].starts_with("listeners.yaml: listeners[0].tls.certificate: relay.pem: "), "{warnings:?}");
}

/// One run tells what is wrong with the file and with those that its right parts name.
#[test]
fn everything_wrong_is_said_at_once_in_all_files() {
    let folder = folder(
        "listeners:\n- {name: 'a b', mode: submission, limits: {max_errors: 1}, auth: {users: users.yaml, mechanisms: [X]},\n   \
         tls: {certificate: relay.pem, key: no.key}}\n\
         - {name: c, listen: '127.0.0.1:0', mode: smtp, tls: {certificate: no.pem, key: relay.key}, zzz: 1}\n\
         - {name: d, listen: '127.0.0.1:0', mode: smtp, tls: {certificate: no.pem}}\n",
    );
    std::fs::write(folder.path().join("users.yaml"), "users:\n- {name: a, verifiers: [x]}\n- {name: a}\n").unwrap();
    let problems = check(&folder).unwrap_err();
    for begin in [
        "listeners[0].name: ",
        "listeners[0].limits.max_errors: ",
        "listeners[0].auth.mechanisms[0]: ",
        "listeners[0].tls.key: no.key: ",
        "listeners[0].auth.users: users.yaml: users[0].verifiers[0]: ",
        "listeners[0].auth.users: users.yaml: users[1]: ",
        "listeners[0].auth.users: users.yaml: users[1].name: ",
        "listeners[1].zzz: ",
        "listeners[1].tls.certificate: no.pem: ",
        "listeners[2].tls.key: it is missing",
    ] {
        let begin = format!("listeners.yaml: {begin}");
        assert!(problems.iter().any(|problem| problem.starts_with(&begin)), "{begin:?} is not among {problems:#?}");
    }
    assert_eq!(problems.len(), 10, "{problems:#?}");
}
