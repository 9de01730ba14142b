use std::io;
use std::num::NonZeroU32;

use postroad_interop::Talker;
use postroad_seal::{hmac_sha256, pbkdf2_sha256, sha256};
use postroad_smtp_codec::sasl::base64;

/// Logs in by SCRAM-SHA-256 without channel binding (RFC 5802, RFC 7677), up to the last reply, which is not read.
pub(crate) fn log_in(talker: &mut Talker, user: &str, password: &str) -> io::Result<()> {
    let bare = format!("n={user},r=rOprNGfwEbeRWgbNEkqO");
    let first = challenge(talker, &format!("AUTH SCRAM-SHA-256 {}", encoded(&format!("n,,{bare}"))))?;
    let field = |letter: &str| first.split(',').find_map(|field| field.strip_prefix(letter)).unwrap_or_default();
    let salt = base64::decode(field("s=").as_bytes()).ok_or_else(|| io::Error::other(format!("no salt in {first}")))?;
    let rounds: NonZeroU32 = field("i=").parse().map_err(io::Error::other)?;
    let without_proof = format!("c=biws,r={}", field("r="));
    let salted = pbkdf2_sha256(password.as_bytes(), salt.expose(), rounds);
    let client_key = hmac_sha256(salted.as_slice(), &[b"Client Key"]);
    let message = format!("{bare},{first},{without_proof}");
    let signature = hmac_sha256(&sha256(&[client_key.as_slice()]), &[message.as_bytes()]);
    let proof: Vec<u8> = client_key.iter().zip(signature.iter()).map(|(one, other)| one ^ other).collect();
    let last = challenge(talker, &encoded(&format!("{without_proof},p={}", base64::encode(&proof))))?;
    let server_key = hmac_sha256(salted.as_slice(), &[b"Server Key"]);
    let server = base64::encode(hmac_sha256(server_key.as_slice(), &[message.as_bytes()]).as_slice());
    if last != format!("v={server}") {
        return Err(io::Error::other(format!("the server does not prove who it is: {last}")));
    }
    talker.write(b"\r\n")
}

fn encoded(text: &str) -> String {
    base64::encode(text.as_bytes())
}

/// Says a line; the server must ask for more.
fn challenge(talker: &mut Talker, line: &str) -> io::Result<String> {
    let asked = talker.say(line, 334)?;
    let octets = asked.get(4..).and_then(|text| base64::decode(text.as_bytes()));
    let octets = octets.ok_or_else(|| io::Error::other(format!("no challenge: {asked}")))?;
    String::from_utf8(octets.expose().to_vec()).map_err(io::Error::other)
}
