use super::data::{self, Data};
use super::*;
use crate::quickstart::sender::{self, Envelope};

async fn read(wire: &[u8], limit: usize) -> std::io::Result<Data> {
    data::read(&mut tokio::io::BufReader::with_capacity(3, wire), limit).await
}

#[tokio::test]
async fn data_ends_at_crlf_dot_crlf_only() {
    for (wire, message) in [
        (&b".\r\n"[..], &b""[..]),
        (b"a\r\n..\r\n...b\r\n.\r\nREST", b"a\r\n.\r\n..b\r\n"),
        (b"a\n.\r\nb\n.\n\r\n.\r\n", b"a\n.\r\nb\n.\n\r\n"),
        (b"a\r\n.\n.\r\n", b""),
        (b"\r\r\n.\r\n", b"\r\r\n"),
    ] {
        match read(wire, 100).await {
            Ok(Data::Whole(read)) => assert_eq!(read, message),
            // ".\n" is no end: the data goes on and breaks off.
            other => assert!(message.is_empty() && other.is_err(), "{other:?}"),
        }
    }
}

#[tokio::test]
async fn data_beyond_the_limit_is_read_and_dropped() {
    assert_eq!(read(b"12345\r\n.\r\n", 6).await.unwrap(), Data::TooLarge);
    assert_eq!(read(b"1234\r\n.\r\n", 6).await.unwrap(), Data::Whole(b"1234\r\n".to_vec()));
}

#[tokio::test]
async fn a_message_is_kept_byte_for_byte_and_answered_after_it() {
    let (tasks, shutdown) = (Tasks::new(), Shutdown::new());
    let mut host = CapturingHost::start(&tasks, shutdown.clone()).await.unwrap();
    let message = crate::quickstart::message::compose("a@example.org", "b@example.com", 1);
    let envelope = Envelope { from: "a@example.org".into(), to: "b@example.com".into() };
    let started = Instant::now();
    let sent = sender::send(host.address(), &envelope, &message).await.unwrap();
    assert!(sent.reply.text().starts_with("250 2.0.0 captured"), "{sent:?}");
    let captured = host.next().await.unwrap();
    assert_eq!(captured.octets, message);
    assert_eq!(
        (captured.sender.as_str(), captured.recipients.as_slice()),
        ("a@example.org", &["b@example.com".to_owned()][..])
    );
    assert!(captured.replied >= started + HOLD && sent.replied >= captured.replied);
    shutdown.begin();
    assert!(tasks.finish(Duration::from_secs(5)).await.is_empty());
}
