use std::net::SocketAddr;
use std::time::{Duration, Instant};

use postroad_delivery::HEADER_ROOM;
use postroad_interop::Talker;
use postroad_relay::{Limits, Mode};

/// What the next hops of a dialogue can honour.
pub(crate) type Offer = postroad_smtp_codec::Extensions;

/// The keywords of a smart host that can honour this.
pub(crate) fn of_host(offer: &Offer) -> Vec<String> {
    let mut keywords = ["PIPELINING", "ENHANCEDSTATUSCODES", "CHUNKING"].map(str::to_owned).to_vec();
    keywords.extend(flags(offer).into_iter().filter(|(has, _)| *has).map(|(_, keyword)| keyword.to_owned()));
    // The relay keeps room for its own header fields.
    keywords.extend(offer.max_size.map(|size| format!("SIZE {}", size + HEADER_ROOM)));
    keywords.extend(offer.max_recipients.map(|count| format!("LIMITS RCPTMAX={count}")));
    keywords
}

const fn flags(offer: &Offer) -> [(bool, &'static str); 4] {
    [
        // Whoever has SMTPUTF8 and not 8BITMIME is not believed (RFC 6531 §3.1).
        (offer.smtp_utf8, "SMTPUTF8"),
        (offer.eight_bit_mime, "8BITMIME"),
        (offer.dsn, "DSN"),
        (offer.binary_mime, "BINARYMIME"),
    ]
}

/// Whether a relay that knows such a smart host says this to EHLO, at a listener without limits of its own.
fn is_told(offer: &Offer, said: &str) -> bool {
    let has = |keyword: &str| said.lines().any(|line| line.get(4..).is_some_and(|rest| rest.trim() == keyword));
    let size = offer.max_size.map_or_else(|| "SIZE".to_owned(), |size| format!("SIZE {size}"));
    let recipients = offer.max_recipients.unwrap_or(Limits::of(Mode::Smtp).max_recipients);
    let told = |(has, keyword)| (has && (keyword != "SMTPUTF8" || offer.eight_bit_mime), keyword);
    flags(offer).map(told).iter().all(|(expected, keyword)| has(keyword) == *expected)
        && has(&size)
        && has(&format!("LIMITS RCPTMAX={recipients}"))
}

/// What a smart host can do is known when it was used: sends it recipients until EHLO says so.
pub(crate) fn wait_until_learned(relay: SocketAddr, offer: &Offer) {
    let began = Instant::now();
    loop {
        let mut talker = Talker::connect(relay).unwrap();
        talker.expect(220).unwrap();
        let offers = talker.say("EHLO client.example", 250).unwrap();
        if is_told(offer, &offers) {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(10), "{offer:?} is not offered:\n{offers}");
        talker.say("MAIL FROM:<a@x.example>", 250).unwrap();
        talker.say("RCPT TO:<u@y.example>", 250).unwrap();
        talker.say("RSET", 250).unwrap();
    }
}
