//! What is accepted although its writer may not have meant it.

use super::super::{Authentication, Connector};
use crate::{SpacePattern, Warning};

impl Connector {
    pub(super) fn warnings(&self) -> Vec<Warning> {
        let foreign =
            |(_, space): &(usize, &crate::AddressSpace)| matches!(space.pattern, SpacePattern::Foreign { .. });
        let mut warnings: Vec<Warning> = (self.address_spaces.iter().enumerate())
            .filter(foreign)
            .map(|(at, space)| Warning {
                field: format!("address_spaces[{at}].type"),
                text: format!(
                    "Only SMTP address spaces match recipients; {space} is kept and shown, but matches nothing."
                ),
            })
            .collect();
        let login = matches!(self.authentication, Authentication::Basic { .. });
        // TLS from the first byte leaves no way to send the password in clear.
        let always_tls = self.require_tls || self.smart_hosts.iter().all(|h| h.implicit_tls);
        if login && !always_tls {
            warnings.push(Warning {
                field: "require_tls".to_owned(),
                text: "The password may go in clear, because TLS is not required.".to_owned(),
            });
        }
        warnings
    }
}
