use super::*;
use crate::limits::{MAX_FILE, MAX_USERS};

const HASH: &str = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
const SCRAM: &str = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:\
                     wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

fn problems(text: &str) -> Vec<String> {
    let text = text.replace("HASH", HASH).replace("SCRAM", SCRAM);
    parse("users.yaml", &text).unwrap_err().iter().map(str::to_owned).collect()
}

#[test]
fn a_whole_file_is_read() {
    let text = format!(
        "users:\n- name: app1\n  verifiers: [\"{HASH}\", \"{SCRAM}\"]\n  certificate: App1.Example.org\n  \
         senders: [\"*@example.org\", \"<>\"]\n- name: bücher\n  token: true\n"
    );
    let users = parse("users.yaml", &text).unwrap();
    let [first, second] = users.as_slice() else { panic!("{users:?}") };
    assert_eq!((&*first.name, first.hashes.len(), first.scram.is_some()), ("app1", 1, true));
    assert_eq!((first.certificate.as_deref(), first.token), (Some("app1.example.org"), false));
    assert_eq!((&*second.name, second.token, second.has_password()), ("bücher", true, false));
}

#[test]
fn nobody_is_said_in_so_many_words() {
    assert!(parse("users.yaml", "users: []").unwrap().is_empty());
    assert_eq!(problems(""), ["users.yaml: is empty; write `users: []` where nobody may log in"]);
    assert_eq!(problems("{}"), ["users.yaml: users: is missing; write `users: []` where nobody may log in"]);
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let found = problems(
        "users:\n- name: a\n  verifiers: ['HASH', hunter2, 'HASH', 'HASH', SCRAM, SCRAM, 5]\n\
         - name: a\n  certificate: a.example\n- {name: b, certificate: A.example}\n- nonsense\n- name: 5\n  token: yes!\n\
         - name: c\n- name: d\n  verifiers: []\n  senders: []\n- name: \" e\"\n  certificate: \"*.example\"\n\
         \x20 senders: [\"*@ok.example\", 7, \"*\"]\n- verifiers: ['HASH']\n  passwords: x\n- name: f\n  password: hunter2\n\
         \x20 token: true\nrelay: 1\n",
    );
    let expected = [
        "relay: there is no such field; there are users",
        "users[0].verifiers[6]: should be text; put it in quotes",
        "users[0].verifiers[1]: this is no verifier, and a password in clear is not taken: make a verifier with `postroad \
         user hash`, and change the password if others could read it here",
        "users[0].verifiers[3]: is one argon2id verifier more than the 2 that a user may have",
        "users[0].verifiers[5]: is a second SCRAM-SHA-256 verifier; a user has one, for its salt is told before the proof",
        "users[3]: should hold fields, each as `field: value`",
        "users[4].name: should be text; put it in quotes",
        "users[4].token: should be true or false",
        "users[4]: has no way to log in: give it `verifiers`, a `certificate` or `token: true`",
        "users[5]: has no way to log in: give it `verifiers`, a `certificate` or `token: true`",
        "users[6].senders: should be 1 to 256 patterns; leave it out for every sender",
        "users[6]: has no way to log in: give it `verifiers`, a `certificate` or `token: true`",
        "users[7].name: is not in its prepared form (SASLprep, RFC 4013): write it without control characters, without spaces \
         at its ends, and in composed characters",
        "users[7].certificate: should be one name of the certificate as it stands there (a host name, an address or a URI), \
         without `*`",
        "users[7].senders[1]: should be text; put it in quotes",
        "users[7].senders[2]: `*` stands for a whole local-part (`*@domain`) or for names below a domain (`*@*.domain`), \
         nowhere else",
        "users[8].name: is missing",
        "users[8].passwords: there is no such field; there are name, token, verifiers, certificate, senders",
        "users[9].password: no passwords stand here: make verifiers with `postroad user hash`",
        "users[1].name: is that of users[0]",
        "users[2].certificate: is that of users[1]",
    ];
    let expected: Vec<String> = expected.iter().map(|line| format!("users.yaml: {line}")).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_hash_that_brackets_took_apart_is_told_to_want_quotes() {
    let found = problems("users:\n- name: a\n  verifiers: [HASH]\n");
    assert!(found[0].ends_with("$salt$hash; in a list in brackets it wants quotes, for it holds commas"), "{found:?}");
}

#[test]
fn th10_no_problem_repeats_what_may_be_a_password() {
    for text in [
        "users:\n- name: a\n  verifiers: [canary1]",
        "users:\n- name: a\n  verifiers: canary1",
        "users:\n- name: a\n  verifiers: [\"$argon2id$v=19$canary1\"]",
        "users:\n- name: a\n  verifiers: [\"SCRAM-SHA-256$canary1\"]",
        "users:\n- name: a\n  password: canary1",
        "users:\n- name: \"canary1\\t\"\n  token: true",
        "users:\n- name: a\n  senders: [\"canary1\"]\n  token: true",
        "users: canary1",
        "users: !!int canary1",
        "users: {name: *canary1}",
        "canary1",
        "users:\n- name: a\n  verifiers: [\"canary1]",
        "users:\n- canary1: a\n  canary1: b",
        "%canary1\n---\nusers: []",
    ] {
        let found = parse("users.yaml", text).unwrap_err().to_string();
        assert!(!found.contains("canary1"), "{found}");
    }
}

#[test]
fn a_file_has_its_limits() {
    let long = "#".repeat(MAX_FILE + 1);
    assert!(problems(&long)[0].contains("larger than"));
    let many = format!("users:\n{}", "- 1\n".repeat(MAX_USERS + 1));
    assert_eq!(problems(&many), ["users.yaml: users: are 10001; 10000 is the most"]);
    let wrong = format!("users:\n{}", "- 1\n".repeat(60));
    let all = parse("users.yaml", &wrong).unwrap_err();
    assert_eq!((all.iter().count(), all.to_string().ends_with("\nand 10 more")), (50, true));
    // References to references: the parser stops, and the memory that it takes stays small.
    let mut bomb = "a: &a [x]\n".to_owned();
    for letter in 'b'..='z' {
        let before = char::from_u32(u32::from(letter) - 1).unwrap();
        bomb.push_str(&format!("{letter}: &{letter} [{}]\n", vec![format!("*{before}"); 9].join(",")));
    }
    assert!(problems(&bomb)[0].contains("not well-formed YAML"));
    assert!(problems(&"[".repeat(100_000))[0].contains("not well-formed YAML"));
}
