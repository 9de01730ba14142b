//! The command line that would create a connector.

use postroad_api::connector::v1::Connector;
use postroad_api::connector::v1::credential::Kind;

use super::catalogue::FIELDS;

/// `postroad connector create` with a flag for everything that differs from the defaults, one flag in a line. Secrets
/// are read from standard input.
pub(super) fn command(c: &Connector) -> String {
    let mut flags = Vec::new();
    for field in FIELDS.iter().filter(|field| !field.is_default(c)) {
        // Smart hosts say by themselves that mail does not go by MX.
        let implied = field.path == "dns_routing" && !c.smart_hosts.is_empty();
        let texts = if implied { Vec::new() } else { field.texts(c) };
        for text in texts {
            let text = if field.path == "auth_mechanism" { text.to_ascii_lowercase().replace('_', "-") } else { text };
            flags.push(format!("--{}={}", field.flag, quoted(&text)));
        }
    }
    if let Some(Kind::Basic(basic)) = c.credential.as_ref().and_then(|credential| credential.kind.as_ref()) {
        flags.push(format!("--user={}", quoted(&basic.user)));
        flags.push("--password-stdin".to_owned());
    }
    let mut text = "postroad connector create".to_owned();
    for flag in flags {
        text.push_str(" \\\n    ");
        text.push_str(&flag);
    }
    text
}

/// As a POSIX shell takes it for one word.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:/@,=+%".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_for_a_shell() {
        for (text, word) in
            [("a-b.c:25", "a-b.c:25"), ("*", "'*'"), ("it's", "'it'\\''s'"), ("", "''"), ("$(x)", "'$(x)'")]
        {
            assert_eq!(quoted(text), word);
        }
    }
}
