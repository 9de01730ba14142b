use proptest::prelude::*;

use super::*;

fn small() -> PasswordCost {
    PasswordCost::new(64, 1, 1).unwrap()
}

#[test]
fn a_hash_made_elsewhere_is_understood() {
    // From the tests of the reference implementation (phc-winner-argon2, test.c).
    let text = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    let hash = PasswordHash::parse(text).unwrap();
    assert!(hash.verify(b"password"));
    assert!(!hash.verify(b"passwort"));
    assert_eq!(hash.to_text().as_str(), text);
}

#[test]
fn what_is_made_is_read_back_and_salted() {
    let one = PasswordHash::make(b"pencil", small()).unwrap();
    let other = PasswordHash::make(b"pencil", small()).unwrap();
    assert_ne!(*one.to_text(), *other.to_text());
    let back = PasswordHash::parse(&one.to_text()).unwrap();
    assert!(back.verify(b"pencil") && !back.verify(b"") && !back.verify(b"pencil "));
    assert_eq!(back.cost(), small());
}

#[test]
fn nothing_is_the_password_of_the_hash_of_none() {
    let hash = PasswordHash::of_no_password(small());
    assert!(!hash.verify(b"") && !hash.verify(b"pencil"));
}

#[test]
fn each_part_that_is_wrong_is_named() {
    use PasswordHashError as E;
    let salt = "c29tZXNhbHQ";
    let hash = "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    for (text, error) in [
        (String::new(), E::Form),
        ("hunter2".into(), E::Form),
        ("$argon2id".into(), E::Version),
        (format!("$argon2i$v=19$m=256,t=2,p=1${salt}${hash}"), E::Function),
        (format!("$2b$12${salt}{hash}"), E::Function),
        (format!("$argon2id$v=16$m=256,t=2,p=1${salt}${hash}"), E::Version),
        (format!("$argon2id$m=256,t=2,p=1${salt}${hash}"), E::Version),
        (format!("$argon2id$v=19$m=256,t=2${salt}${hash}"), E::Parameters),
        (format!("$argon2id$v=19$m=0256,t=2,p=1${salt}${hash}"), E::Parameters),
        (format!("$argon2id$v=19$m=+256,t=2,p=1${salt}${hash}"), E::Parameters),
        (format!("$argon2id$v=19$m=256,t=2,p=1,keyid=aaaa${salt}${hash}"), E::Parameters),
        (format!("$argon2id$v=19$m=4294967296,t=2,p=1${salt}${hash}"), E::Cost(PasswordCostError::Memory)),
        (format!("$argon2id$v=19$m=65537,t=1,p=1${salt}${hash}"), E::Cost(PasswordCostError::Memory)),
        (format!("$argon2id$v=19$m=15,t=1,p=2${salt}${hash}"), E::Cost(PasswordCostError::Memory)),
        (format!("$argon2id$v=19$m=8,t=65,p=1${salt}${hash}"), E::Cost(PasswordCostError::Passes)),
        (format!("$argon2id$v=19$m=4096,t=1,p=17${salt}${hash}"), E::Cost(PasswordCostError::Lanes)),
        (format!("$argon2id$v=19$m=65536,t=4,p=1${salt}${hash}"), E::Cost(PasswordCostError::Work)),
        (format!("$argon2id$v=19$m=256,t=2,p=1${salt}=${hash}"), E::Salt),
        (format!("$argon2id$v=19$m=256,t=2,p=1$c29tZQ${hash}"), E::Salt),
        (format!("$argon2id$v=19$m=256,t=2,p=1${salt}$nf65"), E::Hash),
        (format!("$argon2id$v=19$m=256,t=2,p=1${salt}${hash}$"), E::Form),
        (format!("$argon2id$v=19$m=256,t=2,p=1${salt}"), E::Form),
        (format!("$argon2id$v=19$m=256,t=2,p=1${salt}${}", hash.repeat(9)), E::Form),
    ] {
        assert_eq!(PasswordHash::parse(&text).unwrap_err(), error, "{text}");
    }
    assert!(PasswordHash::parse(&format!("$argon2id$v=19$m=65536,t=3,p=4${salt}${hash}")).is_ok());
}

#[test]
fn th10_a_hash_is_not_shown() {
    let hash = PasswordHash::make(b"pencil", small()).unwrap();
    assert_eq!(format!("{hash:?}"), "PasswordHash(<redacted>)");
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "(\\$argon2id\\$v=19\\$)?[$a-z0-9=,A-Z+/ü]{0,60}") {
        if let Ok(hash) = PasswordHash::parse(&text) {
            let back = hash.to_text();
            prop_assert_eq!(back.as_str(), text.as_str());
        }
    }
}
