//! `smtp_sasl_password_maps`: user names are carried over, passwords never.

use std::path::Path;

use postroad_api::connector::v1::AuthMechanism;

use super::parameters::Parameters;
use super::{Route, map_of};
use crate::config::export::Variables;
use crate::import::report::{Fate, Report};
use crate::import::result::basic_account;

/// Gives every connector the account of its destination.
pub(super) fn apply(
    parameters: &Parameters,
    dir: &Path,
    routes: &mut [Route],
    variables: &mut Variables,
    report: &mut Report,
) {
    const NAME: &str = "smtp_sasl_password_maps";
    if parameters.get(NAME).is_none() {
        return;
    }
    if !parameters.yes("smtp_sasl_auth_enable") {
        report.add(Fate::Dropped, NAME, "smtp_sasl_auth_enable is not yes, so the passwords are not used");
        return;
    }
    let by_sender = parameters.yes("smtp_sender_dependent_authentication");
    let map = map_of(NAME, parameters, dir, report);
    let mut used = Vec::new();
    for route in routes {
        let Some(nexthop) = &route.nexthop else { continue };
        let senders = if by_sender { route.connector.sender_filter.clone() } else { Vec::new() };
        let keys = senders.into_iter().flat_map(|sender| [sender.clone(), format!("@{sender}")]).chain(nexthop.keys());
        let Some((key, (subject, value))) = keys.into_iter().find_map(|key| Some((key.clone(), map.find(&key)?)))
        else {
            continue;
        };
        // A password without user name is possible in the file, and useless.
        let user = value.split_once(':').map_or(value, |(user, _)| user).to_owned();
        let name = route.connector.name.clone();
        route.connector.auth_mechanism = AuthMechanism::Basic.into();
        report.add(
            Fate::Changed,
            subject,
            format!("{key}: user {user} of connector \"{name}\"; the password is not written, the file refers to an environment variable"),
        );
        route.account = Some(basic_account(&name, Some(user), variables));
        used.push(key.to_ascii_lowercase());
    }
    for (subject, key, _) in &map.entries {
        if !used.contains(key) {
            report.add(Fate::Dropped, subject, format!("{key}: no connector leads there"));
        }
    }
}
