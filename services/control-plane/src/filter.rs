//! The filter of ListConnectors: which connectors are meant.

mod parse;

use postroad_connector_model::{Connector, ResourceName, SourceRelay, Usage};

use crate::objects::Objects;

pub(crate) use parse::parse;

/// Terms that must all be true.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter(Vec<Term>);

/// One condition.
#[derive(Debug, PartialEq, Eq)]
struct Term {
    field: Field,
    operator: Operator,
    value: String,
}

/// What is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Field {
    Name,
    Comment,
    AddressSpace,
    Site,
    SourceRelay,
    Usage,
    Enabled,
    Label(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Contains,
}

impl Filter {
    /// Whether a connector is meant.
    pub(crate) fn covers(&self, connector: &Connector, objects: &Objects) -> bool {
        self.0.iter().all(|term| term.holds(connector, objects))
    }
}

impl Term {
    /// Texts are compared without regard to case. Of a list one entry is enough; it is not equal when no entry is.
    fn holds(&self, connector: &Connector, objects: &Objects) -> bool {
        let wanted = self.value.to_lowercase();
        let values = self.field.values(connector, objects);
        let equal = || values.iter().any(|value| value.to_lowercase() == wanted);
        match self.operator {
            Operator::Equal => equal(),
            Operator::NotEqual => !equal(),
            Operator::Contains => values.iter().any(|value| value.to_lowercase().contains(&wanted)),
        }
    }
}

impl Field {
    fn values(&self, connector: &Connector, objects: &Objects) -> Vec<String> {
        match self {
            Self::Name => vec![connector.name.to_string()],
            Self::Comment => vec![connector.comment.clone()],
            // With and without type and cost, so that "contoso.com" is one.
            Self::AddressSpace => (connector.address_spaces.iter())
                .flat_map(|space| {
                    let whole = space.to_string();
                    let bare = whole.split_once(':').map_or(whole.as_str(), |(_, rest)| rest);
                    let bare = bare.rsplit_once(';').map_or(bare, |(bare, _)| bare).to_owned();
                    [whole, bare]
                })
                .collect(),
            Self::Site => sites(connector, objects),
            Self::SourceRelay => connector.source_relays.iter().map(ToString::to_string).collect(),
            Self::Usage => vec![usage(connector.usage).to_owned()],
            Self::Enabled => vec![connector.enabled.to_string()],
            Self::Label(key) => connector.labels.get(key).cloned().into_iter().collect(),
        }
    }
}

/// Sites of the connector's source relays, as far as they are registered.
fn sites(connector: &Connector, objects: &Objects) -> Vec<String> {
    let site = |name: &ResourceName| objects.relays.get(name).and_then(|relay| relay.value.site.as_ref());
    let mut sites: Vec<String> = Vec::new();
    for source in &connector.source_relays {
        match source {
            SourceRelay::Relay(name) => sites.extend(site(name).map(ToString::to_string)),
            SourceRelay::Group(_) => sites.extend(
                (objects.relays.iter())
                    .filter(|(name, relay)| source.covers(name, &relay.value.labels))
                    .filter_map(|(_, relay)| relay.value.site.as_ref().map(ToString::to_string)),
            ),
        }
    }
    sites
}

const fn usage(usage: Usage) -> &'static str {
    match usage {
        Usage::Custom => "CUSTOM",
        Usage::Internal => "INTERNAL",
        Usage::Internet => "INTERNET",
        Usage::Partner => "PARTNER",
    }
}
