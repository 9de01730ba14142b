//! End-to-end tests: processes, sockets, faults.
