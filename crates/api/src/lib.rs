//! The generated gRPC types, and the conversions that are their only door.
//!
//! Domain code works with `connector-model`; only this crate knows how its types look on the wire. Every conversion
//! that can fail says which field is at fault, by its path.

mod admin;
mod credential;
mod decoded;
mod digest;
mod duration;
mod fields;
pub mod limits;
mod mask;
mod problem;
mod record;
mod redact;
mod secret_slot;
mod surroundings;

pub use admin::{ServerFields, admin_connector, checked_connector, field_warnings};
pub use credential::{CredentialError, SALT_LEN, credential_record, encode_secret, read_credential};
pub use decoded::{Decoded, DecodedRecords, RecordError, decode_records};
pub use digest::{record_hash, view_digest, wire_hash};
pub use fields::{FieldText, field_texts};
pub use mask::{UnknownPath, apply_mask};
pub use problem::{bounded_problems, view_problem, violation_problems};
pub use record::{RecordTimes, connector_record, read_connector_record};
pub use secret_slot::{MAX_KEYTAB, MAX_PASSWORD, MAX_SECRET, Secrets, clear_secret_marks, take_secrets};
pub use surroundings::{
    certificate_key_record, certificate_record, link_id, relay_record, site_link_record, site_record,
};

/// `postroad.connector`: the admin API.
pub mod connector {
    /// Version 1.
    #[allow(
        missing_docs,
        unreachable_pub,
        unused_qualifications,
        clippy::all,
        reason = "generated from the protos, whose comments are the documentation"
    )]
    #[allow(
        clippy::allow_attributes_without_reason,
        clippy::wildcard_imports,
        clippy::use_self,
        clippy::too_many_lines,
        reason = "generated code follows its generator"
    )]
    pub mod v1 {
        tonic::include_proto!("postroad.connector.v1");
    }
}

/// `postroad.config`: the stream from the control plane to relays.
pub mod config {
    /// Version 1.
    #[allow(
        missing_docs,
        unreachable_pub,
        unused_qualifications,
        clippy::all,
        reason = "generated from the protos, whose comments are the documentation"
    )]
    #[allow(
        clippy::allow_attributes_without_reason,
        clippy::wildcard_imports,
        clippy::use_self,
        clippy::too_many_lines,
        reason = "generated code follows its generator"
    )]
    pub mod v1 {
        tonic::include_proto!("postroad.config.v1");
    }
}

/// `postroad.fleet`: what the control plane knows about relays.
pub mod fleet {
    /// Version 1.
    #[allow(
        missing_docs,
        unreachable_pub,
        unused_qualifications,
        clippy::all,
        reason = "generated from the protos, whose comments are the documentation"
    )]
    #[allow(
        clippy::allow_attributes_without_reason,
        clippy::wildcard_imports,
        clippy::use_self,
        clippy::too_many_lines,
        reason = "generated code follows its generator"
    )]
    pub mod v1 {
        tonic::include_proto!("postroad.fleet.v1");
    }
}

/// The encoded `FileDescriptorSet` of all three packages, for gRPC reflection.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/postroad_descriptors.bin"));
