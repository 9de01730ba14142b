//! What a connector is for.

/// A label and a default of the size limit; it grants nothing. Fixed at creation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Usage {
    /// Anything.
    #[default]
    Custom,
    /// To mail servers of one's own.
    Internal,
    /// To the Internet.
    Internet,
    /// To a partner.
    Partner,
}
