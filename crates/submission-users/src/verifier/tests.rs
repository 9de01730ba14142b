use super::*;

/// The user of RFC 7677 §3: name `user`, password `pencil`.
const PENCIL: &str = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:\
                      wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

#[test]
fn a_verifier_of_rfc_5803_checks_passwords() {
    let Ok(Verifier::Scram(scram)) = Verifier::parse(PENCIL) else { panic!("not taken") };
    assert!(scram.verify(b"pencil"));
    assert!(!scram.verify(b"pencils") && !scram.verify(b""));
    assert_eq!(*scram.to_text(), PENCIL);
}

#[test]
fn what_is_made_is_read_back() {
    let password = Password::prepare("I\u{ad}X").unwrap();
    let made = Verifier::scram(&password);
    let Ok(Verifier::Scram(scram)) = Verifier::parse(&made.to_text()) else { panic!("not taken") };
    assert!(scram.verify(b"IX") && !scram.verify("I\u{ad}X".as_bytes()));
    let made = Verifier::argon2id(&password).unwrap();
    let Ok(Verifier::Hash(hash)) = Verifier::parse(&made.to_text()) else { panic!("not taken") };
    assert!(hash.verify(b"IX"));
}

#[test]
fn each_part_that_is_wrong_is_named() {
    let of = |rounds: &str, salt: &str, keys: &str| format!("SCRAM-SHA-256${rounds}:{salt}${keys}");
    let salt = "W22ZaJ0SNY7soEsUEjb6gQ==";
    let keys = "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";
    let scram = VerifierError::Scram;
    for (text, error) in [
        (of("4095", salt, keys), scram(ScramError::Rounds)),
        (of("1000001", salt, keys), scram(ScramError::Rounds)),
        (of("99999999999", salt, keys), scram(ScramError::Rounds)),
        (of("+4096", salt, keys), scram(ScramError::Form)),
        (of("", salt, keys), scram(ScramError::Form)),
        (of("4096", "W22ZaJ0SNY7soEsUEjb6gQ", keys), scram(ScramError::Salt)),
        (of("4096", "c2FsdA==", keys), scram(ScramError::Salt)),
        (of("4096", salt, "c2FsdA==:c2FsdA=="), scram(ScramError::Keys)),
        (of("4096", salt, &keys.replace(':', "")), scram(ScramError::Form)),
        (of("4096", salt, &format!("{keys}:x")), scram(ScramError::Keys)),
        ("SCRAM-SHA-256$".into(), scram(ScramError::Form)),
        ("SCRAM-SHA-1$4096:c2FsdA==$x:y".into(), VerifierError::Kind),
        ("{SSHA}abcd".into(), VerifierError::Kind),
        ("$2b$12$abcdefgh".into(), VerifierError::Kind),
        ("$6$salt$hash".into(), VerifierError::Kind),
        ("$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65".into(), VerifierError::Hash(PasswordHashError::Function)),
        ("hunter2".into(), VerifierError::Clear),
        ("$hunter".into(), VerifierError::Clear),
        (String::new(), VerifierError::Clear),
    ] {
        assert_eq!(Verifier::parse(&text).unwrap_err(), error, "{text}");
    }
}
