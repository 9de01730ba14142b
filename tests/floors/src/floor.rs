/// The floor of each package outside `tests/`. A package that is missing here has no place in the house yet.
pub const FLOORS: &[(&str, u8)] = &[
    ("postroad-mail-types", 0),
    ("postroad-lifecycle", 0),
    ("postroad-telemetry", 1),
    ("postroad-tls", 1),
    ("postroad-seal", 1),
    ("postroad-connector-model", 1),
    ("postroad-smtp-codec", 1),
    ("postroad-routing", 2),
    ("postroad-smtp-session", 2),
    ("postroad-submission-users", 2),
    ("postroad-delivery", 2),
    ("postroad-store", 2),
    ("postroad-api", 3),
    ("postroad-store-sled", 3),
    ("postroad-smarthost", 3),
    ("postroad-pipeline", 4),
    ("postroad-config-feed", 4),
    ("postroad-config-publisher", 4),
    ("postroad-control-plane", 5),
    ("postroad-relay", 5),
    ("postroad", 6),
];

/// The floor a package stands on, or `None` for a foreign crate or one that is not in the table.
#[must_use]
pub fn floor_of(name: &str) -> Option<u8> {
    FLOORS.iter().find(|(known, _)| *known == name).map(|(_, floor)| *floor)
}
