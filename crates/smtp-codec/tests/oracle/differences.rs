//! The named differences. Each predicate looks at the text of the line alone, and not through our parser.

/// A difference that is meant to be there.
pub(crate) struct Difference {
    pub(crate) name: &'static str,
    /// What decides it.
    pub(crate) rule: &'static str,
    pub(crate) side: Side,
    pub(crate) holds: fn(&str) -> bool,
    /// Lines that show it, so that the list holds nothing that is none any more.
    pub(crate) examples: &'static [&'static str],
}

/// Who accepts the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// We alone.
    We,
    /// smtp-proto alone.
    They,
    /// Both, and read it differently.
    Both,
}

macro_rules! difference {
    ($side:ident, $name:literal, $rule:literal, $holds:expr, $examples:expr) => {
        Difference { name: $name, rule: $rule, side: Side::$side, holds: $holds, examples: &$examples }
    };
}

mod refused;
mod taken;
mod text;

pub(crate) fn list() -> impl Iterator<Item = &'static Difference> {
    taken::LIST.iter().chain(refused::LIST)
}
