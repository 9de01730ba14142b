//! Connectors in sled, durable before the answer.
