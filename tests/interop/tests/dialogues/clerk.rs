use std::sync::{Arc, Mutex};

use postroad_dialogs::{Question, USER, heard};
use postroad_submission_users::{Token, TokenAnswer, TokenVerifier};

use crate::host::Script;

/// Checks bearer tokens as the dialogue that is being played says.
pub(crate) struct Clerk(pub(crate) Arc<Mutex<Script>>);

impl TokenVerifier for Clerk {
    fn verify(&self, _token: &Token, _claimed: Option<&str>) -> TokenAnswer {
        let answer = self.0.lock().unwrap().next(Question::Login);
        match answer.map(|text| heard(&text).unwrap().class()) {
            Some(2) => TokenAnswer::User(USER.to_owned()),
            Some(4) => TokenAnswer::Unavailable,
            _ => TokenAnswer::Refused,
        }
    }
}
