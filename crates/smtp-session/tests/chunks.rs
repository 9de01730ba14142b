//! A message that the pipeline gives up between its chunks.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;

use postroad_mail_types::{EnhancedCode, HostName, Reply};
use postroad_smtp_codec::{BodyForm, Extensions, Line};
use postroad_smtp_session::{Action, BodyEnd, Client, Event, Session, SessionSettings};

fn say(session: &mut Session, line: &str) -> Action {
    session.on(Event::Line { line: Line::Text(line.as_bytes()), more: false })
}

fn ok(session: &mut Session) -> Action {
    session.on(Event::Answer(Reply::fixed(250, Some(EnhancedCode::new(2, 0, 0)), "Ok")))
}

fn code(action: &Action) -> u16 {
    match action {
        Action::Reply(said) | Action::ReplyNow(said) | Action::Abort(said) | Action::Final(said) => said.reply.code(),
        other => panic!("{other:?}"),
    }
}

/// The octets of a chunk are read; what is said at its end.
fn chunk(session: &mut Session, octets: &[u8]) -> Action {
    let step = session.body(octets);
    assert_eq!(step.consumed, octets.len());
    let Some(BodyEnd::Chunk(action)) = step.end else { panic!("{:?}", step.end) };
    action
}

#[test]
fn e03b_f05_a_chunk_that_the_next_hop_refused_is_told_at_its_end_and_no_other_is_taken() {
    let settings = SessionSettings::new(HostName::parse("relay.example").unwrap());
    let client = Client::new("192.0.2.7".parse().unwrap(), true);
    let mut session = Session::new(Arc::new(settings), client, Arc::new(Extensions::of_unknown_host()));
    session.on(Event::Connected);
    say(&mut session, "EHLO client.example");
    assert!(matches!(say(&mut session, "MAIL FROM:<a@x.example>"), Action::Mail(_)));
    ok(&mut session);
    assert!(matches!(say(&mut session, "RCPT TO:<b@y.example>"), Action::Rcpt(_)));
    ok(&mut session);
    assert!(matches!(say(&mut session, "BDAT 3"), Action::Data(BodyForm::Plain)));
    session.on(Event::Answer(Reply::fixed(354, None, "Go on")));
    assert_eq!(code(&chunk(&mut session, b"x\r\n")), 250);
    assert!(session.is_between_chunks());

    assert!(matches!(say(&mut session, "BDAT 4"), Action::Read));
    chunk(&mut session, b"yy\r\n");
    let refusal = Reply::fixed(552, Some(EnhancedCode::new(5, 3, 4)), "Too large");
    let last_word = session.chunk_refused(refusal);
    assert!(matches!(last_word, Action::Final(_)) && code(&last_word) == 552);

    // Nothing of the message counts any more, and a chunk is still no command.
    say(&mut session, "BDAT 6 LAST");
    assert_eq!(code(&chunk(&mut session, b"QUIT\r\n")), 503);
    assert_eq!(code(&say(&mut session, "RSET")), 250);
    assert!(session.is_idle());
}
