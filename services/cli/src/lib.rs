//! The operator's tool of Postroad.
