use postroad_submission_users::feed_every_mechanism;

/// A login by each mechanism: no message of a client makes a machine panic, stall, or go on after its end.
///
/// Each line is a message; `%` in it stands for the nonce of SCRAM.
pub fn sasl_exchange(input: &[u8]) {
    assert!(feed_every_mechanism(input) >= 7, "a mechanism took no step");
}
