use proptest::prelude::*;

/// What the next hop gets to hear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// MAIL, with this path and this parameters' number.
    Mail(String, usize),
    /// RCPT, and how many parameters.
    Rcpt(String, usize),
    /// DATA, or the first chunk of a message.
    Data,
    /// The end of a message, and the whole of it without stuffing dots.
    Message(Vec<u8>),
    /// The transaction ended without a message, or with one that was not to be delivered.
    GivenUp,
}

/// Who is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Question {
    Mail,
    Rcpt,
    Data,
    End,
    Sasl,
    Tls,
}

/// What the others answer, question after question.
#[derive(Clone, Debug)]
pub(crate) enum Answers {
    /// Drawn: each number chooses among what may be answered.
    Drawn { lots: Vec<u8>, asked: usize },
    /// These codes.
    These(Vec<u16>),
}

impl Answers {
    pub(crate) fn any() -> impl Strategy<Value = Self> {
        prop::collection::vec(prop_oneof![Just(0), any::<u8>()], 1..24).prop_map(|lots| Self::Drawn { lots, asked: 0 })
    }

    pub(crate) fn these(codes: &[u16]) -> Self {
        Self::These(codes.iter().rev().copied().collect())
    }

    /// The code of the next answer.
    pub(crate) fn next(&mut self, question: Question) -> u16 {
        let codes: &[u16] = match question {
            Question::Mail => &[250, 250, 250, 250, 250, 250, 451, 550],
            Question::Rcpt => &[250, 250, 250, 250, 250, 450, 550],
            Question::Data => &[354, 354, 354, 354, 354, 451, 554],
            Question::End => &[250, 250, 250, 451, 554],
            Question::Sasl => &[235, 235, 334, 535, 454, 501, 504],
            Question::Tls => &[220, 220, 220, 454],
        };
        match self {
            Self::These(left) => left.pop().unwrap_or(codes[0]),
            Self::Drawn { lots, asked } => {
                let lot = lots[*asked % lots.len()];
                *asked += 1;
                codes[usize::from(lot) % codes.len()]
            }
        }
    }
}
