//! A connector as a draft.

use super::super::{Authentication, Connector, OAuthAccount, TokenSource};
use crate::{
    AddressSpace, AuthMechanism, BasicDraft, ConnectorDraft, CredentialDraft, KerberosDraft, OAuthDraft, SmartHost,
    TokenSourceDraft,
};

impl Connector {
    /// The draft that gives this connector back: what an update changes some fields of. Stored secrets are taken to be
    /// there.
    #[must_use]
    pub fn to_draft(&self) -> ConnectorDraft {
        let (auth_mechanism, credential) = self.authentication.to_draft();
        let text = |value: &dyn ToString| value.to_string();
        ConnectorDraft {
            id: self.id.as_str().to_owned(),
            name: self.name.as_str().to_owned(),
            comment: self.comment.clone(),
            enabled: Some(self.enabled),
            usage: self.usage,
            address_spaces: self.address_spaces.iter().map(AddressSpace::to_draft).collect(),
            linked_listener: self.linked_listener.as_ref().map(|n| text(n)).unwrap_or_default(),
            sender_filter: self.sender_filter.iter().map(|n| text(n)).collect(),
            scoped: self.scoped,
            source_relays: self.source_relays.iter().map(|n| text(n)).collect(),
            max_message_size: Some(self.max_message_size.bytes().unwrap_or(0)),
            dns_routing: Some(self.dns_routing),
            smart_hosts: self.smart_hosts.iter().map(SmartHost::to_draft).collect(),
            port: self.port.into(),
            auth_mechanism,
            credential,
            require_tls: self.require_tls,
            ignore_starttls: self.ignore_starttls,
            tls_auth_level: self.tls_auth_level,
            tls_domain: self.tls_domain.as_ref().map(|n| text(n)).unwrap_or_default(),
            client_certificate: self.client_certificate.as_ref().map(|n| text(n)).unwrap_or_default(),
            trusted_roots: self.trusted_roots.as_ref().map(|n| text(n)).unwrap_or_default(),
            helo_name: self.helo_name.as_ref().map(|n| text(n)).unwrap_or_default(),
            force_helo: self.force_helo,
            source_ip: self.source_ip.as_ref().map(|n| text(n)).unwrap_or_default(),
            address_family: self.address_family,
            connection_inactivity_timeout: Some(self.connection_inactivity_timeout),
            max_messages_per_connection: self.max_messages_per_connection,
            max_connections: self.max_connections.map_or(0, |most| most.get().into()),
            max_messages_per_minute: self.max_messages_per_minute.map_or(0, Into::into),
            final_reply_timeout: self.final_reply_timeout,
            error_policies: self.error_policies.clone(),
            custom_failures: self.custom_failures.iter().map(|n| text(n)).collect(),
            verbose_protocol_log: self.verbose_protocol_log,
            xclient: self.xclient,
            inject_trace_context: self.inject_trace_context,
            mandatory: self.mandatory,
            labels: self.labels.clone(),
        }
    }
}

impl Authentication {
    /// The mechanism and the account of a draft. Stored secrets are taken to be there.
    #[must_use]
    pub fn to_draft(&self) -> (AuthMechanism, Option<CredentialDraft>) {
        let basic = |user: &String| CredentialDraft::Basic(BasicDraft { user: user.clone(), has_password: true });
        match self {
            Self::None => (AuthMechanism::None, None),
            Self::ExternallySecured => (AuthMechanism::ExternallySecured, None),
            Self::External => (AuthMechanism::External, None),
            Self::Basic { user } => (AuthMechanism::Basic, Some(basic(user))),
            Self::BasicRequireTls { user } => (AuthMechanism::BasicRequireTls, Some(basic(user))),
            Self::ExchangeServer { principal } => {
                let account = KerberosDraft { principal: principal.clone(), has_keytab: true };
                (AuthMechanism::ExchangeServer, Some(CredentialDraft::Kerberos(account)))
            }
            Self::XOAuth2(account) => (AuthMechanism::XOAuth2, Some(account.to_draft())),
            Self::OAuthBearer(account) => (AuthMechanism::OAuthBearer, Some(account.to_draft())),
        }
    }
}

impl OAuthAccount {
    fn to_draft(&self) -> CredentialDraft {
        let source = match &self.source {
            TokenSource::Static => TokenSourceDraft::Static { has_token: true },
            TokenSource::ClientCredentials(client) => {
                TokenSourceDraft::ClientCredentials { client: client.clone(), has_client_secret: true }
            }
            TokenSource::RefreshToken { client, has_client_secret } => TokenSourceDraft::RefreshToken {
                client: client.clone(),
                has_client_secret: *has_client_secret,
                has_refresh_token: true,
            },
        };
        CredentialDraft::OAuth(OAuthDraft { user: self.user.clone(), source: Some(source) })
    }
}
