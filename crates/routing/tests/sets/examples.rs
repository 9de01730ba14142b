//! The examples of the operator's reference that need neither sites nor sender filters nor failover, by their number.

use postroad_routing::{NoRoute, explain, route};

use crate::notation::{ask, read_set, read_size, table};

/// Number, connectors, recipient, size, and the name of the chosen connector or the codes of the refusal.
type Example = (u8, &'static str, &'static str, &'static str, &'static str);

const EXAMPLES: &[Example] = &[
    (1, "A[*] B[contoso.com]", "u@contoso.com", "1M", "B"),
    (2, "A[*] B[contoso.com]", "u@eu.contoso.com", "1M", "A"),
    (3, "A[*] B[*.contoso.com]", "u@CONTOSO.com", "1M", "B"),
    (4, "A[*.contoso.com;1] B[contoso.com;100]", "u@contoso.com", "1M", "B"),
    (5, "A[*.contoso.com] B[*.eu.contoso.com]", "u@a.eu.contoso.com", "1M", "B"),
    (6, "A[*] B[*.contoso.com]", "u@notcontoso.com", "1M", "A"),
    (7, "A[*;10] B[*;5]", "u@fabrikam.com", "-", "B"),
    (8, "B[*;5] A[*;5]", "u@fabrikam.com", "1M", "A"),
    (9, "\"Connector 2\"[*] \"Connector 10\"[*]", "u@fabrikam.com", "1M", "Connector 10"),
    (10, "A[* max=0] B[contoso.com max=10M]", "u@contoso.com", "20M", "A"),
    (11, "A[* max=0] B[contoso.com max=10M]", "u@contoso.com", "10M", "B"),
    (12, "A[*] B[contoso.com max=10M]", "u@contoso.com", "40M", "552 5.3.4"),
    (13, "A[*] B[contoso.com off]", "u@contoso.com", "1M", "A"),
    (14, "B[contoso.com off]", "u@contoso.com", "1M", "451 4.3.2"),
    (15, "B[contoso.com]", "u@fabrikam.com", "1M", "550 5.1.2"),
    (25, "A[*;1 contoso.com;80] B[contoso.com;20]", "u@contoso.com", "1M", "B"),
    (27, "A[*] B[*.example]", "u@[192.0.2.1]", "1M", "A"),
    (28, "A[*] B[bücher.example]", "u@xn--bcher-kva.example", "1M", "B"),
    (34, "A[*;50] B[*.com;1]", "Postmaster", "1M", "A"),
    (35, "B[contoso.com]", "Postmaster", "1M", "550 5.1.2"),
];

/// What the reference leaves to its words.
const BY_ITS_WORDS: &[Example] = &[
    // Without a declared size a small limit drops nobody.
    (1, "A[*] B[contoso.com max=1]", "u@contoso.com", "-", "B"),
    // Names are compared without case: "b" is before "C".
    (2, "C[*] b[*]", "u@fabrikam.com", "1M", "b"),
    // A disabled connector that is large enough comes before one that is too small, whichever is more specific.
    (3, "A[* off max=1M] B[contoso.com max=1M]", "u@contoso.com", "20M", "552 5.3.4"),
    (4, "A[* off max=0] B[contoso.com max=1M]", "u@contoso.com", "20M", "451 4.3.2"),
    // Disabled and too small: neither the switch nor a smaller message alone would help.
    (5, "A[* off max=1M]", "u@contoso.com", "20M", "550 5.1.2"),
    // A type other than SMTP matches nothing, a suffix no part of a label, `*.com` not the literal.
    (6, "A[NOTES:contoso.com;1]", "u@contoso.com", "1M", "550 5.1.2"),
    (7, "A[*.com]", "u@[IPv6:2001:db8::1]", "1M", "550 5.1.2"),
    // The longest suffix wins over the dearer and over the first in the list.
    (8, "A[*.com *.b.com;90 *.a.b.com;100] B[*.b.com]", "u@x.a.b.com", "1M", "A"),
    // Too small for the best space: the next best connector takes it.
    (9, "A[a.com max=1M] B[*.a.com max=1M] C[*.com] D[*;1]", "u@a.com", "2M", "C"),
    (10, "", "u@a.com", "1M", "550 5.1.2"),
];

#[test]
fn each_example_is_decided_as_written() {
    for (number, set, recipient, size, chosen) in EXAMPLES.iter().chain(BY_ITS_WORDS) {
        let table = table(read_set(set));
        let decision = ask(recipient, read_size(size), |query| {
            assert_eq!(explain(&table, query).decision, route(&table, query), "{number}: {set}");
            route(&table, query)
        });
        let found = match decision {
            Ok(route) => route.connector.connector.name.to_string(),
            Err(refusal) => codes(refusal),
        };
        assert_eq!(found, *chosen, "example {number}: {set}, to {recipient}, size {size}");
    }
}

fn codes(refusal: NoRoute) -> String {
    let reply = refusal.reply();
    format!("{} {}", reply.code(), reply.enhanced().expect("an enhanced code"))
}

#[test]
fn the_route_names_the_space_that_matched() {
    let table = table(read_set("A[*;1 *.contoso.com;3 contoso.com;80]"));
    for (recipient, space) in [
        ("u@contoso.com", "SMTP:contoso.com;80"),
        ("u@eu.contoso.com", "SMTP:*.contoso.com;3"),
        ("u@fabrikam.com", "SMTP:*;1"),
        ("Postmaster", "SMTP:*;1"),
    ] {
        let route = ask(recipient, None, |query| route(&table, query)).unwrap();
        assert_eq!(route.space.to_string(), space, "{recipient}");
    }
}
