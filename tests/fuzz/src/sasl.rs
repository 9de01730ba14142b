use std::fmt::Debug;

use postroad_smtp_codec::Command;
use postroad_smtp_codec::sasl::{BearerMessage, Login, LoginStep, PlainMessage, base64};

/// Messages of an AUTH exchange: base64 has one spelling, what a mechanism reads prints back as what was read, names hold
/// no control character, and nothing shows a secret.
pub fn sasl(input: &[u8]) {
    if let Some(octets) = base64::decode(input) {
        assert_eq!(base64::encode(octets.expose()).as_bytes(), input, "base64 with two spellings");
        messages(octets.expose());
    }
    messages(input);
    initial_response(input);
}

fn messages(message: &[u8]) {
    plain(message);
    login(message);
    oauthbearer(message);
    xoauth2(message);
}

fn initial_response(message: &[u8]) {
    // The line would be longer than any that is taken.
    let text = if message.is_empty() { "=".to_owned() } else { base64::encode(message) };
    let command = Command::parse(format!("auth plain {text}").as_bytes());
    let Ok(Command::Auth { mechanism, initial: Some(initial) }) = command else { panic!("{text:?}: {command:?}") };
    assert_eq!((mechanism.as_str(), initial.expose()), ("PLAIN", message));
}

fn plain(message: &[u8]) {
    let Ok(read) = PlainMessage::read(message) else { return };
    let authorization = read.authorization.as_deref().unwrap_or_default();
    let printed = [authorization.as_bytes(), b"\0", read.user.as_bytes(), b"\0", read.password.expose()].concat();
    assert_eq!(printed, message, "PLAIN");
    assert!(!read.password.expose().is_empty() && !read.password.expose().contains(&0), "PLAIN has three parts");
    name(&read.user);
    name(authorization);
    hidden(&read, "PlainMessage(…)");
    hidden(&read.password, "SaslOctets(…)");
}

fn login(message: &[u8]) {
    let mut exchange = Login::default();
    let Ok(LoginStep::Challenge(_)) = exchange.response(message) else { return };
    let Ok(LoginStep::Done(read)) = exchange.response(message) else { panic!("a user name that is no password") };
    assert_eq!((read.user.as_bytes(), read.password.expose()), (message, message), "LOGIN");
    name(&read.user);
    hidden(&read, "LoginMessage(…)");
    hidden(&exchange, "Login { user_said: false, .. }");
}

fn oauthbearer(message: &[u8]) {
    let Ok(read) = BearerMessage::read_oauthbearer(message) else { return };
    let user = read.user.as_deref().unwrap_or_default();
    let identity =
        if user.is_empty() { String::new() } else { format!("a={}", user.replace('=', "=3D").replace(',', "=2C")) };
    let mut printed = format!("n,{identity},\x01").into_bytes();
    for (key, value) in
        [("host", read.host.as_deref().map(str::to_owned)), ("port", read.port.map(|port| port.to_string()))]
    {
        printed.extend(value.map(|value| format!("{key}={value}\x01")).unwrap_or_default().into_bytes());
    }
    printed.extend_from_slice(&[b"auth=Bearer ", read.token.expose(), b"\x01\x01"].concat());
    assert!(BearerMessage::read_oauthbearer(&printed).as_ref() == Ok(&read), "OAUTHBEARER reads back otherwise");
    name(user);
    name(read.host.as_deref().unwrap_or_default());
    hidden(&read, "BearerMessage(…)");
}

fn xoauth2(message: &[u8]) {
    let Ok(read) = BearerMessage::read_xoauth2(message) else { return };
    let user = read.user.as_deref().expect("XOAUTH2 names a user");
    let printed = [b"user=", user.as_bytes(), b"\x01auth=Bearer ", read.token.expose(), b"\x01\x01"].concat();
    let again = BearerMessage::read_xoauth2(&printed).expect("XOAUTH2 reads back");
    assert!(again.user == read.user && again.token == read.token, "XOAUTH2 reads back otherwise");
    name(user);
    hidden(&read, "BearerMessage(…)");
}

fn name(text: &str) {
    assert!(text.len() <= 255 && !text.chars().any(char::is_control), "{text:?} is a name");
}

/// What is shown is the same whatever was said.
fn hidden(shown: &impl Debug, text: &str) {
    assert_eq!(format!("{shown:?}"), text);
}
