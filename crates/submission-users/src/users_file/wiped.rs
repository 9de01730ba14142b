//! A document that holds verifiers.

use serde_yaml_ng::Value;
use zeroize::Zeroize;

/// A document whose texts are wiped when it goes. Copies within the parser are beyond reach.
pub(super) struct Wiped(pub(super) Value);

impl Drop for Wiped {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// Leaves nothing but empty texts, empty lists and numbers.
fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Sequence(list) => list.iter_mut().for_each(wipe),
        Value::Mapping(map) => {
            for (mut key, mut value) in std::mem::take(map) {
                wipe(&mut key);
                wipe(&mut value);
            }
        }
        Value::Tagged(tagged) => wipe(&mut tagged.value),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn th24_no_text_is_left_however_deep_it_stands() {
        let mut document = serde_yaml_ng::from_str("[canary, !tag canary, {a: [canary], canary: canary}, 1]").unwrap();
        wipe(&mut document);
        assert!(!format!("{document:?}").contains("canary"));
        assert_eq!(document.as_sequence().map(Vec::len), Some(4));
    }
}
