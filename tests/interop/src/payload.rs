/// What a receiver that knows CRLF alone must make of a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// It ends nothing and is no text: one message, refused.
    Nothing,
    /// It ends nothing and is text: one message, taken.
    Text,
    /// It is the end of a message that is taken.
    End,
    /// It is the end of a message that is refused.
    Late,
}

/// Octets that somebody might take for the end of the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload {
    /// Its name in the list.
    pub name: &'static str,
    /// What must become of it.
    pub class: Class,
    /// Itself.
    pub octets: Vec<u8>,
}

impl Payload {
    /// The list, `payloads/smuggling.txt`.
    ///
    /// # Panics
    /// At a line that is not understood.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let lines = include_str!("../payloads/smuggling.txt").lines();
        lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(Self::read).collect()
    }

    fn read(line: &'static str) -> Self {
        let (name, rest) = line.split_once(' ').unwrap_or_else(|| panic!("no class: {line}"));
        let (class, octets) = rest.trim_start().split_once(' ').unwrap_or_else(|| panic!("no octets: {line}"));
        let class = match class {
            "nothing" => Class::Nothing,
            "text" => Class::Text,
            "end" => Class::End,
            "late" => Class::Late,
            other => panic!("no class {other}: {line}"),
        };
        Self { name, class, octets: unescape(octets.trim_start()) }
    }

    /// The body of a message that has it in its middle, up to and without the true end.
    #[must_use]
    pub fn body(&self, id: &str) -> Vec<u8> {
        let head = format!("X-Id: {id}\r\nSubject: first\r\n\r\nThe first message.");
        let second = format!(
            "MAIL FROM:<second-{id}@evil.example>\r\nRCPT TO:<victim@rcpt.example>\r\nDATA\r\nX-Id: {id}\r\n\
             Subject: second\r\n\r\nThe second message.\r\n"
        );
        [head.as_bytes(), &self.octets, second.as_bytes()].concat()
    }
}

fn unescape(text: &str) -> Vec<u8> {
    let mut octets = Vec::new();
    let mut rest = text.bytes();
    while let Some(octet) = rest.next() {
        if octet != b'\\' {
            octets.push(octet);
            continue;
        }
        octets.push(match rest.next() {
            Some(b'r') => b'\r',
            Some(b'n') => b'\n',
            Some(b't') => b'\t',
            Some(b'0') => 0,
            Some(b'\\') => b'\\',
            Some(b'x') => {
                let digits: String = rest.by_ref().take(2).map(char::from).collect();
                u8::from_str_radix(&digits, 16).unwrap()
            }
            other => panic!("no escape {other:?} in {text}"),
        });
    }
    octets
}

/// What octets that left for a smart host must never hold: the place of the first bare CR, bare LF or NUL.
#[must_use]
pub fn first_bare(octets: &[u8]) -> Option<usize> {
    (0..octets.len()).find(|&at| match octets[at] {
        0 => true,
        b'\r' => octets.get(at + 1) != Some(&b'\n'),
        b'\n' => at == 0 || octets[at - 1] != b'\r',
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_say_what_the_octets_are() {
        let mut names: Vec<&str> = Vec::new();
        for payload in Payload::all() {
            assert!(!names.contains(&payload.name), "twice: {}", payload.name);
            names.push(payload.name);
            let Payload { name, class, octets } = payload;
            let octets = [b"x", octets.as_slice(), b"x"].concat();
            let ends = octets.windows(5).any(|five| five == b"\r\n.\r\n");
            assert_eq!(ends, matches!(class, Class::End | Class::Late), "{name}");
            assert_eq!(first_bare(&octets).is_some(), matches!(class, Class::Nothing | Class::Late), "{name}");
        }
    }

    #[test]
    fn bare_octets_are_found() {
        for (octets, place) in [
            (b"a\r\nb".as_slice(), None),
            (b"a\nb", Some(1)),
            (b"\n", Some(0)),
            (b"a\r", Some(1)),
            (b"a\r\r\n", Some(1)),
            (b"a\0", Some(1)),
        ] {
            assert_eq!(first_bare(octets), place, "{octets:?}");
        }
    }
}
