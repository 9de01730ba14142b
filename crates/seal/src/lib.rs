//! Envelope encryption and digests: with tls the only crate that names a cryptography library.
