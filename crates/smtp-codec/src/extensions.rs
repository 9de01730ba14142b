//! What a listener may offer its clients.

use crate::Capabilities;

/// What every next hop behind a listener can honour. CHUNKING, PIPELINING and ENHANCEDSTATUSCODES are not in it: they are
/// ours, whatever the next hop has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extensions {
    /// Largest message in octets (RFC 1870); `None`: no limit is known.
    pub max_size: Option<u64>,
    /// 8BITMIME (RFC 6152).
    pub eight_bit_mime: bool,
    /// SMTPUTF8 (RFC 6531), which needs 8BITMIME.
    pub smtp_utf8: bool,
    /// DSN (RFC 3461).
    pub dsn: bool,
    /// BINARYMIME (RFC 3030).
    pub binary_mime: bool,
    /// REQUIRETLS (RFC 8689).
    pub require_tls: bool,
    /// Recipients of one transaction (RFC 9422, RCPTMAX); `None`: no limit is known.
    pub max_recipients: Option<u32>,
}

impl Extensions {
    /// Everything, without limits: where [`Self::intersect`] begins.
    #[must_use]
    pub const fn all() -> Self {
        Self {
            max_size: None,
            eight_bit_mime: true,
            smtp_utf8: true,
            dsn: true,
            binary_mime: true,
            require_tls: true,
            max_recipients: None,
        }
    }

    /// What a host counts as before it has answered: 8BITMIME and nothing more.
    #[must_use]
    pub const fn of_unknown_host() -> Self {
        Self {
            max_size: None,
            eight_bit_mime: true,
            smtp_utf8: false,
            dsn: false,
            binary_mime: false,
            require_tls: false,
            max_recipients: None,
        }
    }

    /// What a host offers. REQUIRETLS counts as it stands in `host`, which is the reply given under TLS.
    #[must_use]
    pub const fn of(host: &Capabilities) -> Self {
        Self {
            max_size: host.max_size,
            eight_bit_mime: host.eight_bit_mime,
            smtp_utf8: host.smtp_utf8 && host.eight_bit_mime,
            dsn: host.dsn,
            binary_mime: host.binary_mime && host.chunking,
            require_tls: host.require_tls,
            max_recipients: host.limits.max_recipients,
        }
    }

    /// What both have; of two limits the smaller.
    #[must_use]
    pub fn intersect(self, other: Self) -> Self {
        Self {
            max_size: smaller(self.max_size, other.max_size),
            eight_bit_mime: self.eight_bit_mime && other.eight_bit_mime,
            smtp_utf8: self.smtp_utf8 && other.smtp_utf8,
            dsn: self.dsn && other.dsn,
            binary_mime: self.binary_mime && other.binary_mime,
            require_tls: self.require_tls && other.require_tls,
            max_recipients: smaller(self.max_recipients, other.max_recipients),
        }
    }
}

fn smaller<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f3_only_what_all_hosts_have_is_offered() {
        let one = Extensions { max_size: Some(10), max_recipients: None, ..Extensions::all() };
        let other = Extensions { max_size: Some(7), max_recipients: Some(100), dsn: false, ..Extensions::all() };
        let both = one.intersect(other);
        assert_eq!((both.max_size, both.max_recipients, both.dsn, both.smtp_utf8), (Some(7), Some(100), false, true));
        assert_eq!(both, other.intersect(one));
        assert_eq!(Extensions::all().intersect(both), both);
        assert!(!both.intersect(Extensions::of_unknown_host()).smtp_utf8);
    }

    #[test]
    fn f3_an_extension_without_the_one_it_needs_is_not_offered() {
        let host = Capabilities { smtp_utf8: true, binary_mime: true, ..Capabilities::default() };
        let offered = Extensions::of(&host);
        assert!(!offered.smtp_utf8 && !offered.binary_mime);
    }
}
