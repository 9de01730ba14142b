//! The limits that both planes keep. They stand here only, so that what one plane stores the other can take.

/// Largest encoded record in bytes.
pub const RECORD_BYTES: usize = 64 * 1024;
/// Most connectors of one configuration.
pub const CONNECTORS: usize = 100_000;
/// Largest configuration that is sent to one relay, in bytes.
pub const VIEW_BYTES: usize = 256 * 1024 * 1024;
/// Most address spaces of one connector.
pub const ADDRESS_SPACES: usize = 1_000;
/// Most smart hosts of one connector.
pub const SMART_HOSTS: usize = 100;
/// Most labels of one connector.
pub const LABELS: usize = 32;
/// Longest key of a label, in characters.
pub const LABEL_KEY_CHARS: usize = 64;
/// Longest value of a label, in characters.
pub const LABEL_VALUE_CHARS: usize = 256;
/// Longest name of a connector, in characters.
pub const NAME_CHARS: usize = 64;
/// Longest comment, in characters.
pub const COMMENT_CHARS: usize = 1_024;
/// Largest value of the number fields that have no smaller bound.
pub const NUMBER: u64 = 2_147_483_647;
/// Longest value of other text fields of an account, in octets.
pub const ACCOUNT_OCTETS: usize = 1_024;
/// Most source relays of one connector.
pub const SOURCE_RELAYS: usize = 1_000;
/// Most entries of a sender filter.
pub const SENDER_PATTERNS: usize = 1_000;
/// Most custom failures of one connector.
pub const CUSTOM_FAILURES: usize = 100;
/// Largest cost of a site link.
pub const LINK_COST: u32 = 99_999;
/// Most sites of one configuration.
pub const SITES: usize = 1_000;
/// Most site links of one configuration.
pub const SITE_LINKS: usize = 10_000;
/// Most relay records of one configuration.
pub const RELAYS: usize = 20_000;
/// Most certificates of one configuration.
pub const CERTIFICATES: usize = 10_000;
/// Most certificates under one name.
pub const CHAIN: usize = 100;
