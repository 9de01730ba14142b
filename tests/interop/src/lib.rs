//! Tests against mail programs that others wrote.
