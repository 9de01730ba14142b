//! How closely an address space fits a recipient.

use postroad_connector_model::{AddressSpace, Connector, SpacePattern};

/// Rises with the number of labels that had to agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Specificity {
    /// `*`.
    Any,
    /// `*.domain`, with the length of the domain: of two suffixes of one domain the longer has more labels.
    Suffix(usize),
    /// The domain itself.
    Exact,
}

impl Specificity {
    /// `None` when the space does not cover the recipient, whose domain is `None` if only `*` covers it.
    pub(crate) fn of(space: &AddressSpace, domain: Option<&str>) -> Option<Self> {
        match (&space.pattern, domain) {
            (SpacePattern::Any, _) => Some(Self::Any),
            (SpacePattern::Exact(exact), Some(domain)) => (exact.as_str() == domain).then_some(Self::Exact),
            (SpacePattern::Suffix(suffix), Some(domain)) => {
                let above = domain.strip_suffix(suffix.as_str())?;
                (above.is_empty() || above.ends_with('.')).then_some(Self::Suffix(suffix.as_str().len()))
            }
            (SpacePattern::Exact(_) | SpacePattern::Suffix(_), None) | (SpacePattern::Foreign { .. }, _) => None,
        }
    }
}

/// The space with which a connector counts: the most specific one, the cheapest of several.
pub(crate) fn best_space<'a>(
    connector: &'a Connector,
    domain: Option<&str>,
) -> Option<(Specificity, &'a AddressSpace)> {
    (connector.address_spaces.iter())
        .filter_map(|space| Some((Specificity::of(space, domain)?, space)))
        .max_by_key(|(specificity, space)| (*specificity, std::cmp::Reverse(space.cost)))
}
