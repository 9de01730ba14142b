//! Bytes to commands, replies and stuffed data, and back; pure.
