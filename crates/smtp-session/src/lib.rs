//! The SMTP server as a machine without I/O.
