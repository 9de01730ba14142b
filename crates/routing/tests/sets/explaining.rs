//! What people are told about connectors that were not taken.

use postroad_routing::{EliminationReason, NoRoute, explain};

use crate::notation::{ask, read_set, table};

#[test]
fn each_step_names_the_values_that_decided() {
    use EliminationReason::{Cost, Disabled, LessSpecific, Name, NoMatch, Size};
    let set = "G[contoso.com;5] Winner[*;1 contoso.com;4] Zulu[contoso.com;4] F[*.contoso.com] E[*;1] \
               D[fabrikam.com] C[contoso.com off] B[contoso.com max=1M] A[fabrikam.com max=1M]";
    let table = table(read_set(set));
    let explanation = ask("u@contoso.com", Some(2_097_152), |query| explain(&table, query));
    assert_eq!(explanation.decision.unwrap().connector.connector.name.as_str(), "Winner");
    let found: Vec<_> =
        explanation.eliminations.iter().map(|e| (e.connector.name.as_str(), e.reason, e.text.as_str())).collect();
    assert_eq!(
        found,
        [
            ("A", Size, "The message is declared with 2097152 bytes, above the connector's limit of 1048576."),
            ("B", Size, "The message is declared with 2097152 bytes, above the connector's limit of 1048576."),
            ("C", Disabled, "It is disabled; its address space SMTP:contoso.com;1 would match."),
            ("D", NoMatch, "No address space of it covers contoso.com: SMTP:fabrikam.com;1."),
            ("E", LessSpecific, "Its address space SMTP:*;1 is less specific than SMTP:contoso.com;4 of \"Winner\"."),
            (
                "F",
                LessSpecific,
                "Its address space SMTP:*.contoso.com;1 is less specific than SMTP:contoso.com;4 of \"Winner\"."
            ),
            ("G", Cost, "Its address space SMTP:contoso.com;5 costs 5; SMTP:contoso.com;4 of \"Winner\" costs 4."),
            ("Zulu", Name, "It is equal up to the name, and \"zulu\" comes after \"winner\"."),
        ]
    );
}

#[test]
fn recipients_that_only_the_star_covers_are_explained_as_such() {
    let table = table(read_set("A[a.example b.example c.example d.example e.example f.example g.example]"));
    for (recipient, words) in [
        ("Postmaster", "Only * covers a recipient without a domain, and it has "),
        ("u@[192.0.2.1]", "Only * covers the address literal [192.0.2.1], and it has "),
        ("u@h.example", "No address space of it covers h.example: "),
    ] {
        let explanation = ask(recipient, None, |query| explain(&table, query));
        assert_eq!(explanation.decision, Err(NoRoute::NoMatch));
        let text = &explanation.eliminations[0].text;
        assert!(text.starts_with(words) && text.ends_with("SMTP:e.example;1, 2 more."), "{text}");
    }
}
