//! Values of a connector file that are written as texts with a form of their own.

use std::fmt;
use std::time::Duration;

use postroad_api::connector::v1::{AddressSpace, AuthMechanism, SmartHost};
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor};

use crate::password::Source;
use crate::{address_space, byte_size, smart_host, span_of_time};

/// An address space: one text, or its parts.
pub(super) struct Space(pub(super) AddressSpace);
/// A smart host: one text, or its parts.
pub(super) struct Host(pub(super) SmartHost);
/// `none` or `basic`, case ignored.
pub(super) struct Mechanism(pub(super) AuthMechanism);
/// A size: a text with a unit, or bytes.
pub(super) struct Size(pub(super) u64);
/// A length of time with its unit.
pub(super) struct Timeout(pub(super) Duration);
/// A reference to a password.
pub(super) struct Password(pub(super) Source);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SpaceParts {
    #[serde(default)]
    r#type: String,
    space: String,
    cost: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HostParts {
    host: String,
    #[serde(default)]
    port: u16,
    #[serde(default)]
    implicit_tls: bool,
}

impl From<SpaceParts> for Space {
    fn from(parts: SpaceParts) -> Self {
        Self(AddressSpace { r#type: parts.r#type, space: parts.space, cost: parts.cost })
    }
}

impl From<HostParts> for Host {
    fn from(parts: HostParts) -> Self {
        Self(SmartHost {
            host: parts.host,
            port: parts.port.into(),
            implicit_tls: parts.implicit_tls,
            ..SmartHost::default()
        })
    }
}

/// Reads a value from a text, or from its parts `P`.
struct TextOr<P, T> {
    expected: &'static str,
    text: fn(&str) -> Result<T, String>,
    parts: Option<fn(P) -> T>,
    number: Option<fn(u64) -> T>,
}

impl<'de, P: Deserialize<'de>, T> Visitor<'de> for TextOr<P, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.text)(text).map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        // The number is not repeated: it may be a password that consists of digits.
        self.number.map(|read| read(number)).ok_or_else(|| E::custom(format!("expected {}", self.expected)))
    }

    fn visit_i64<E: de::Error>(self, _number: i64) -> Result<T, E> {
        Err(E::custom(format!("expected {}", self.expected)))
    }

    fn visit_f64<E: de::Error>(self, _number: f64) -> Result<T, E> {
        Err(E::custom(format!("expected {}", self.expected)))
    }

    fn visit_bool<E: de::Error>(self, _truth: bool) -> Result<T, E> {
        Err(E::custom(format!("expected {}", self.expected)))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        match self.parts {
            Some(read) => P::deserialize(de::value::MapAccessDeserializer::new(map)).map(read),
            None => Err(de::Error::custom(format!("expected {}", self.expected))),
        }
    }
}

macro_rules! from_text {
    ($name:ident, $expected:literal, $text:expr, $parts:expr, $number:expr) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(TextOr {
                    expected: $expected,
                    text: |text| $text(text).map($name),
                    parts: $parts,
                    number: $number,
                })
            }
        }
    };
}

from_text!(
    Space,
    "an address space: a text such as \"*;1\", or type, space and cost",
    address_space::parse,
    Some(|parts: SpaceParts| Self::from(parts)),
    None
);
from_text!(
    Host,
    "a smart host: a text such as \"mail.example.com:587\", or host, port and implicit_tls",
    smart_host::parse,
    Some(|parts: HostParts| Self::from(parts)),
    None
);
from_text!(Mechanism, "none or basic", mechanism, None::<fn(de::IgnoredAny) -> Self>, None);
from_text!(
    Size,
    "a size: bytes, or a text such as 10MB or unlimited",
    byte_size::parse,
    None::<fn(de::IgnoredAny) -> Self>,
    Some(Self)
);
from_text!(
    Timeout,
    "a length of time with its unit, for example 30s",
    span_of_time::parse,
    None::<fn(de::IgnoredAny) -> Self>,
    None
);
from_text!(
    Password,
    "a reference to a password: env:NAME or file:PATH",
    Source::parse_reference,
    None::<fn(de::IgnoredAny) -> Self>,
    None
);

fn mechanism(text: &str) -> Result<AuthMechanism, String> {
    match text.to_ascii_lowercase().as_str() {
        "none" => Ok(AuthMechanism::None),
        "basic" => Ok(AuthMechanism::Basic),
        _ => Err("expected none or basic".to_owned()),
    }
}
