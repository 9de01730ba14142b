//! The words that drawn clients use, and what they mean.

/// Paths as they are written, and the mailbox they name; `None`: malformed.
pub(crate) const PATHS: &[(&str, Option<&str>)] = &[
    ("<a@x.example>", Some("a@x.example")),
    ("<u@y.example>", Some("u@y.example")),
    ("<>", Some("")),
    ("<evil@x.example>", Some("evil@x.example")),
    ("<evil@y.example>", Some("evil@y.example")),
    ("<Postmaster>", Some("Postmaster")),
    ("<@r.example,@s.example:u@z.example>", Some("u@z.example")),
    ("<\"a> b\"@x.example>", Some("\"a> b\"@x.example")),
    ("<jos\u{e9}@x.example>", Some("jos\u{e9}@x.example")),
    ("<a@>", None),
    ("<a b@x.example>", None),
    ("a@x.example", None),
];

/// What a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parameter {
    Size(usize),
    EightBit,
    Binary,
    Utf8,
    RequireTls,
    Auth,
    Ret,
    Envid,
    Notify,
    Orcpt,
    /// Malformed.
    Bad,
}

/// Parameters of MAIL as they are written, with the keyword that may stand once.
pub(crate) const OF_MAIL: &[(&str, &str, Parameter)] = &[
    ("SIZE=100", "SIZE", Parameter::Size(100)),
    ("size=201", "SIZE", Parameter::Size(201)),
    ("BODY=8BITMIME", "BODY", Parameter::EightBit),
    ("BODY=BINARYMIME", "BODY", Parameter::Binary),
    ("SMTPUTF8", "SMTPUTF8", Parameter::Utf8),
    ("REQUIRETLS", "REQUIRETLS", Parameter::RequireTls),
    ("AUTH=<>", "AUTH", Parameter::Auth),
    ("RET=HDRS", "RET", Parameter::Ret),
    ("ENVID=a+2Bb", "ENVID", Parameter::Envid),
    ("SIZE=1x", "SIZE", Parameter::Bad),
    ("SIZE=99999999999999999999", "SIZE", Parameter::Bad),
    ("BODY=9BIT", "BODY", Parameter::Bad),
    ("SMTPUTF8=x", "SMTPUTF8", Parameter::Bad),
    ("ENVID=a+2bb", "ENVID", Parameter::Bad),
];

/// Parameters of RCPT.
pub(crate) const OF_RCPT: &[(&str, &str, Parameter)] = &[
    ("NOTIFY=SUCCESS,DELAY", "NOTIFY", Parameter::Notify),
    ("NOTIFY=NEVER", "NOTIFY", Parameter::Notify),
    ("ORCPT=rfc822;u+2Bx@y.example", "ORCPT", Parameter::Orcpt),
    ("NOTIFY=NEVER,DELAY", "NOTIFY", Parameter::Bad),
    ("ORCPT=rfc822", "ORCPT", Parameter::Bad),
];

/// Parameters that nobody knows.
pub(crate) const UNKNOWN: &[&str] = &["X-OTHER=1", "HOLDFOR=60"];

/// Commands of one line that are told by their first word or whole, for the client to choose from.
pub(crate) const LINES: &[&str] = &[
    "EHLO client.example",
    "ehlo [192.0.2.1]",
    "HELO client.example",
    "EHLO",
    "HELO",
    "EHLO a b",
    "RSET",
    "NOOP",
    "noop with words",
    "VRFY someone",
    "EXPN list",
    "HELP",
    "DATA",
    "RSET now",
    "DATA now",
    "STARTTLS now",
    "ETRN x",
    "FOO",
    "",
    "BDAT",
    "BDAT x",
    "BDAT 18446744073709551616 LAST",
    "BDAT 9223372036854775808",
    "BDAT 1 FIRST",
    "XCLIENT ADDR=192.0.2.9",
    "XCLIENT ADDR=x",
    "AUTH PLAIN AHUAcA==",
    "AUTH SCRAM-SHA-256",
    "auth scram-sha-256 =",
    "AUTH CRAM-MD5",
    "AUTH PLAIN A=B=",
    "AUTH",
    "*",
    "AHUAcA==",
    "MAIL",
    "MAIL TO:<a@x.example>",
    "RCPT",
    "RCPT FROM:<a@x.example>",
    "NOOP \u{e9}",
];

/// Lines that hold what no line may hold.
pub(crate) const MALFORMED: &[&[u8]] = &[b"NOOP\nRSET", b"RSET\rRSET", b"MAIL FROM:<a@x.example>\0", b"\n", b"QUIT\r"];

/// Lines of messages; some look like commands.
pub(crate) const TEXT: &[&[u8]] = &[
    b"Subject: hello",
    b"Received: from a by b; now",
    b"",
    b"..",
    b".x",
    b"hello there",
    b"MAIL FROM:<evil@x.example>",
    b"RCPT TO:<evil@y.example>",
    b"RSET",
    b"\xff\xfe",
    b"a longer line of some seventy octets, of which three make a message too large",
];

/// Lines of messages that break the rule of line ends.
pub(crate) const BARE: &[&[u8]] = &[b"a\nb", b"a\rb", b"\0", b"\n.", b".\r", b"\r."];
