//! Values as PowerShell writes them: as texts, as numbers, or taken apart into objects.

use std::time::Duration;

use serde_json::Value;

/// What a value is, for errors.
pub(super) const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Whether nothing is said.
pub(super) fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(parts) => parts.is_empty(),
        _ => false,
    }
}

/// The text of a value, or of the part of an object that names it.
pub(super) fn text(value: &Value) -> Option<String> {
    const NAMING: [&str; 12] = [
        "IPAddressToString",
        "Address",
        "Domain",
        "DomainName",
        "HostName",
        "Name",
        "RawIdentity",
        "value",
        "Value",
        "ToString",
        "Identity",
        "DistinguishedName",
    ];
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Object(parts) => NAMING.iter().find_map(|name| text(parts.get(*name)?)),
        Value::Null | Value::Array(_) => None,
    }
}

/// Texts of a list. A list that PowerShell flattened into one text is taken apart at blanks and commas.
pub(super) fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.iter().flat_map(texts).collect(),
        Value::String(flat) => {
            let parts = flat.split([',', ' ']).map(str::trim).filter(|part| !part.is_empty());
            parts.map(str::to_owned).collect()
        }
        other => text(other).into_iter().collect(),
    }
}

/// True or false, also as a text.
pub(super) fn truth(value: &Value) -> Option<bool> {
    match text(value)?.to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// A size in bytes, 0 for unlimited: `35 MB (36,700,160 bytes)`, `Unlimited`, a number, or an object around one of them.
pub(super) fn size(value: &Value) -> Option<u64> {
    if let Value::Object(parts) = value {
        if parts.get("IsUnlimited").and_then(truth) == Some(true) {
            return Some(0);
        }
        return ["Value", "value", "Bytes"].iter().find_map(|name| size(parts.get(*name)?));
    }
    let text = text(value)?;
    if text.eq_ignore_ascii_case("unlimited") {
        return Some(0);
    }
    match text.split_once('(') {
        Some((_, bytes)) => {
            // Every country has its own sign between thousands.
            let digits: String = bytes.chars().filter(char::is_ascii_digit).collect();
            digits.parse().ok()
        }
        None => crate::byte_size::parse(&text).ok(),
    }
}

/// A length of time: `00:10:00`, `1.00:00:00`, or an object with its parts.
pub(super) fn span(value: &Value) -> Option<Duration> {
    if let Value::Object(parts) = value {
        let ticks = parts.get("Ticks").and_then(Value::as_u64).map(|ticks| Duration::from_millis(ticks / 10_000));
        let seconds = || parts.get("TotalSeconds").and_then(Value::as_f64).map(Duration::from_secs_f64);
        return ticks.or_else(seconds).or_else(|| span(parts.get("Value").or_else(|| parts.get("value"))?));
    }
    let text = text(value)?;
    let (days, clock) = text.split_once('.').filter(|(_, rest)| rest.contains(':')).unwrap_or(("0", &text));
    let mut parts = clock.split(':').map(|part| part.split('.').next().and_then(|whole| whole.parse::<u64>().ok()));
    let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
    let whole_hours = days.parse::<u64>().ok()?.checked_mul(24)?.checked_add(hours)?;
    Some(Duration::from_secs(whole_hours.checked_mul(3600)?.checked_add(minutes * 60 + seconds)?))
}

/// The user name of a credential.
pub(super) fn user_name(value: &Value) -> Option<String> {
    let Value::Object(parts) = value else { return None };
    parts.get("UserName").and_then(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn sizes_come_in_many_forms() {
        for (value, bytes) in [
            (json!("35 MB (36,700,160 bytes)"), 36_700_160),
            (json!("35 MB (36.700.160 Bytes)"), 36_700_160),
            (json!("Unlimited"), 0),
            (json!(1024), 1024),
            (json!({"IsUnlimited": true, "Value": null}), 0),
            (json!({"IsUnlimited": false, "Value": "10 MB (10,485,760 bytes)"}), 10_485_760),
            (json!({"Value": {"Value": 2048}}), 2048),
        ] {
            assert_eq!(size(&value), Some(bytes), "{value}");
        }
        assert_eq!(size(&json!("large")), None);
    }

    #[test]
    fn spans_come_in_many_forms() {
        for (value, seconds) in [
            (json!("00:10:00"), 600),
            (json!("1.00:00:00"), 86_400),
            (json!("00:00:30.5000000"), 30),
            (json!({"Ticks": 6_000_000_000_u64, "Days": 0}), 600),
            (json!({"TotalSeconds": 90.0}), 90),
        ] {
            assert_eq!(span(&value), Some(Duration::from_secs(seconds)), "{value}");
        }
        assert_eq!(span(&json!("soon")), None);
        assert_eq!(span(&json!("99999999999999999999.00:00:00")), None);
    }

    #[test]
    fn flattened_lists_are_taken_apart() {
        assert_eq!(texts(&json!(["a", {"Domain": "b"}])), ["a", "b"]);
        assert_eq!(texts(&json!("a b,c")), ["a", "b", "c"]);
    }
}
