//! The first message of a relay, checked.

use bytes::Bytes;
use postroad_api::config::v1::Hello;
use postroad_api::limits;
use postroad_seal::ViewDigest;
use prost::Message as _;

use crate::Held;

/// Who a relay says it is and what it holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Greeting {
    /// Its name.
    pub name: String,
    /// Site it says it stands in.
    pub site: String,
    /// Version of its program.
    pub version: String,
    /// Random, new at each start of the process.
    pub boot_id: [u8; limits::BOOT_ID],
    /// Names of its listeners.
    pub listeners: Vec<String>,
    /// What it has applied.
    pub held: Held,
}

/// Why a Hello is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadHello {
    /// Larger than a Hello may be (SI15).
    #[error("the Hello is {size} octets large; the limit is {limit}", limit = limits::HELLO)]
    TooLarge {
        /// Its size.
        size: usize,
    },
    /// No usable name.
    #[error("relay_name must be 1 to 255 printable characters")]
    Name,
    /// No usable boot id.
    #[error("boot_id must be 16 octets")]
    BootId,
    /// An epoch or digest of a wrong length.
    #[error("epoch must be empty or 16 octets, view_digest empty or 32")]
    Held,
}

impl TryFrom<Hello> for Greeting {
    type Error = BadHello;

    fn try_from(hello: Hello) -> Result<Self, BadHello> {
        let size = hello.encoded_len();
        if size > limits::HELLO {
            return Err(BadHello::TooLarge { size });
        }
        let length = hello.relay_name.chars().count();
        if !(1..=255).contains(&length) || hello.relay_name.chars().any(char::is_control) {
            return Err(BadHello::Name);
        }
        let boot_id = hello.boot_id.as_slice().try_into().map_err(|_length| BadHello::BootId)?;
        Ok(Self {
            held: held(&hello)?,
            name: hello.relay_name,
            site: hello.site,
            version: hello.version,
            boot_id,
            listeners: hello.listeners,
        })
    }
}

fn held(hello: &Hello) -> Result<Held, BadHello> {
    if hello.revision == 0 && hello.epoch.is_empty() && hello.view_digest.is_empty() {
        return Ok(Held::default());
    }
    let digest: &[u8; 32] = hello.view_digest.as_slice().try_into().map_err(|_length| BadHello::Held)?;
    if hello.epoch.len() != 16 {
        return Err(BadHello::Held);
    }
    Ok(Held {
        epoch: Bytes::copy_from_slice(&hello.epoch),
        revision: hello.revision,
        digest: ViewDigest::from_bytes(digest),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hello() -> Hello {
        Hello { relay_name: "r1".into(), boot_id: vec![1; 16], ..Hello::default() }
    }

    #[test]
    fn a_hello_is_taken_or_refused_by_name() {
        assert_eq!(Greeting::try_from(hello()).unwrap().held, Held::default());
        for (bad, error) in [
            (Hello { relay_name: String::new(), ..hello() }, BadHello::Name),
            (Hello { relay_name: "a\nb".into(), ..hello() }, BadHello::Name),
            (Hello { boot_id: vec![1; 15], ..hello() }, BadHello::BootId),
            (Hello { revision: 3, ..hello() }, BadHello::Held),
            (Hello { revision: 3, epoch: vec![1; 16], view_digest: vec![1; 31], ..hello() }, BadHello::Held),
            (Hello { epoch: vec![1; 3], view_digest: vec![1; 32], ..hello() }, BadHello::Held),
        ] {
            assert_eq!(Greeting::try_from(bad), Err(error));
        }
    }

    #[test]
    fn si15_a_large_hello_is_refused() {
        let large = Hello { listeners: vec!["x".repeat(200); 100], ..hello() };
        assert!(matches!(Greeting::try_from(large), Err(BadHello::TooLarge { .. })));
    }
}
