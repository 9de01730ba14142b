use proptest::prelude::*;
use proptest::sample::select;

use crate::vocabulary::{BARE, LINES, MALFORMED, OF_MAIL, OF_RCPT, PATHS, TEXT, UNKNOWN};

/// What a client sends, and how.
#[derive(Clone, Debug)]
pub(crate) struct Dialogue {
    pub(crate) writes: Vec<Write>,
    /// Lengths of the segments in which all is sent without waiting; `None`: one write after the reply to the other.
    pub(crate) cuts: Option<Vec<usize>>,
}

/// Something that a client sends at once.
#[derive(Clone)]
pub(crate) enum Write {
    /// Commands, with their chunks.
    Command(Vec<u8>),
    /// What follows 354.
    Data(Vec<u8>),
}

impl Write {
    pub(crate) const fn octets(&self) -> &Vec<u8> {
        match self {
            Self::Command(octets) | Self::Data(octets) => octets,
        }
    }
}

impl std::fmt::Debug for Write {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "\"{}\"", self.octets().escape_ascii())
    }
}

/// A dialogue of a few dozen commands.
pub(crate) fn dialogue() -> impl Strategy<Value = Dialogue> {
    let hello = prop_oneof![8 => Just(vec![command("EHLO client.example")]), 1 => Just(vec![command("HELO c.example")]), 1 => Just(Vec::new())];
    let phrases = prop::collection::vec(phrase(), 1..10);
    let cuts = prop_oneof![
        2 => Just(None),
        1 => Just(Some(vec![usize::MAX])),
        1 => Just(Some(vec![1])),
        2 => prop::collection::vec(1_usize..40, 1..12).prop_map(Some),
    ];
    (hello, phrases, cuts).prop_map(|(hello, phrases, cuts)| Dialogue {
        writes: hello.into_iter().chain(phrases.into_iter().flatten()).collect(),
        cuts,
    })
}

fn command(line: &str) -> Write {
    Write::Command(format!("{line}\r\n").into_bytes())
}

fn phrase() -> impl Strategy<Value = Vec<Write>> {
    prop_oneof![
        14 => transaction(),
        6 => select(LINES).prop_map(|line| vec![command(line)]),
        2 => mail().prop_map(|write| vec![write]),
        2 => rcpt().prop_map(|write| vec![write]),
        2 => bdat(0..12).prop_map(|write| vec![write]),
        1 => data(),
        1 => select(MALFORMED).prop_map(|line| vec![Write::Command([line, b"\r\n"].concat())]),
        2 => login(),
        1 => any::<bool>().prop_map(starttls),
        1 => select(&["AUTH PLAIN AHUAcA==", "MAIL FROM:<a@x.example>"][..]).prop_map(login_before_tls),
        1 => Just(vec![Write::Command([b"NOOP ".to_vec(), vec![b'x'; 3000], b"\r\n".to_vec()].concat())]),
        1 => Just(vec![Write::Command(b"RCPT TO:<\xff@x.example>\r\n".to_vec())]),
        1 => select(&["QUIT", "quit now", "GET / HTTP/1.1"][..]).prop_map(|line| vec![command(line)]),
    ]
}

fn starttls(again: bool) -> Vec<Write> {
    let mut writes = vec![command("STARTTLS")];
    if again {
        writes.push(command("EHLO client.example"));
    }
    writes
}

/// A login in clear, and what is left of it inside TLS.
fn login_before_tls(then: &str) -> Vec<Write> {
    ["RSET", "AUTH SCRAM-SHA-256", "STARTTLS", "EHLO client.example", then].into_iter().map(command).collect()
}

fn login() -> impl Strategy<Value = Vec<Write>> {
    let lines = &["AUTH PLAIN AHUAcA==", "AUTH SCRAM-SHA-256", "AUTH SCRAM-SHA-256 biws"];
    let answers = prop::collection::vec(select(&["biws", "", "*", "=", "A===", "AHUAcA=="][..]), 0..3);
    (select(&lines[..]).prop_map(command), answers)
        .prop_map(|(auth, answers)| std::iter::once(auth).chain(answers.into_iter().map(command)).collect())
}

/// MAIL to the end of the message, more or less.
fn transaction() -> impl Strategy<Value = Vec<Write>> {
    let good = Just(command("MAIL FROM:<a@x.example>"));
    let mail = prop_oneof![6 => good, 1 => mail()];
    let good = Just(command("RCPT TO:<u@y.example>"));
    let rcpts = prop::collection::vec(prop_oneof![6 => good, 1 => rcpt()], 0..5);
    let chunks = prop::collection::vec(bdat(0..4), 1..4);
    let body = prop_oneof![4 => data(), 4 => chunks, 1 => Just(Vec::new())];
    let before = prop_oneof![3 => Just(Some(command("RSET"))), 2 => Just(None)];
    (before, mail, rcpts, body)
        .prop_map(|(before, mail, rcpts, body)| before.into_iter().chain([mail]).chain(rcpts).chain(body).collect())
}

fn mail() -> impl Strategy<Value = Write> {
    let paths = prop_oneof![5 => Just("<a@x.example>"), 1 => select(PATHS).prop_map(|(path, _)| path)];
    (select(&["MAIL FROM:", "mail from: "][..]), paths, parameters(OF_MAIL)).prop_map(said)
}

fn rcpt() -> impl Strategy<Value = Write> {
    let paths = prop_oneof![3 => Just("<u@y.example>"), 2 => select(PATHS).prop_map(|(path, _)| path)];
    (select(&["RCPT TO:", "rcpt to: "][..]), paths, parameters(OF_RCPT)).prop_map(said)
}

fn said((verb, path, parameters): (&str, &str, Vec<&str>)) -> Write {
    let words: Vec<String> = parameters.into_iter().map(|word| format!(" {word}")).collect();
    command(&format!("{verb}{path}{}", words.concat()))
}

fn parameters<P: Copy + std::fmt::Debug + 'static>(
    known: &'static [(&'static str, &'static str, P)],
) -> impl Strategy<Value = Vec<&'static str>> {
    let one = prop_oneof![12 => select(known).prop_map(|(word, _, _)| word), 1 => select(UNKNOWN)];
    prop_oneof![3 => Just(Vec::new()), 4 => prop::collection::vec(one, 1..4)]
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![30 => select(TEXT), 1 => select(BARE)].prop_map(<[u8]>::to_vec)
}

/// DATA and what follows.
fn data() -> impl Strategy<Value = Vec<Write>> {
    prop::collection::vec(text(), 0..6).prop_map(|lines| {
        let mut octets: Vec<u8> = lines.into_iter().flat_map(|line| [line, b"\r\n".to_vec()].concat()).collect();
        octets.extend_from_slice(b".\r\n");
        vec![command("DATA"), Write::Data(octets)]
    })
}

/// BDAT with its chunk, which is now and then a little shorter or longer than was said.
fn bdat(lines: std::ops::Range<usize>) -> impl Strategy<Value = Write> {
    let ends = prop_oneof![4 => Just(&b""[..]), 1 => Just(&b"\r"[..]), 1 => Just(&b"\n.\r\n"[..])];
    let lie = prop_oneof![24 => Just(0_i64), 1 => -3_i64..4];
    (prop::collection::vec(text(), lines), ends, lie, any::<bool>()).prop_map(|(lines, end, lie, last)| {
        let mut chunk: Vec<u8> = lines.into_iter().flat_map(|line| [line, b"\r\n".to_vec()].concat()).collect();
        chunk.extend_from_slice(end);
        let size = (chunk.len() as i64 + lie).max(0);
        let last = if last { " LAST" } else { "" };
        Write::Command([format!("BDAT {size}{last}\r\n").into_bytes(), chunk].concat())
    })
}
