//! `smtp_tls_security_level` and what belongs to it.

use postroad_api::connector::v1::TlsAuthLevel;

use super::Route;
use super::parameters::Parameters;
use crate::import::report::{Fate, Report};

/// The level, also from the parameters that older versions had.
fn level(parameters: &Parameters) -> String {
    match parameters.get("smtp_tls_security_level").filter(|level| !level.is_empty()) {
        Some(level) => level.to_ascii_lowercase(),
        None if parameters.yes("smtp_enforce_tls") => "encrypt".to_owned(),
        None if parameters.yes("smtp_use_tls") => "may".to_owned(),
        // Without any of them Postfix speaks in clear.
        None => "none".to_owned(),
    }
}

/// Gives a connector the TLS settings; what that means is told once for each.
pub(super) fn apply(parameters: &Parameters, route: &mut Route, report: &mut Report) {
    const NAME: &str = "smtp_tls_security_level";
    let c = &mut route.connector;
    let subject = format!("{NAME}, connector \"{}\"", c.name);
    let level = level(parameters);
    if parameters.yes("smtp_tls_wrappermode") {
        c.smart_hosts.iter_mut().for_each(|host| host.implicit_tls = true);
        report.add(Fate::Carried, "smtp_tls_wrappermode", format!("implicit_tls of connector \"{}\"", c.name));
    }
    match level.as_str() {
        "none" if parameters.yes("smtp_tls_wrappermode") => {}
        "none" => {
            c.ignore_starttls = true;
            report.add(Fate::Carried, &subject, "none: ignore_starttls");
        }
        "may" => report.add(Fate::Carried, &subject, "may: TLS where it is offered, the default"),
        "encrypt" => {
            c.require_tls = true;
            report.add(Fate::Carried, &subject, "encrypt: require_tls");
        }
        "verify" | "secure" => {
            c.require_tls = true;
            c.tls_auth_level = TlsAuthLevel::DomainValidation.into();
            if let Some(nexthop) = &route.nexthop {
                c.tls_domain.clone_from(&nexthop.host);
            }
            let domain = if c.tls_domain.is_empty() { "the recipient's domain" } else { &c.tls_domain };
            report.add(
                Fate::Changed,
                &subject,
                format!("{level}: require_tls and DOMAIN_VALIDATION; the certificate must show {domain}"),
            );
        }
        "dane" | "dane-only" | "half-dane" => {
            c.require_tls = true;
            c.tls_auth_level = TlsAuthLevel::CertificateValidation.into();
            report.add(Fate::Changed, &subject, format!("{level}: there is no DANE; require_tls and CERTIFICATE_VALIDATION instead, which is stricter where a domain has no TLSA record"));
        }
        "fingerprint" => {
            c.require_tls = true;
            report.add(
                Fate::Changed,
                &subject,
                "fingerprint: require_tls; for the check store the certificate and name it in trusted_roots",
            );
        }
        other => report.add(Fate::Dropped, &subject, format!("{other}: not known")),
    }
}
