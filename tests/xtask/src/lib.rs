//! The recipes of the house: test.
