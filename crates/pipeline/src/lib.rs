//! One transaction: asks, route, courier, replies, record.
