//! What a client declares reaches a host that offers it, and is refused where a host does not.

use postroad_delivery::FaultKind;
use postroad_pipeline::{Abort, Transaction};
use postroad_smtp_codec::{Body, Capabilities, Command, MailParameters, RcptParameters};

use crate::bench::{Bench, rcpt, request, send, shown};
use crate::fake::{Act, FakeCourier, Script};

const EVERYTHING: Capabilities = Capabilities {
    pipelining: true,
    eight_bit_mime: true,
    smtp_utf8: true,
    dsn: true,
    chunking: true,
    binary_mime: true,
    enhanced_status_codes: true,
    starttls: true,
    require_tls: true,
    size: true,
    max_size: None,
    limits: postroad_smtp_codec::Limits { max_transactions: None, max_recipients: None, max_recipient_domains: None },
    auth: postroad_smtp_codec::AuthMechanisms { plain: false, login: false },
};

fn offering(offers: Capabilities) -> Script {
    Script { offers: Some(offers), ..Script::default() }
}

fn mail(parameters: &str) -> MailParameters {
    let Command::Mail(_, parameters) =
        Command::parse(format!("MAIL FROM:<a@b.example>{parameters}").as_bytes()).unwrap()
    else {
        panic!("not MAIL")
    };
    parameters
}

fn asked(parameters: &str) -> RcptParameters {
    let Command::Rcpt(_, parameters) = Command::parse(format!("RCPT TO:<a@b.example>{parameters}").as_bytes()).unwrap()
    else {
        panic!("not RCPT")
    };
    parameters
}

async fn rcpt_with(transaction: &mut Transaction<FakeCourier>, mailbox: &str, parameters: &str) -> String {
    shown(&transaction.rcpt(request(mailbox, asked(parameters))).await)
}

#[tokio::test]
async fn rg15_rg26_e6a_every_parameter_reaches_a_host_that_offers_it_and_none_is_invented() {
    let all = " SIZE=100 BODY=8BITMIME SMTPUTF8 REQUIRETLS RET=HDRS ENVID=a+2Bb";
    let notify = " NOTIFY=SUCCESS,DELAY ORCPT=rfc822;Some+2BOne@Y.Example";
    let bench = Bench::new([(1, offering(EVERYTHING))]);
    let mut transaction = bench.begin_with(mail(all));
    assert_eq!(rcpt_with(&mut transaction, "u@y.example", notify).await, "250 2.9.9");
    assert_eq!(rcpt_with(&mut transaction, "v@y.example", "").await, "250 2.9.9");
    assert_eq!(
        bench.said(),
        ["1 open", "1 MAIL", format!("1 RCPT u@y.example{notify}").as_str(), "1 RCPT v@y.example"]
    );
    let line = bench.wire();
    for parameter in all.split_ascii_whitespace().skip(1) {
        assert!(line.contains(&format!(" {parameter}")), "{parameter} did not come through: {line}");
    }
    transaction.abort(Abort::Client).await;

    let bench = Bench::new([(1, offering(EVERYTHING))]);
    let mut transaction = bench.begin();
    assert_eq!(rcpt(&mut transaction, "u@y.example").await, "250 2.9.9");
    assert_eq!(bench.wire(), "MAIL FROM:<a@x.example>\r\n");
    assert_eq!(bench.said()[2], "1 RCPT u@y.example");
}

#[tokio::test]
async fn f07_a_host_that_takes_over_hears_the_same_parameters() {
    let lost = Script { data: Some(Act::Fault(FaultKind::Lost)), ..offering(EVERYTHING) };
    let bench = Bench::new([(1, lost), (2, offering(EVERYTHING))]);
    let mut transaction = bench.begin_with(mail(" RET=FULL"));
    assert_eq!(rcpt_with(&mut transaction, "u@y.example", " NOTIFY=NEVER").await, "250 2.9.9");
    assert_eq!(send(&mut transaction, b"x\r\n").await, "250 2.9.9");
    assert!(bench.said().contains(&"2 RCPT u@y.example NOTIFY=NEVER".to_owned()));
    assert_eq!(bench.wire().matches(" RET=FULL\r\n").count(), 2);
}

/// What the first host took and the second does not is not left out either.
#[tokio::test]
async fn e6a_a_host_that_takes_over_without_dsn_does_not_get_the_recipient() {
    for (parameters, notify) in [("", " NOTIFY=NEVER"), (" RET=FULL", "")] {
        let lost = Script { data: Some(Act::Fault(FaultKind::Lost)), ..offering(EVERYTHING) };
        let bench = Bench::new([(1, lost), (2, offering(Capabilities { dsn: false, ..EVERYTHING }))]);
        let mut transaction = bench.begin_with(mail(parameters));
        assert_eq!(rcpt_with(&mut transaction, "u@y.example", notify).await, "250 2.9.9");
        assert_eq!(send(&mut transaction, b"x\r\n").await, "451 4.4.2");
        assert!(!bench.said().iter().any(|said| said.starts_with("2 RCPT")));
    }
}

#[tokio::test]
async fn e05b_e04b_e12b_e1a_what_a_host_does_not_offer_is_refused_at_rcpt_and_nothing_is_sent() {
    let without = |change: fn(&mut Capabilities)| {
        let mut offers = EVERYTHING;
        change(&mut offers);
        offers
    };
    for (parameters, offers, told) in [
        (" SMTPUTF8", without(|host| host.smtp_utf8 = false), "553 5.6.7"),
        (" SMTPUTF8", without(|host| host.eight_bit_mime = false), "553 5.6.7"),
        (" BODY=8BITMIME", without(|host| host.eight_bit_mime = false), "554 5.6.3"),
        (" BODY=BINARYMIME", without(|host| host.binary_mime = false), "554 5.6.3"),
        (" BODY=BINARYMIME", without(|host| host.chunking = false), "554 5.6.3"),
        (" REQUIRETLS", without(|host| host.require_tls = false), "550 5.7.30"),
        (" SIZE=1000", without(|host| host.max_size = Some(1000)), "552 5.3.4"),
        (" RET=HDRS", without(|host| host.dsn = false), "451 4.3.3"),
        (" ENVID=x", without(|host| host.dsn = false), "451 4.3.3"),
        // Nothing is missing for these.
        ("", Capabilities::default(), "250 2.9.9"),
        (" BODY=7BIT SIZE=1000", Capabilities::default(), "250 2.9.9"),
    ] {
        let bench = Bench::new([(1, offering(offers))]);
        let mut transaction = bench.begin_with(mail(parameters));
        assert_eq!(rcpt(&mut transaction, "u@y.example").await, told, "{parameters}");
        if !told.starts_with("250") {
            // Not even MAIL was said, and the refusal is a verdict: no other host is asked.
            assert_eq!(bench.said(), ["1 open", "1 QUIT"], "{parameters}");
            assert_eq!(bench.wire(), "");
        }
        transaction.abort(Abort::Client).await;
    }
}

/// RFC 3461 gives no ground to refuse for good; the client comes again, and is not offered DSN then.
#[tokio::test]
async fn e6a_dsn_for_a_host_without_it_is_never_dropped_in_silence() {
    let bench = Bench::new([(1, offering(Capabilities { dsn: false, ..EVERYTHING }))]);
    let mut transaction = bench.begin();
    assert_eq!(rcpt_with(&mut transaction, "u@y.example", " NOTIFY=SUCCESS").await, "451 4.3.3");
    assert_eq!(rcpt_with(&mut transaction, "u@y.example", " ORCPT=rfc822;u@y.example").await, "451 4.3.3");
    // The transaction goes on with those that ask for nothing.
    assert_eq!(rcpt_with(&mut transaction, "v@y.example", "").await, "250 2.9.9");
    assert_eq!(bench.said(), ["1 open", "1 MAIL", "1 RCPT v@y.example"]);
    assert_eq!(send(&mut transaction, b"x\r\n").await, "250 2.9.9");
    transaction.settle(true).await;
}

/// UTF-8 in the header or the body of a message without SMTPUTF8 is 8-bit content like any other.
#[tokio::test]
async fn e04a_all_eight_bits_pass_without_smtputf8() {
    let host = offering(Capabilities { smtp_utf8: false, ..EVERYTHING });
    let bench = Bench::new([(1, host)]);
    let mut transaction =
        bench.begin_with(MailParameters { body: Some(Body::EightBitMime), ..MailParameters::default() });
    rcpt(&mut transaction, "u@y.example").await;
    assert_eq!(send(&mut transaction, "Subject: gr\u{fc}n\r\n\r\n".as_bytes()).await, "250 2.9.9");
    assert!(bench.wire().ends_with("Subject: gr\u{fc}n\r\n\r\n"));
}

/// One domain, one connector, however it is written.
#[tokio::test]
async fn e05c_th17_the_two_spellings_of_a_domain_pick_the_same_connector() {
    use crate::bench::connector;
    for space in ["b\u{fc}cher.example", "xn--bcher-kva.example"] {
        let drafts = vec![connector("A", "*", &[1]), connector("B", space, &[9])];
        let hosts = [(1, offering(EVERYTHING)), (9, offering(EVERYTHING))];
        let bench = Bench::with(drafts, std::time::Duration::from_secs(5), hosts);
        for domain in ["b\u{fc}cher.example", "xn--bcher-kva.example", "B\u{dc}CHER.example", "XN--BCHER-KVA.Example"] {
            let mut transaction = bench.begin_with(mail(" SMTPUTF8"));
            assert_eq!(rcpt(&mut transaction, &format!("u@{domain}")).await, "250 2.9.9", "{domain}");
            // What was written is what goes on.
            assert_eq!(bench.said(), ["9 open", "9 MAIL", format!("9 RCPT u@{domain}").as_str()], "{space}");
            transaction.abort(Abort::Client).await;
            bench.said();
        }
    }
}
