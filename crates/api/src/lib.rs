//! The generated gRPC types and the conversions that are their only door.
