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

    /// The octets in the wanted form, piece by piece, none of them copied.
    pub fn pieces(self, form: BodyForm) -> impl Iterator<Item = &'b [u8]> {
        let dots = if form == self.form { &[] } else { self.dots };
        let mut at = 0;
        dots.iter().map(Some).chain([None]).map(move |dot| {
            // A dot that must be doubled ends one piece and begins the next; one that must go is in neither.
            let (end, next) = match (dot, form) {
                (None, _) => (self.octets.len(), self.octets.len()),
                (Some(dot), BodyForm::Stuffed) => (dot + 1, *dot),
                (Some(dot), BodyForm::Plain) => (*dot, dot + 1),
            };
            self.octets.get(std::mem::replace(&mut at, next)..end).unwrap_or_default()
        })
    }

    /// True when there is nothing to pass on.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.octets.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{ChunkScanner, DataScanner};

    #[test]
    fn s12_dots_are_dropped_for_one_form_and_doubled_for_the_other() {
        let stuffed = BodyChunk { octets: b"..a\r\n.b\r\n...\r\n", dots: &[0, 5, 9], form: BodyForm::Stuffed };
        let plain = BodyChunk { octets: b".a\r\nb\r\n..\r\n", dots: &[0, 7], form: BodyForm::Plain };
        assert_eq!(stuffed.pieces(BodyForm::Plain).collect::<Vec<_>>().concat(), plain.octets);
        assert_eq!(stuffed.pieces(BodyForm::Stuffed).collect::<Vec<_>>().concat(), stuffed.octets);
        assert_eq!(plain.pieces(BodyForm::Stuffed).collect::<Vec<_>>().concat(), b"..a\r\nb\r\n...\r\n");
        assert_eq!((stuffed.size(), plain.size()), (11, 11));
    }

    proptest! {
        #[test]
        fn rg01_a_message_survives_the_way_from_one_form_to_the_other_and_back(
            lines in proptest::collection::vec("[.a]{0,4}", 0..10),
            step in 1_usize..9,
        ) {
            let message: Vec<u8> = lines.iter().flat_map(|line| [line.as_bytes(), b"\r\n"].concat()).collect();
            // In chunks of some octets, out as DATA.
            let mut scanner = ChunkScanner::new(false);
            let mut data = Vec::new();
            for chunk in message.chunks(step) {
                scanner.begin(chunk.len() as u64, false);
                let step = scanner.scan(chunk);
                prop_assert!(step.end_of_chunk && !step.end);
                step.chunk.pieces(BodyForm::Stuffed).for_each(|piece| data.extend_from_slice(piece));
            }
            prop_assert!(scanner.ends_line());
            data.extend_from_slice(b".\r\n");
            // In as DATA, out as chunks.
            let mut scanner = DataScanner::default();
            let (mut plain, mut buffer, mut end) = (Vec::new(), Vec::new(), false);
            for piece in data.chunks(step) {
                prop_assert!(!end);
                buffer.extend_from_slice(piece);
                let step = scanner.scan(&buffer);
                step.chunk.pieces(BodyForm::Plain).for_each(|piece| plain.extend_from_slice(piece));
                end = step.end;
                let consumed = step.consumed;
                buffer.drain(..consumed);
            }
            prop_assert!(end && buffer.is_empty());
            prop_assert_eq!(scanner.size(), message.len() as u64);
            prop_assert_eq!(plain, message);
        }
    }
}
