//! What people are told about connectors that were not taken.

use postroad_routing::{EliminationReason, NoRoute, explain};

use crate::notation::{Ask, read_set, table, table_of};

#[test]
fn each_step_names_the_values_that_decided() {
    use EliminationReason::{Cost, Disabled, LessSpecific, Name, NoMatch, Size};
    let set = "G[contoso.com;5] Winner[*;1 contoso.com;4] Zulu[contoso.com;4] F[*.contoso.com] E[*;1] \
               D[fabrikam.com] C[contoso.com off] B[contoso.com max=1M] A[fabrikam.com max=1M]";
    let table = table(read_set(set));
    let explanation = Ask::to("u@contoso.com", Some(2_097_152)).with(|query| explain(&table, query));
    assert_eq!(explanation.decision.unwrap().connector().connector.name.as_str(), "Winner");
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
        let explanation = Ask::to(recipient, None).with(|query| explain(&table, query));
        assert_eq!(explanation.decision, Err(NoRoute::NoMatch));
        let text = &explanation.eliminations[0].text;
        assert!(text.starts_with(words) && text.ends_with("SMTP:e.example;1, 2 more."), "{text}");
    }
}

fn told(relay: &str, set: &str, ask: &Ask<'_>) -> Vec<(String, EliminationReason, String)> {
    let table = table_of(read_set(set), relay);
    let explanation = ask.with(|query| explain(&table, query));
    explanation.eliminations.into_iter().map(|e| (e.connector.name.to_string(), e.reason, e.text)).collect()
}

#[test]
fn sites_and_senders_are_told_with_the_values_that_decided() {
    use EliminationReason::{Cost, Distance, Listener, NoSenderFilter, Scope, Sender, Unreachable};
    let set = "L[listener=apps max=0] A[* scoped src=p1] B[* from=a.example,b.example] C[* src=far,nobody] \
               Plain[*;1] Dear[*;5 src=p2 from=x.example] Far[*;2 src=v1 from=x.example] \
               Near[*;52 src=b2 from=x.example] Winner[*;52 src=b1 from=x.example]";
    let found = told("b1", set, &Ask::to("u@contoso.com", None));
    let found: Vec<_> = found.iter().map(|(name, reason, text)| (name.as_str(), *reason, text.as_str())).collect();
    assert_eq!(
        found,
        [
            ("L", Listener, "It carries the mail of the listener apps only."),
            ("A", Scope, "It is scoped, and no source relay of it stands in the site Brno: p1."),
            ("B", Sender, "Its sender filter does not cover s@x.example: a.example, b.example."),
            ("C", Unreachable, "No site link leads from the site Brno to a known source relay of it: far, nobody."),
            ("Plain", NoSenderFilter, "It has no sender filter, and that of \"Winner\" covers the sender."),
            (
                "Dear",
                Cost,
                "Its address space SMTP:*;5 costs 105 (5 and 100 for the way to the source relay); SMTP:*;52 of \
                 \"Winner\" costs 52."
            ),
            (
                "Far",
                Distance,
                "It costs the same, but its nearest source relay is in another site; that of \"Winner\" is this relay."
            ),
            (
                "Near",
                Distance,
                "It costs the same, but its nearest source relay is another relay of this site; that of \"Winner\" \
                 is this relay."
            ),
        ]
    );
}

#[test]
fn a_linked_listener_is_the_reason_against_everybody_else() {
    let ask = Ask { listener: Some("Apps"), ..Ask::to("u@contoso.com", None) };
    let found = told("p1", "A[*] L[listener=apps max=0 off]", &ask);
    let found: Vec<_> = found.iter().map(|(name, reason, text)| (name.as_str(), *reason, text.as_str())).collect();
    assert_eq!(
        found,
        [
            ("A", EliminationReason::Listener, "All mail of the listener Apps goes by \"L\"."),
            (
                "L",
                EliminationReason::Disabled,
                "It is disabled; otherwise it would take all mail of the listener apps."
            ),
        ]
    );
}

#[test]
fn the_fallbacks_are_told_in_order() {
    let table = table(read_set("A[*;1 tls=2] B[*;2] C[*;4 tls=3] D[*;3 tls=2] E[contoso.com;100 tls=2]"));
    let fallbacks = |to| {
        let explanation = Ask::to(to, None).with(|query| explain(&table, query));
        explanation.fallbacks.iter().map(|r| r.connector().connector.name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(fallbacks("u@fabrikam.com"), ["D", "C"]);
    assert_eq!(fallbacks("u@contoso.com"), [""; 0]);
}
