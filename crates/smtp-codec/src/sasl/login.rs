//! LOGIN (draft-murchison-sasl-login): a user name, then a password, each asked for.

use std::fmt;

use super::{SaslError, SaslOctets, name};

/// A LOGIN exchange. The server asks first ([`FIRST_CHALLENGE`](Self::FIRST_CHALLENGE)), and
/// [`response`](Self::response) takes the answers.
#[derive(Default)]
pub struct Login {
    user: Option<Box<str>>,
}

/// What is to be done next.
#[derive(Debug, PartialEq, Eq)]
pub enum LoginStep {
    /// Send this challenge and show the answer to [`Login::response`].
    Challenge(&'static [u8]),
    /// Both were said.
    Done(LoginMessage),
}

/// What a client said in LOGIN.
#[derive(Clone, PartialEq, Eq)]
pub struct LoginMessage {
    /// Who logs in.
    pub user: Box<str>,
    /// The password.
    pub password: SaslOctets,
}

impl Login {
    /// Asks for the user name.
    pub const FIRST_CHALLENGE: &'static [u8] = b"Username:";

    /// Takes the answer to the last challenge.
    ///
    /// # Errors
    /// When it is no user name, or an empty password.
    pub fn response(&mut self, answer: &[u8]) -> Result<LoginStep, SaslError> {
        let Some(user) = self.user.take() else {
            self.user = Some(name(answer)?);
            return Ok(LoginStep::Challenge(b"Password:"));
        };
        if answer.is_empty() {
            return Err(SaslError::NoSecret);
        }
        Ok(LoginStep::Done(LoginMessage { user, password: answer.to_vec().into() }))
    }
}

/// People type passwords where names belong, so names are not shown.
impl fmt::Debug for LoginMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LoginMessage(…)")
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("user_said", &self.user.is_some()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn login_asks_for_a_user_and_then_a_password() {
        let mut login = Login::default();
        assert_eq!(login.response(b"user"), Ok(LoginStep::Challenge(b"Password:")));
        let LoginStep::Done(said) = login.response(b"pass").unwrap() else { panic!("not done") };
        assert_eq!((&*said.user, said.password.expose()), ("user", &b"pass"[..]));
    }

    #[test]
    fn login_refuses_what_is_empty_or_no_name() {
        assert_eq!(Login::default().response(b""), Err(SaslError::NoUser));
        assert_eq!(Login::default().response(b"a\nb"), Err(SaslError::Name));
        let mut login = Login::default();
        login.response(b"user").unwrap();
        assert_eq!(login.response(b""), Err(SaslError::NoSecret));
    }

    #[test]
    fn th10_a_password_in_place_of_the_name_does_not_show_itself() {
        let mut login = Login::default();
        login.response(b"secret").unwrap();
        assert!(!format!("{login:?}").contains("secret"));
    }
}
