//! Address spaces as one text: `[TYPE:]SPACE[;COST]`.

use postroad_api::connector::v1::AddressSpace;
use postroad_connector_model as model;

/// Reads a text by the rules of the model.
///
/// # Errors
/// Everything that is wrong with it, in one line.
pub(crate) fn parse(text: &str) -> Result<AddressSpace, String> {
    let space = model::AddressSpace::parse(text).map_err(|violations| {
        let texts: Vec<_> = violations.0.into_iter().map(|violation| violation.text).collect();
        texts.join(" ")
    })?;
    let parts = space.to_draft();
    Ok(AddressSpace { r#type: parts.kind, space: parts.space, cost: parts.cost })
}

/// Writes an address space in its stored form, for example `SMTP:*;1`.
pub(crate) fn show(space: &AddressSpace) -> String {
    format!("{}:{};{}", kind(space), space.space, space.cost.unwrap_or(1))
}

/// Whether both cover the same recipients; a connector holds no two of which this is true.
pub(crate) fn same_recipients(a: &AddressSpace, b: &AddressSpace) -> bool {
    kind(a) == kind(b) && a.space == b.space
}

fn kind(space: &AddressSpace) -> &str {
    match space.r#type.as_str() {
        "" => "SMTP",
        kind => kind,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_parts_in_stored_form() {
        for (text, shown) in [
            ("*", "SMTP:*;1"),
            (" smtp : Contoso.com ; 5 ", "SMTP:contoso.com;5"),
            ("*.contoso.com;100", "SMTP:*.contoso.com;100"),
            ("fax:+420 5550100", "FAX:+420 5550100;1"),
        ] {
            assert_eq!(show(&parse(text).unwrap()), shown);
        }
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let text = parse("*contoso.com;101").unwrap_err();
        assert!(text.contains("A star stands alone") && text.contains("Cost must be"), "{text}");
    }

    #[test]
    fn the_cost_does_not_tell_spaces_apart() {
        let a = parse("contoso.com;5").unwrap();
        assert!(same_recipients(&a, &parse("Contoso.COM").unwrap()));
        assert!(!same_recipients(&a, &parse("*.contoso.com;5").unwrap()));
    }
}
