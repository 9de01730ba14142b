//! The relay's subscriber to the config stream.
