use super::*;

#[test]
fn e11b_the_refusal_is_json() {
    let hint =
        || TokenHint { scope: Some("mail \"x\"".into()), openid_configuration: Some("https://i.example/".into()) };
    let text = |mechanism, hint| String::from_utf8(challenge(mechanism, hint)).unwrap();
    assert_eq!(
        text(Mechanism::OAuthBearer, hint()),
        r#"{"openid-configuration":"https://i.example/","scope":"mail \"x\"","status":"invalid_token"}"#
    );
    assert_eq!(text(Mechanism::OAuthBearer, TokenHint::default()), r#"{"status":"invalid_token"}"#);
    assert_eq!(text(Mechanism::XOAuth2, hint()), r#"{"schemes":"bearer","scope":"mail \"x\"","status":"401"}"#);
}
