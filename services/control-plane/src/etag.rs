//! Etags (AIP-154).

use crate::error::ApiError;
use crate::object::ObjectKind;

/// The etag of a record: opaque to callers, made of the history and the record's version.
pub(crate) fn etag(epoch: &[u8; 16], version: u64) -> String {
    let history: String = epoch.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{history}-{version:x}\"")
}

/// Checks the etag that a change came with.
///
/// # Errors
/// When there is none, or when it is that of another state.
pub(crate) fn check(kind: ObjectKind, given: &str, epoch: &[u8; 16], version: u64) -> Result<(), ApiError> {
    match given {
        "" => Err(ApiError::EtagRequired { kind, field: "etag".to_owned() }),
        "*" => Ok(()),
        given if given == etag(epoch, version) => Ok(()),
        _ => Err(ApiError::StaleEtag { kind, current: version, field: "revision".to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_etag_fits_one_version_of_one_history() {
        let check = |given: &str, epoch: &[u8; 16], version| check(ObjectKind::Connector, given, epoch, version);
        let current = etag(&[1; 16], 31);
        assert_eq!(current, "\"0101010101010101-1f\"");
        assert!(check(&current, &[1; 16], 31).is_ok());
        assert!(check("*", &[1; 16], 31).is_ok());
        assert!(matches!(check(&current, &[1; 16], 32), Err(ApiError::StaleEtag { current: 32, .. })));
        assert!(matches!(check(&current, &[2; 16], 31), Err(ApiError::StaleEtag { .. })));
        assert!(matches!(check("", &[1; 16], 31), Err(ApiError::EtagRequired { .. })));
    }
}
