//! The TLS settings of a draft.

use super::super::{TlsAuthLevel, TlsDomain};
use crate::{AuthMechanism, ConnectorDraft, ResourceName, Violations};

/// What is read of them.
pub(super) struct Tls {
    pub(super) domain: Option<TlsDomain>,
    pub(super) client_certificate: Option<ResourceName>,
    pub(super) trusted_roots: Option<ResourceName>,
}

pub(super) fn read(draft: &ConnectorDraft, dns_routing: bool, v: &mut Violations) -> Tls {
    check_starttls(draft, v);
    if draft.tls_auth_level.is_some() && (!draft.require_tls || draft.ignore_starttls) {
        v.add("tls_auth_level", "A TLS level needs require_tls, and STARTTLS must not be ignored.");
    }
    Tls {
        domain: read_domain(draft, dns_routing, v),
        client_certificate: read_client_certificate(draft, v),
        trusted_roots: read_roots(draft, v),
    }
}

fn check_starttls(draft: &ConnectorDraft, v: &mut Violations) {
    if !draft.ignore_starttls {
        return;
    }
    if draft.require_tls {
        v.add("ignore_starttls", "TLS is required, so STARTTLS cannot be ignored.");
    }
    let needs_tls =
        !matches!(draft.auth_mechanism, AuthMechanism::None | AuthMechanism::Basic | AuthMechanism::ExternallySecured);
    if needs_tls {
        v.add("ignore_starttls", "The authentication needs TLS, so STARTTLS cannot be ignored.");
    }
}

fn read_domain(draft: &ConnectorDraft, dns_routing: bool, v: &mut Violations) -> Option<TlsDomain> {
    let by_name = draft.tls_auth_level == Some(TlsAuthLevel::DomainValidation);
    if draft.tls_domain.is_empty() {
        if by_name && !dns_routing {
            v.add("tls_domain", "Name the domain that the smart host's certificate must show.");
        }
        return None;
    }
    if !by_name {
        v.add("tls_domain", "tls_domain is used only with DOMAIN_VALIDATION.");
    }
    let domain = TlsDomain::parse(&draft.tls_domain);
    if domain.is_none() {
        v.add("tls_domain", "Write a domain, for example mail.contoso.com or *.contoso.com.");
    }
    domain
}

fn read_client_certificate(draft: &ConnectorDraft, v: &mut Violations) -> Option<ResourceName> {
    if draft.client_certificate.is_empty() {
        if draft.auth_mechanism == AuthMechanism::External {
            v.add("client_certificate", "EXTERNAL needs a client certificate.");
        }
        return None;
    }
    if draft.ignore_starttls {
        v.add("client_certificate", "Without TLS a client certificate is never sent.");
    }
    let name = ResourceName::parse(&draft.client_certificate);
    name.map_err(|_invalid| v.add("client_certificate", "No stored certificate with a private key has this name.")).ok()
}

fn read_roots(draft: &ConnectorDraft, v: &mut Violations) -> Option<ResourceName> {
    if draft.trusted_roots.is_empty() {
        return None;
    }
    if draft.ignore_starttls {
        v.add("trusted_roots", "Without TLS no certificate is checked.");
    }
    let name = ResourceName::parse(&draft.trusted_roots);
    name.map_err(|_invalid| v.add("trusted_roots", "No stored certificate set has this name.")).ok()
}
