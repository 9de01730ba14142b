//! The operator's table of address spaces, row by row.

use postroad_connector_model::{AddressSpace, AddressSpaceDraft};
use proptest::prelude::*;

const ACCEPTED: &[(&[&str], &str)] = &[
    (&["*", "*;1", "SMTP:*"], "SMTP:*;1"),
    (&["contoso.com", "SMTP:contoso.com", "smtp:Contoso.COM;1", " contoso.com ; 1 "], "SMTP:contoso.com;1"),
    (&["contoso.com;100"], "SMTP:contoso.com;100"),
    (&["*.com;20"], "SMTP:*.com;20"),
    (&["*.contoso.com"], "SMTP:*.contoso.com;1"),
    (&["*.com"], "SMTP:*.com;1"),
    (&["*.xn--p1ai"], "SMTP:*.xn--p1ai;1"),
    (&["contoso"], "SMTP:contoso;1"),
    (&["3com.example"], "SMTP:3com.example;1"),
    (&["bücher.example", "xn--bcher-kva.example"], "SMTP:xn--bcher-kva.example;1"),
    (&["X400:o=contoso;p=exch;a=;c=us;5"], "X400:o=contoso;p=exch;a=;c=us;5"),
    (&["fax:+420 5550100"], "FAX:+420 5550100;1"),
    (&["NOTES:any text here;3"], "NOTES:any text here;3"),
];

const STAR: &str = "A star stands alone or before a dot and a domain: * or *.contoso.com.";
const NO_DOMAIN: &str = "This is not a domain name.";
const ADDRESS: &str = "An IP address is not a domain; it belongs in smart_hosts.";
const COST: &str = "Cost must be a whole number from 1 to 100.";

const REFUSED: &[(&[&str], &str, &str)] = &[
    (&["", " "], "space", "An address space cannot be empty."),
    (&["*contoso.com", "mail.*.contoso.com", "*.*.contoso.com", "**", "*."], "space", STAR),
    (
        &[".contoso.com", "contoso..com", "contoso.com.", "-contoso.com", "con_toso.com", "con toso.com"],
        "space",
        NO_DOMAIN,
    ),
    (&["user@contoso.com"], "space", "Write the domain only; for senders use sender_filter."),
    (&["192.168.3.2", "[192.168.3.2]", "2001:db8::1", "[IPv6:2001:db8::1];5", "SMTP:[2001:db8::1]"], "space", ADDRESS),
    (&["--"], "space", "Postroad has no accepted domains; write them out."),
    (&["contoso.com,fabrikam.com"], "space", "Write one domain in each address space."),
    (&["X400:contoso;5"], "space", "Write an X.400 address as label=value pairs."),
    (
        &[
            "contoso.com;0",
            "contoso.com;101",
            "contoso.com;",
            "contoso.com;+5",
            "contoso.com;low",
            "contoso.com;99999999999999999999",
            "NOTES:any text;0",
        ],
        "cost",
        COST,
    ),
    (&["contoso.com;5;6"], "cost", "Only one cost can be given."),
    (&["X400:o=contoso;p=exch;c=us"], "cost", "This address space holds a semicolon, so write its cost."),
    (&[":contoso.com"], "type", "The type before the colon is missing."),
    (&["Local:SMTP:contoso.com;1"], "type", "Use the field scoped instead of Local."),
    (
        &["4FAX:x", "A-B:x", "abcdefghijklmnopqrstu:x"],
        "type",
        "A type is a letter, then up to 19 letters or digits, for example SMTP.",
    ),
    (&["NOTES:a\r\nb;3"], "space", "An address space holds no control characters."),
];

#[test]
fn accepted_texts_have_one_stored_form() {
    for (texts, stored) in ACCEPTED {
        for text in *texts {
            let space = AddressSpace::parse(text);
            assert_eq!(space.as_ref().map(ToString::to_string).as_deref(), Ok(*stored), "{text:?}");
            assert_eq!(AddressSpace::parse(stored), space, "{text:?}");
            assert_eq!(AddressSpace::from_draft(&space.clone().unwrap().to_draft()), space, "{text:?}");
        }
    }
}

#[test]
fn refused_texts_name_the_part_at_fault() {
    for (texts, part, fault) in REFUSED {
        for text in *texts {
            let violations = AddressSpace::parse(text).expect_err(text).0;
            let found: Vec<_> = violations.iter().map(|v| (v.field.as_str(), v.text.as_str())).collect();
            assert_eq!(found, [(*part, *fault)], "{text:?}");
        }
    }
}

#[test]
fn two_faults_of_one_text_are_told_together() {
    let violations = AddressSpace::parse("con_toso.com;500").unwrap_err();
    assert_eq!(violations.to_string(), format!("space: {NO_DOMAIN}; cost: {COST}"));
    let violations = AddressSpace::parse("con_toso.com;low").unwrap_err();
    assert_eq!(violations.to_string(), format!("space: {NO_DOMAIN}; cost: {COST}"));
}

#[test]
fn parts_are_not_read_as_text() {
    for space in ["contoso.com;5", "SMTP:contoso.com"] {
        let draft = AddressSpaceDraft { space: space.to_owned(), ..AddressSpaceDraft::default() };
        let violations = AddressSpace::from_draft(&draft).unwrap_err();
        assert_eq!(violations.to_string(), format!("space: {NO_DOMAIN}"));
    }
}

proptest! {
    #[test]
    fn whatever_is_accepted_prints_in_a_form_that_reads_back(text in "([A-Za-z]{0,4}:)?[ *.a-zA-Z0-9;=@:ü-]{0,14}(;[0-9]{1,3})?") {
        if let Ok(space) = AddressSpace::parse(&text) {
            prop_assert!((1..=100).contains(&space.cost));
            prop_assert_eq!(AddressSpace::parse(&space.to_string()), Ok(space.clone()));
            prop_assert_eq!(AddressSpace::from_draft(&space.to_draft()), Ok(space));
        }
    }

    #[test]
    fn no_text_is_refused_without_a_reason(text in "\\PC{0,30}") {
        if let Err(violations) = AddressSpace::parse(&text) {
            prop_assert!(!violations.is_empty());
        }
    }
}
