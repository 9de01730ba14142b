/// A message with an id of its own.
#[derive(Clone, Debug)]
pub struct Message {
    /// Value of its `X-Id` field.
    pub id: String,
    /// Its bytes, CRLF at every line's end, dots not stuffed.
    pub bytes: Vec<u8>,
}

impl Message {
    /// A message of about so many bytes.
    #[must_use]
    pub fn of_size(id: &str, size: usize) -> Self {
        let mut bytes = format!("X-Id: {id}\r\nSubject: test {id}\r\n\r\n").into_bytes();
        while bytes.len() < size {
            bytes.extend_from_slice(b"The quick brown fox jumps over the lazy dog, and on along the road.\r\n");
        }
        Self { id: id.to_owned(), bytes }
    }

    /// The bytes on the wire: dots stuffed, with the end of the data.
    #[must_use]
    pub fn stuffed(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.bytes.len() + 16);
        let mut line_start = true;
        for &byte in &self.bytes {
            if line_start && byte == b'.' {
                out.push(b'.');
            }
            out.push(byte);
            line_start = byte == b'\n';
        }
        if !line_start {
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(b".\r\n");
        out
    }
}
