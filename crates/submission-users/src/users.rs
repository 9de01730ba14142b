//! Everybody who may log in.

use std::collections::HashMap;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

use postroad_seal::{PasswordCost, PasswordHash, ScramVerifier};
use zeroize::Zeroizing;

use crate::password::prepare_name;
use crate::problems::Problems;
use crate::senders::Senders;
use crate::subject::{NameKey, Subject};
use crate::user::User;
use crate::users_file;
use crate::verifier::ScramCredential;

/// Everybody who may log in: a users file, read whole. It never changes; whoever owns it swaps it for another, and logins under way
/// end with the one they began with.
pub struct Users {
    by_name: HashMap<Box<str>, Arc<User>>,
    by_certificate: HashMap<Box<str>, Arc<User>>,
    /// One for each way in which the passwords of some user are checked, in a fixed order; never empty.
    stand_ins: Vec<Arc<User>>,
    /// Rounds and length of the salts of SCRAM credentials, in a fixed order.
    scram_forms: Vec<(NonZeroU32, usize)>,
    key: NameKey,
    any: Any,
}

#[derive(Clone, Copy, Debug, Default)]
struct Any {
    password: bool,
    scram: bool,
    certificate: bool,
    token: bool,
}

impl Users {
    /// Nobody.
    #[must_use]
    pub fn nobody(key: &NameKey) -> Self {
        Self::new(Vec::new(), key)
    }

    /// Reads the text of a users file; `file` is its name, for the problems. Read no more than
    /// [`MAX_FILE`](crate::MAX_FILE) octets and one.
    ///
    /// # Errors
    /// Everything that is wrong with it; no verifier is repeated, for it may be a password.
    pub fn parse(file: &str, text: &str, key: &NameKey) -> Result<Self, Problems> {
        users_file::parse(file, text).map(|users| Self::new(users, key))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_name.len()
    }

    /// Whether there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    pub(crate) fn new(users: Vec<User>, key: &NameKey) -> Self {
        let users: Vec<Arc<User>> = users.into_iter().map(Arc::new).collect();
        let any = Any {
            password: users.iter().any(|user| user.has_password()),
            scram: users.iter().any(|user| user.scram.is_some()),
            certificate: users.iter().any(|user| user.certificate.is_some()),
            token: users.iter().any(|user| user.token),
        };
        let by_certificate =
            users.iter().filter_map(|user| Some((user.certificate.clone()?, Arc::clone(user)))).collect();
        let stand_ins = stand_ins(&users);
        let scram_forms = scram_forms(&users);
        let by_name = users.into_iter().map(|user| (user.name.clone(), user)).collect();
        Self { by_name, by_certificate, stand_ins, scram_forms, key: key.clone(), any }
    }

    pub(crate) const fn any_password(&self) -> bool {
        self.any.password
    }

    pub(crate) const fn any_scram(&self) -> bool {
        self.any.scram
    }

    pub(crate) const fn any_certificate(&self) -> bool {
        self.any.certificate
    }

    pub(crate) const fn any_token(&self) -> bool {
        self.any.token
    }

    /// Looks a claimed name up.
    pub(crate) fn claim(&self, name: &str) -> Claim {
        // A name without prepared form is nobody's; it is still told apart from others.
        let prepared = prepare_name(name).unwrap_or_else(|| Zeroizing::new(name.to_owned()));
        let user = self.by_name.get(prepared.as_str()).cloned();
        Claim { subject: self.key.subject(&prepared), user, name: prepared }
    }

    /// The user of a certificate's name.
    pub(crate) fn of_certificate(&self, name: &str) -> Option<&Arc<User>> {
        self.by_certificate.get(name.to_ascii_lowercase().as_str())
    }

    pub(crate) fn subject_of(&self, user: &User) -> Subject {
        self.key.subject(&user.name)
    }

    /// Somebody whose password nobody knows, to be checked instead of somebody who is not there: it takes as long. The same for
    /// the same name.
    pub(crate) fn stand_in(&self, name: &str) -> Option<Arc<User>> {
        self.pick(&self.stand_ins, b"stand-in", name).cloned()
    }

    /// A credential for somebody who has none: the same salt and rounds for the same name, of the forms that true ones have.
    pub(crate) fn stand_in_credential(&self, name: &str) -> ScramCredential {
        let (rounds, length) =
            self.pick(&self.scram_forms, b"form", name).copied().unwrap_or((ScramCredential::ROUNDS, 16));
        let mut salt = self.key.derive(b"salt 1", name).to_vec();
        salt.extend_from_slice(self.key.derive(b"salt 2", name).as_slice());
        salt.truncate(length);
        let keys = ScramVerifier::from_keys(self.key.derive(b"stored", name), self.key.derive(b"server", name));
        ScramCredential { rounds, salt, keys }
    }

    fn pick<'a, T>(&self, from: &'a [T], usage: &[u8], name: &str) -> Option<&'a T> {
        let octets = self.key.derive(usage, name);
        let number = octets.as_chunks::<8>().0.first().map_or(0, |eight| u64::from_be_bytes(*eight));
        let len = u64::try_from(from.len()).ok()?;
        from.get(usize::try_from(number.checked_rem(len)?).ok()?)
    }
}

impl fmt::Debug for Users {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Users").field("len", &self.len()).field("any", &self.any).finish_non_exhaustive()
    }
}

/// A name that a client claims, and the user if there is one.
pub(crate) struct Claim {
    pub(crate) subject: Subject,
    pub(crate) user: Option<Arc<User>>,
    /// Prepared, if it can be.
    pub(crate) name: Zeroizing<String>,
}

impl Claim {
    /// Whether `authzid`, if there is one, names the same user.
    pub(crate) fn is_also(&self, authzid: &str) -> bool {
        authzid.is_empty() || prepare_name(authzid).is_some_and(|other| *other == *self.name)
    }

    pub(crate) fn known_name(&self) -> Option<&str> {
        self.user.as_ref().map(|user| &*user.name)
    }
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim").field("known", &self.user.is_some()).finish_non_exhaustive()
    }
}

/// How the password of a user is checked: what decides how long that takes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Effort {
    Hashes(Vec<PasswordCost>),
    Scram(NonZeroU32),
}

fn stand_ins(users: &[Arc<User>]) -> Vec<Arc<User>> {
    let mut efforts: Vec<Effort> = users.iter().filter_map(|user| effort(user)).collect();
    efforts.sort();
    efforts.dedup();
    if efforts.is_empty() {
        efforts.push(Effort::Hashes(vec![PasswordCost::RECOMMENDED]));
    }
    efforts.into_iter().map(|effort| Arc::new(stand_in(effort))).collect()
}

fn effort(user: &User) -> Option<Effort> {
    match &user.scram {
        _ if !user.hashes.is_empty() => Some(Effort::Hashes(user.hashes.iter().map(PasswordHash::cost).collect())),
        Some(scram) => Some(Effort::Scram(scram.rounds)),
        None => None,
    }
}

fn stand_in(effort: Effort) -> User {
    let (hashes, scram) = match effort {
        Effort::Hashes(costs) => (costs.into_iter().map(PasswordHash::of_no_password).collect(), None),
        Effort::Scram(rounds) => (Vec::new(), Some(ScramCredential::of_no_password(rounds))),
    };
    User { name: "".into(), hashes, scram, certificate: None, token: false, senders: Senders::all() }
}

fn scram_forms(users: &[Arc<User>]) -> Vec<(NonZeroU32, usize)> {
    let forms = users.iter().filter_map(|user| user.scram.as_ref()).map(|scram| (scram.rounds, scram.salt.len()));
    let mut forms: Vec<_> = forms.collect();
    forms.sort_unstable();
    forms.dedup();
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str, costs: &[PasswordCost], rounds: Option<u32>) -> User {
        let scram = rounds.map(|rounds| ScramCredential::of_no_password(NonZeroU32::new(rounds).unwrap()));
        let hashes = costs.iter().copied().map(PasswordHash::of_no_password).collect();
        User { name: name.into(), hashes, scram, certificate: None, token: false, senders: Senders::all() }
    }

    #[test]
    fn whoever_is_not_there_costs_as_much_as_somebody_who_is() {
        let [small, large] = [64, 128].map(|memory| PasswordCost::new(memory, 1, 1).unwrap());
        let users = vec![
            user("a", &[small], Some(4096)),
            user("b", &[small], None),
            user("c", &[small, large], None),
            user("d", &[], Some(5000)),
            user("e", &[], None),
        ];
        let users = Users::new(users, &NameKey::from_octets([1; 32]));
        let efforts: Vec<Option<Effort>> = users.stand_ins.iter().map(|user| effort(user)).collect();
        let rounds = NonZeroU32::new(5000).unwrap();
        assert!(
            efforts
                == [Effort::Hashes(vec![small]), Effort::Hashes(vec![small, large]), Effort::Scram(rounds)].map(Some)
        );
        assert_eq!(users.scram_forms.len(), 2);
        // Different names get different ones, and each the same again.
        let drawn: Vec<*const User> =
            (0..50).filter_map(|n| users.stand_in(&n.to_string())).map(|user| Arc::as_ptr(&user)).collect();
        let again: Vec<*const User> =
            (0..50).filter_map(|n| users.stand_in(&n.to_string())).map(|user| Arc::as_ptr(&user)).collect();
        assert_eq!(drawn, again);
        assert!(users.stand_ins.iter().all(|user| drawn.contains(&Arc::as_ptr(user))));
    }

    #[test]
    fn where_nobody_has_a_password_the_recommended_work_is_done() {
        let users = Users::nobody(&NameKey::random());
        let stand_in = users.stand_in("a").unwrap();
        assert!(stand_in.hashes.iter().map(PasswordHash::cost).eq([PasswordCost::RECOMMENDED]));
        assert_eq!(users.stand_in_credential("a").rounds, ScramCredential::ROUNDS);
    }
}
