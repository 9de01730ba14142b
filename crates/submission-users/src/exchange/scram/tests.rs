use super::*;
use crate::context::Context;
use crate::subject::NameKey;
use crate::users::Users;
use postroad_smtp_codec::sasl::Mechanisms;

/// The exchange of RFC 7677 §3, octet for octet.
#[test]
fn scram_sha_256_is_that_of_rfc_7677() {
    let file = "users:\n- name: user\n  verifiers: [\"SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$\
                WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=\"]\n";
    let users = Arc::new(Users::parse("users.yaml", file, &NameKey::random()).unwrap());
    let context = Context { mechanisms: Mechanisms::all(), ..Context::default() };
    let (mut exchange, _begun) = Exchange::begin(users, Mechanism::ScramSha256, context, None);
    let step = exchange.ask(b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO", "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0").unwrap();
    let Step::Challenge(challenge) = step else { panic!("{step:?}") };
    assert_eq!(
        String::from_utf8(challenge).unwrap(),
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
    );
    let step = exchange.step(
        b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
          p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    );
    let Step::Challenge(challenge) = step else { panic!("{step:?}") };
    assert_eq!(String::from_utf8(challenge).unwrap(), "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    let Step::Success(identity) = exchange.step(b"") else { panic!("no success") };
    assert_eq!((identity.user(), identity.mechanism()), ("user", Mechanism::ScramSha256));
}
