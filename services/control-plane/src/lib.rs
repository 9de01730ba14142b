//! The control plane: keeps Send connectors and streams them to relays.
