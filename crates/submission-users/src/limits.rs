//! How large things may be.

/// Largest users file, in octets.
pub const MAX_FILE: usize = 8 << 20;
/// Most users of a file.
pub const MAX_USERS: usize = 10_000;
/// Largest message of a client, in octets, decoded: what a line of 12,288 octets of base64 holds (RFC 4954 §4).
pub const MAX_MESSAGE: usize = 12_288 / 4 * 3;

/// Longest user name, in octets of UTF-8 (RFC 4616 §2 asks for 255 at least).
pub(crate) const MAX_NAME: usize = 255;
/// Longest password, in octets of UTF-8.
pub(crate) const MAX_PASSWORD: usize = 1024;
/// Most verifiers of a user by argon2: the password of today and the one of tomorrow.
pub(crate) const MAX_HASHES: usize = 2;
/// Most sender patterns of a user.
pub(crate) const MAX_SENDERS: usize = 256;
/// Longest nonce of a SCRAM client, in octets.
pub(crate) const MAX_NONCE: usize = 512;
