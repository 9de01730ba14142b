//! AP1: who may see a stored password.

use std::collections::BTreeMap;

use postroad_connector_model::{Connector, HostAddress};

/// How well a password is protected on its way: 0 in clear, 1 in clear where TLS is not offered, 2 never in clear.
type Protection = u8;

/// True when the change would show the stored password to another host or port, or with less protection: whoever may
/// edit a smart host could collect the password at a host of his own.
pub(crate) fn exposes_password(before: &Connector, after: &Connector) -> bool {
    let known = reach(before);
    reach(after).iter().any(|(host, protection)| known.get(host).is_none_or(|least| protection < least))
}

fn reach(connector: &Connector) -> BTreeMap<(String, u16), Protection> {
    let mut reach = BTreeMap::new();
    for host in &connector.smart_hosts {
        let protection = match (host.implicit_tls || connector.require_tls, connector.ignore_starttls) {
            (true, _) => 2,
            (false, false) => 1,
            (false, true) => 0,
        };
        let name = match &host.host {
            HostAddress::Ip(address) => address.to_string(),
            HostAddress::Name(name) => name.as_str().to_owned(),
        };
        let least = reach.entry((name, connector.smart_host_port(host))).or_insert(protection);
        *least = protection.min(*least);
    }
    reach
}

#[cfg(test)]
mod tests {
    use super::*;
    use postroad_connector_model::{AddressSpaceDraft, ConnectorDraft, SmartHostDraft};

    fn connector(hosts: &[(&str, u32)], change: impl FnOnce(&mut ConnectorDraft)) -> Connector {
        let mut draft = ConnectorDraft {
            name: "c".into(),
            address_spaces: vec![AddressSpaceDraft { space: "*".into(), ..Default::default() }],
            smart_hosts: hosts
                .iter()
                .map(|(host, port)| SmartHostDraft { host: (*host).into(), port: *port, ..Default::default() })
                .collect(),
            ..ConnectorDraft::default()
        };
        change(&mut draft);
        Connector::from_draft(draft).unwrap().0
    }

    #[test]
    fn ap1_other_hosts_ports_and_less_tls_expose_the_password() {
        let two = connector(&[("a.example", 587), ("b.example", 587)], |_| {});
        for (after, exposes) in [
            (connector(&[("b.example", 587)], |_| {}), false),
            (connector(&[("b.example", 587), ("a.example", 587)], |d| d.require_tls = true), false),
            (connector(&[("a.example", 0)], |d| d.port = 587), false),
            (connector(&[("a.example", 25)], |_| {}), true),
            (connector(&[("evil.example", 587)], |_| {}), true),
            (connector(&[("a.example", 587)], |d| d.ignore_starttls = true), true),
        ] {
            assert_eq!(exposes_password(&two, &after), exposes, "{after:?}");
        }
        let strict = connector(&[("a.example", 587)], |d| d.require_tls = true);
        assert!(exposes_password(&strict, &two));
        assert!(!exposes_password(&two, &connector(&[("a.example", 587)], |d| d.smart_hosts[0].implicit_tls = true)));
    }
}
