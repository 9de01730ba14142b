//! Compiles the protos with protox, so that no `protoc` is needed.
use std::path::PathBuf;

const PROTOS: [&str; 3] = [
    "../../proto/postroad/connector/v1/connector.proto",
    "../../proto/postroad/config/v1/config.proto",
    "../../proto/postroad/fleet/v1/fleet.proto",
];

/// Where imports are looked for: ours, and those of others.
const FOLDERS: [&str; 2] = ["../../proto", "third_party"];

/// Messages with a `debug_redact` field: their `Debug` is written by hand in `redact.rs`.
const REDACTED: [&str; 11] = [
    ".postroad.connector.v1.BasicCredential",
    ".postroad.connector.v1.StaticToken",
    ".postroad.connector.v1.ClientCredentialsGrant",
    ".postroad.connector.v1.RefreshTokenGrant",
    ".postroad.connector.v1.KerberosCredential",
    ".postroad.connector.v1.Certificate",
    ".postroad.config.v1.Record",
    ".postroad.config.v1.BasicSecret",
    ".postroad.config.v1.OAuthSecret",
    ".postroad.config.v1.KerberosSecret",
    ".postroad.config.v1.CertificateKeyRecord",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let out_dir = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    for path in PROTOS.iter().chain(&FOLDERS[1..]) {
        println!("cargo::rerun-if-changed={path}");
    }
    let mut compiler = protox::Compiler::new(FOLDERS)?;
    compiler.include_imports(true).include_source_info(true).open_files(PROTOS)?;
    // Encoded by the compiler itself: prost's own descriptor types would drop `debug_redact`.
    std::fs::write(out_dir.join("postroad_descriptors.bin"), compiler.encode_file_descriptor_set())?;
    tonic_prost_build::configure()
        .bytes(".postroad.config.v1.Record.body")
        // Ordered maps, so that one message has one encoding.
        .btree_map(".postroad")
        .skip_debug(REDACTED)
        .compile_fds(compiler.file_descriptor_set())?;
    Ok(())
}
