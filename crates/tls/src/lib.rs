//! The rustls configurations of Postroad.
