//! Runs of message data on their way through.

/// A run of message data, as it lies in the buffer it was read into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyChunk<'b> {
    /// The octets.
    pub octets: &'b [u8],
    /// Places in `octets` that matter to the other form; see [`BodyForm`].
    pub dots: &'b [usize],
    /// What form the octets have.
    pub form: BodyForm,
}

/// The two forms of message data on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyForm {
    /// As in DATA (RFC 5321 §4.5.2). The dots are the stuffing dots: they are dropped for BDAT.
    Stuffed,
    /// As in BDAT (RFC 3030 §2). The dots are the places before which a dot is put for DATA.
    Plain,
}

/// How data broke the rule that only CRLF ends a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataViolation {
    /// CR without LF.
    BareCr,
    /// LF without CR.
    BareLf,
    /// NUL.
    Nul,
}

impl<'b> BodyChunk<'b> {
    /// A run of plain text without a place for dots: whole lines that begin with none.
    #[must_use]
    pub const fn undotted(octets: &'b [u8]) -> Self {
        Self { octets, dots: &[], form: BodyForm::Stuffed }
    }

    /// Octets of the message in this chunk; stuffing dots are not counted (RFC 1870 §5).
    #[must_use]
    pub const fn size(&self) -> u64 {
        match self.form {
            BodyForm::Stuffed => (self.octets.len() - self.dots.len()) as u64,
            BodyForm::Plain => self.octets.len() as u64,
        }
    }

    /// True when there is nothing to pass on.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.octets.is_empty()
    }
}
