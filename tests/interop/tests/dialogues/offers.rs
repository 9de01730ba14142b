use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use postroad_interop::Talker;

/// What the next hops of a dialogue can honour.
type Offer = postroad_smtp_codec::Extensions;

/// The keywords of a smart host that can honour this.
pub(crate) fn of_host(offer: &Offer) -> Vec<String> {
    let mut keywords = ["PIPELINING", "ENHANCEDSTATUSCODES", "CHUNKING"].map(str::to_owned).to_vec();
    keywords.extend(told(offer));
    keywords
}

/// Those that the relay hands on to its clients.
fn told(offer: &Offer) -> Vec<String> {
    let flags = [
        (offer.eight_bit_mime, "8BITMIME"),
        (offer.smtp_utf8, "SMTPUTF8"),
        (offer.dsn, "DSN"),
        (offer.binary_mime, "BINARYMIME"),
    ];
    let mut keywords: Vec<String> =
        flags.iter().filter(|(has, _)| *has).map(|(_, keyword)| (*keyword).to_owned()).collect();
    keywords.extend(offer.max_recipients.map(|count| format!("LIMITS RCPTMAX={count}")));
    keywords
}

/// What a smart host can do is known when it was used: sends it recipients until EHLO says so.
pub(crate) fn wait_until_learned(relay: SocketAddr, offer: &Offer) {
    let began = Instant::now();
    let unlike = |offers: &str| {
        let has = |keyword: &str| offers.lines().any(|line| line.get(4..).is_some_and(|rest| rest.trim() == keyword));
        told(offer).iter().any(|keyword| !has(keyword)) || has("8BITMIME") != offer.eight_bit_mime
    };
    loop {
        let mut talker = Talker::connect(relay).unwrap();
        talker.expect(220).unwrap();
        let offers = talker.say("EHLO client.example", 250).unwrap();
        if !unlike(&offers) {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(10), "{:?} are not offered:\n{offers}", told(offer));
        talker.say("MAIL FROM:<a@x.example>", 250).unwrap();
        talker.say("RCPT TO:<u@y.example>", 250).unwrap();
        talker.say("RSET", 250).unwrap();
        thread::yield_now();
    }
}
