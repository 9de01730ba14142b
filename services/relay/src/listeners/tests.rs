//! Files of listeners, good and bad.

mod refusals;
