//! The smart host client: connect, TLS, SASL, envelope and streamed body.
