//! Keys and values of connectors and relays.

use std::collections::BTreeMap;

use crate::{Violations, limits};

/// Adds a violation for each label that is too long, and one for too many.
pub(crate) fn check(labels: &BTreeMap<String, String>, violations: &mut Violations) {
    if labels.len() > limits::LABELS {
        violations.add("labels", format!("At most {} labels.", limits::LABELS));
    }
    for (key, value) in labels.iter().take(limits::LABELS) {
        if is_longer(key, limits::LABEL_KEY_CHARS) || is_longer(value, limits::LABEL_VALUE_CHARS) {
            // The path of an overlong key is cut, or the answer would be as long as the fault.
            let shown: String = key.chars().take(limits::LABEL_KEY_CHARS).collect();
            violations.add(format!("labels[{shown}]"), "At most 64 characters for a key and 256 for a value.");
        }
    }
}

fn is_longer(text: &str, chars: usize) -> bool {
    text.chars().nth(chars).is_some()
}
