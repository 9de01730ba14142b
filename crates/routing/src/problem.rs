//! Why a set of connectors cannot be served.

use std::fmt;

use postroad_connector_model::ConnectorId;

/// One connector that does not fit the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The connector at fault: of two that clash, the later one.
    pub id: ConnectorId,
    /// Path of the field, relative to the connector.
    pub field: String,
    /// What is wrong, with the names and ids of the connectors that clash.
    pub text: String,
}

/// Every problem of a set; never empty where it is returned as an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, Problem { id, field, text }) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("; ")?;
            }
            write!(f, "connector {id}, {field}: {text}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
