//! Connectors that are applied and cannot be used.

use std::fmt;
use std::sync::Arc;

use postroad_api::config::v1 as wire;
use postroad_connector_model::Connector;
use postroad_routing::RouteTable;

/// Says what keeps this relay from using a connector: path of the field, and why.
pub type Obstacles = Vec<(String, String)>;

/// Who knows what this relay can do. Asked about every connector of each new table.
#[derive(Clone)]
pub struct Usability(Arc<Ask>);

/// `true`: this relay is a source relay of the connector.
type Ask = dyn Fn(&Connector, bool) -> Obstacles + Send + Sync;

impl Usability {
    /// Asks this.
    pub fn new(ask: impl Fn(&Connector, bool) -> Obstacles + Send + Sync + 'static) -> Self {
        Self(Arc::new(ask))
    }

    /// What the control plane is told of a table. Disabled connectors are left out: nobody uses them anyway.
    pub(crate) fn problems(&self, table: &RouteTable) -> Vec<wire::Problem> {
        let enabled = table.connectors().filter(|routed| routed.connector.enabled);
        let told = enabled.flat_map(|routed| {
            let connector = &routed.connector;
            let told = (self.0)(connector, routed.is_source).into_iter();
            told.map(|(field_path, text)| wire::Problem {
                key: Some(wire::RecordKey {
                    kind: wire::RecordKind::Connector.into(),
                    id: connector.id.as_str().to_owned(),
                }),
                version: 0,
                field_path,
                reason: wire::ProblemReason::Unsupported.into(),
                text: format!("\"{}\": {text}", connector.name),
            })
        });
        told.collect()
    }
}

impl fmt::Debug for Usability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Usability")
    }
}
