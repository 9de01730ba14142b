//! A connector from its draft, and back. The texts are those of the operator's reference.

mod lists;
mod values;

use super::{Authentication, Connector, ConnectorId, ConnectorName, SizeLimit};
use crate::{AddressSpace, AuthMechanism, BasicDraft, ConnectorDraft, SmartHost, SpacePattern, Violations, Warning};

impl Connector {
    /// Checks a draft and brings it into stored form.
    ///
    /// Domains become lower-case A-labels, hosts lose their brackets, the size limit is rounded up to whole KB, and what
    /// is absent becomes its default: enabled, port 25, 35 MB, cost 1. A warning names something that is accepted
    /// although its writer may not have meant it.
    ///
    /// # Errors
    /// Every problem of the draft at once, in the order of the fields.
    pub fn from_draft(draft: ConnectorDraft) -> Result<(Self, Vec<Warning>), Violations> {
        let mut violations = Violations::default();
        let v = &mut violations;
        let name = ConnectorName::parse(&draft.name).map_err(|error| v.add("name", error.to_string())).ok();
        values::check_comment(&draft.comment, v);
        let address_spaces = lists::read_address_spaces(&draft.address_spaces, v);
        let smart_hosts = lists::read_smart_hosts(&draft, v);
        let port = values::read_port(draft.port, || "port".to_owned(), v);
        let authentication = values::read_authentication(&draft, v);
        values::check_starttls(&draft, v);
        let helo_name = values::read_helo_name(&draft.helo_name, v);
        let max_message_size = SizeLimit::from_field(draft.max_message_size)
            .map_err(|error| v.add("max_message_size", error.to_string()))
            .ok();
        let final_reply_timeout = values::read_timeout(draft.final_reply_timeout, v);
        values::check_labels(&draft.labels, v);
        let (Some(name), Some(authentication), Some(max_message_size), true) =
            (name, authentication, max_message_size, violations.is_empty())
        else {
            return Err(violations);
        };
        let connector = Self {
            id: ConnectorId::new(&draft.id),
            name,
            comment: draft.comment,
            enabled: draft.enabled.unwrap_or(true),
            address_spaces,
            smart_hosts,
            port: port.unwrap_or(25),
            authentication,
            require_tls: draft.require_tls,
            ignore_starttls: draft.ignore_starttls,
            helo_name,
            max_message_size,
            final_reply_timeout,
            labels: draft.labels,
        };
        let warnings = connector.warnings();
        Ok((connector, warnings))
    }

    /// The draft that gives this connector back: what an update changes some fields of. A stored password is taken to
    /// be there.
    #[must_use]
    pub fn to_draft(&self) -> ConnectorDraft {
        let (auth_mechanism, basic) = match &self.authentication {
            Authentication::None => (AuthMechanism::None, None),
            Authentication::Basic { user } => {
                (AuthMechanism::Basic, Some(BasicDraft { user: user.clone(), has_password: true }))
            }
        };
        ConnectorDraft {
            id: self.id.as_str().to_owned(),
            name: self.name.as_str().to_owned(),
            comment: self.comment.clone(),
            enabled: Some(self.enabled),
            address_spaces: self.address_spaces.iter().map(AddressSpace::to_draft).collect(),
            smart_hosts: self.smart_hosts.iter().map(SmartHost::to_draft).collect(),
            port: self.port.into(),
            auth_mechanism,
            basic,
            require_tls: self.require_tls,
            ignore_starttls: self.ignore_starttls,
            helo_name: self.helo_name.as_ref().map(ToString::to_string).unwrap_or_default(),
            max_message_size: Some(self.max_message_size.bytes().unwrap_or(0)),
            final_reply_timeout: self.final_reply_timeout,
            labels: self.labels.clone(),
        }
    }

    fn warnings(&self) -> Vec<Warning> {
        let mut warnings: Vec<Warning> = (self.address_spaces.iter().enumerate())
            .filter(|(_, space)| matches!(space.pattern, SpacePattern::Foreign { .. }))
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
