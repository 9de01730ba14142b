//! Signal, drain, deadline; owned tasks; named readiness tokens.
