//! Which connector carries a recipient, and why: one pure function for both planes.
