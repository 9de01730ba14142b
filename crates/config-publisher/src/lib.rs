//! Views, digests and the per-stream machine of the config stream; the registry of relays.
