//! Destinations as Postfix writes them: `[host]:port`, `host`, `host:port`.

use postroad_api::connector::v1::SmartHost;

/// A destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Nexthop {
    /// Host or domain.
    pub(super) host: String,
    /// 0: the usual one.
    pub(super) port: u32,
    /// Written in brackets: no MX look-up.
    pub(super) bracketed: bool,
}

impl Nexthop {
    /// Takes a destination apart. What it cannot read stays in the host, where the rules of connectors refuse it.
    pub(super) fn parse(text: &str) -> Self {
        let text = text.trim();
        let (host, rest, bracketed) = match text.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
            Some((host, rest)) => (host, rest.strip_prefix(':').unwrap_or_default(), true),
            None => {
                let (host, port) = text.rsplit_once(':').unwrap_or((text, ""));
                (host, port, false)
            }
        };
        let host = host.strip_prefix("IPv6:").or_else(|| host.strip_prefix("ipv6:")).unwrap_or(host);
        let port = match rest {
            "smtp" => 25,
            "submission" => 587,
            "smtps" | "submissions" => 465,
            number => number.parse::<u16>().map_or(0, u32::from),
        };
        Self { host: host.to_ascii_lowercase(), port, bracketed }
    }

    /// Name of the connector for it.
    pub(super) fn name(&self) -> String {
        let port = if self.port == 0 { String::new() } else { format!(":{}", self.port) };
        format!("{}{port}", self.host).chars().take(64).collect()
    }

    pub(super) fn smart_host(&self) -> SmartHost {
        SmartHost { host: self.host.clone(), port: self.port, ..SmartHost::default() }
    }

    /// The ways in which a password map may name it, the most exact first.
    pub(super) fn keys(&self) -> Vec<String> {
        let mut keys = Vec::new();
        for host in [format!("[{}]", self.host), self.host.clone()] {
            if self.port != 0 {
                keys.push(format!("{host}:{}", self.port));
                keys.extend(match self.port {
                    25 => Some(format!("{host}:smtp")),
                    465 => Some(format!("{host}:smtps")),
                    587 => Some(format!("{host}:submission")),
                    _ => None,
                });
            }
            keys.push(host);
        }
        keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destinations_are_taken_apart() {
        for (text, host, port, bracketed) in [
            ("[smtp.example.com]:587", "smtp.example.com", 587, true),
            ("[smtp.example.com]:submission", "smtp.example.com", 587, true),
            ("smtp.example.com", "smtp.example.com", 0, false),
            ("Example.com:26", "example.com", 26, false),
            ("[IPv6:2001:db8::1]:25", "2001:db8::1", 25, true),
            ("[192.0.2.1]", "192.0.2.1", 0, true),
        ] {
            let read = Nexthop::parse(text);
            assert_eq!((read.host.as_str(), read.port, read.bracketed), (host, port, bracketed), "{text}");
        }
        assert_eq!(Nexthop::parse("[h]:587").keys()[..2], ["[h]:587", "[h]:submission"]);
    }
}
