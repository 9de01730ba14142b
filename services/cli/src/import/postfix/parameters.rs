//! main.cf: parameters, with continued lines and `$name` put in.

use std::collections::BTreeMap;

/// How deep one parameter may refer to another.
const DEPTH: usize = 8;
/// Longest value after everything is put in, in octets.
const LONGEST: usize = 64 * 1024;

/// The parameters that are set; the last one of a name counts.
#[derive(Debug, Default)]
pub(super) struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// Reads the text of main.cf. A line that begins with a blank goes on with the line before; comments may stand
    /// between them.
    pub(super) fn parse(text: &str) -> Self {
        let mut all = BTreeMap::new();
        let mut current: Option<(String, String)> = None;
        for line in text.lines() {
            let comment = line.trim_start().starts_with('#') || line.trim().is_empty();
            if comment {
                continue;
            }
            if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = &mut current {
                    value.push(' ');
                    value.push_str(line.trim());
                }
                continue;
            }
            all.extend(current.take());
            current = line.split_once('=').map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()));
        }
        all.extend(current);
        Self(all)
    }

    /// Value of a parameter, others put in; `None` when it is not set.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).map(|value| self.expand(value, DEPTH))
    }

    /// Whether a parameter says yes.
    pub(super) fn yes(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.eq_ignore_ascii_case("yes"))
    }

    /// Names of all that are set.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    fn expand(&self, value: &str, depth: usize) -> String {
        let mut whole = String::new();
        let mut rest = value;
        while let Some((before, after)) = rest.split_once('$') {
            whole.push_str(before);
            let (name, behind) = match after.chars().next() {
                Some('$') => {
                    whole.push('$');
                    rest = after.get(1..).unwrap_or_default();
                    continue;
                }
                Some(open @ ('{' | '(')) => {
                    let close = if open == '{' { '}' } else { ')' };
                    let inside = after.get(1..).unwrap_or_default();
                    inside.split_once(close).unwrap_or((inside, ""))
                }
                _ => {
                    let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len());
                    after.split_at_checked(end).unwrap_or((after, ""))
                }
            };
            if let (Some(value), true) = (self.0.get(name), depth > 0 && whole.len() < LONGEST) {
                whole.push_str(&self.expand(value, depth - 1));
            }
            rest = behind;
        }
        whole.push_str(rest);
        whole.chars().take(LONGEST).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_go_on_and_values_are_put_in() {
        let parameters = Parameters::parse(
            "# comment\nmydomain = example.com\nmaps = hash:${dir}/a,\n# between\n    hash:$dir/b\ndir=/etc/postfix\nrelayhost=[smtp.$mydomain]:587\n\
             relayhost = [out.$(mydomain)]:25\nloop = $loop x\nprice = 5$$\n",
        );
        assert_eq!(parameters.get("relayhost").as_deref(), Some("[out.example.com]:25"), "the last one counts");
        assert_eq!(parameters.get("maps").as_deref(), Some("hash:/etc/postfix/a, hash:/etc/postfix/b"));
        assert_eq!(parameters.get("price").as_deref(), Some("5$"));
        assert!(parameters.get("loop").is_some(), "a circle ends");
        assert_eq!(parameters.get("absent"), None);
    }

    #[test]
    fn values_do_not_explode() {
        let mut text = "a0 = xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n".to_owned();
        for at in 1..8 {
            text.push_str(&format!("a{at} = {}\n", format!("$a{} ", at - 1).repeat(64)));
        }
        assert!(Parameters::parse(&text).get("a7").unwrap().len() <= LONGEST);
    }
}
