//! The text of a users file.

use std::collections::HashMap;

use postroad_mail_types::Domain;
use postroad_seal::PasswordHashError;
use serde_yaml_ng::Value;

use crate::limits::{MAX_FILE, MAX_HASHES, MAX_NAME, MAX_SENDERS, MAX_USERS};
use crate::password::check_user_name;
use crate::problems::{Gathering, Problems};
use crate::senders::Senders;
use crate::user::User;
use crate::verifier::{Verifier, VerifierError};

mod fields;
mod wiped;
use fields::{Fields, yaml_fault};
use wiped::Wiped;

const HASH_THEM: &str = "no passwords stand here: make verifiers with `postroad user hash`";

/// Reads a users file.
pub(crate) fn parse(file: &str, text: &str) -> Result<Vec<User>, Problems> {
    let mut problems = Gathering::new(file);
    let mut users = Vec::new();
    if text.len() > MAX_FILE {
        problems.note("", format_args!("it is larger than {MAX_FILE} octets"));
    } else {
        match serde_yaml_ng::from_str::<Value>(text) {
            Ok(document) => users = read_document(&Wiped(document).0, &mut problems),
            Err(error) => problems.note("", yaml_fault(&error)),
        }
    }
    problems.unless_any(users)
}

fn read_document(document: &Value, problems: &mut Gathering) -> Vec<User> {
    let Some(mut fields) = Fields::open(document, "", problems) else { return Vec::new() };
    let list = match fields.take("users") {
        Some(Value::Sequence(list)) => list.as_slice(),
        Some(_) => {
            problems.note("users", "should be a list of users");
            &[]
        }
        None => {
            problems.note("users", "is missing; write `users: []` where nobody may log in");
            &[]
        }
    };
    fields.refuse_rest(problems, |_| None);
    if list.len() > MAX_USERS {
        problems.note("users", format_args!("are {}; {MAX_USERS} is the most", list.len()));
        return Vec::new();
    }
    let read = |(at, entry)| Some((at, read_user(entry, &format!("users[{at}]"), problems)?));
    let users: Vec<(usize, User)> = list.iter().enumerate().filter_map(read).collect();
    refuse_twins(&users, problems);
    users.into_iter().map(|(_, user)| user).collect()
}

/// Reads one user; `None` only where it is no mapping. What is wrong with it is noted, so what is returned then does not matter.
fn read_user(entry: &Value, path: &str, problems: &mut Gathering) -> Option<User> {
    let mut fields = Fields::open(entry, path, problems)?;
    let name = match fields.text("name", problems) {
        Some(name) => read_name(name, &format!("{path}.name"), problems),
        None => String::new(),
    };
    if !fields.has("name") {
        problems.note(&format!("{path}.name"), "is missing");
    }
    let mut user = User {
        name: name.into(),
        hashes: Vec::new(),
        scram: None,
        certificate: None,
        token: fields.truth("token", problems).unwrap_or(false),
        senders: Senders::all(),
    };
    for (at, text) in fields.texts("verifiers", problems).into_iter().flatten() {
        read_verifier(text, &format!("{path}.verifiers[{at}]"), &mut user, problems);
    }
    if let Some(text) = fields.text("certificate", problems) {
        user.certificate = read_certificate(text, &format!("{path}.certificate"), problems);
    }
    if let Some(patterns) = fields.texts("senders", problems) {
        user.senders = read_senders(&patterns, &format!("{path}.senders"), problems);
    }
    let empty = fields.is_absent_or_empty("verifiers") && !fields.has("certificate");
    if empty && !user.token {
        problems.note(path, "has no way to log in: give it `verifiers`, a `certificate` or `token: true`");
    }
    let advice = |field: &str| matches!(field, "password" | "secret" | "verifier").then_some(HASH_THEM);
    fields.refuse_rest(problems, advice);
    Some(user)
}

fn read_name(name: &str, path: &str, problems: &mut Gathering) -> String {
    match check_user_name(name) {
        Ok(()) => name.to_owned(),
        Err(error) => {
            problems.note(path, error);
            String::new()
        }
    }
}

fn read_verifier(text: &str, path: &str, user: &mut User, problems: &mut Gathering) {
    match Verifier::parse(text) {
        Ok(Verifier::Hash(_)) if user.hashes.len() == MAX_HASHES => {
            problems
                .note(path, format_args!("is one argon2id verifier more than the {MAX_HASHES} that a user may have"));
        }
        Ok(Verifier::Hash(hash)) => user.hashes.push(hash),
        Ok(Verifier::Scram(_)) if user.scram.is_some() => {
            problems.note(
                path,
                "is a second SCRAM-SHA-256 verifier; a user has one, for its salt is told before the proof",
            );
        }
        Ok(Verifier::Scram(scram)) => user.scram = Some(scram),
        Err(error @ VerifierError::Hash(PasswordHashError::Form)) => {
            problems.note(path, format_args!("{error}; in a list in brackets it wants quotes, for it holds commas"));
        }
        Err(error) => problems.note(path, error),
    }
}

/// A name of a certificate, as compared: a domain as A-labels, anything else (an address, a URI) in lower case.
fn read_certificate(text: &str, path: &str, problems: &mut Gathering) -> Option<Box<str>> {
    let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
    if let Ok(domain) = Domain::parse(text) {
        return Some(domain.as_str().into());
    }
    if text.is_empty() || text.len() > MAX_NAME || !printable || text.contains('*') {
        problems.note(
            path,
            "should be one name of the certificate as it stands there (a host name, an address or a URI), without `*`",
        );
        return None;
    }
    Some(text.to_ascii_lowercase().into())
}

fn read_senders(patterns: &[(usize, &str)], path: &str, problems: &mut Gathering) -> Senders {
    if patterns.is_empty() || patterns.len() > MAX_SENDERS {
        problems.note(path, format_args!("should be 1 to {MAX_SENDERS} patterns; leave it out for every sender"));
        return Senders::all();
    }
    match Senders::only(patterns.iter().map(|(_, pattern)| *pattern)) {
        Ok(senders) => senders,
        Err(wrong) => {
            for (at, error) in wrong {
                let at = patterns.get(at).map_or(at, |(at, _)| *at);
                problems.note(&format!("{path}[{at}]"), error);
            }
            Senders::all()
        }
    }
}

/// Notes every name and every certificate that stands there twice.
fn refuse_twins(users: &[(usize, User)], problems: &mut Gathering) {
    let mut names: HashMap<&str, usize> = HashMap::new();
    let mut certificates: HashMap<&str, usize> = HashMap::new();
    for (at, user) in users {
        // An empty name is one that was refused already.
        let name = Some(&*user.name).filter(|name| !name.is_empty());
        for (key, field, seen) in
            [(name, "name", &mut names), (user.certificate.as_deref(), "certificate", &mut certificates)]
        {
            let Some(key) = key else { continue };
            match seen.get(key) {
                Some(first) => {
                    problems.note(&format!("users[{at}].{field}"), format_args!("is that of users[{first}]"))
                }
                None => _ = seen.insert(key, *at),
            }
        }
    }
}

#[cfg(test)]
mod tests;
