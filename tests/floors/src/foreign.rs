use crate::EdgeKind;

/// A foreign crate, or a family of them, that only some packages may name.
#[derive(Clone, Copy, Debug)]
pub struct Foreign {
    /// Name; a `*` at the end stands for any rest.
    pub name: &'static str,
    /// Packages that may name it in any table.
    pub owners: &'static [&'static str],
    /// Packages that may name it for their tests only.
    pub testers: &'static [&'static str],
    /// Why.
    pub rule: &'static str,
}

/// Who may name which foreign crate. Packages under `tests/` may name all of them.
pub const FOREIGN: &[Foreign] = &[
    Foreign {
        name: "sled",
        owners: &["postroad-store-sled"],
        testers: &[],
        rule: "store-sled is the only crate that names sled",
    },
    Foreign {
        name: "mail-send",
        owners: &["postroad-smarthost"],
        testers: &[],
        rule: "smarthost is the only crate that names mail-send",
    },
    Foreign {
        name: "smtp-proto",
        owners: &["postroad-smarthost"],
        testers: &["postroad-smtp-codec"],
        rule: "smtp-proto parses nothing that clients send: smarthost masks login mechanisms with it, smtp-codec may \
               test against it",
    },
    Foreign {
        name: "opentelemetry*",
        owners: &["postroad-telemetry"],
        testers: &[],
        rule: "telemetry is the only crate that names opentelemetry",
    },
    Foreign {
        name: "aws-lc*",
        owners: &["postroad-seal", "postroad-tls"],
        testers: &[],
        rule: "only seal and tls name a cryptography library",
    },
    Foreign {
        name: "argon2",
        owners: &["postroad-seal"],
        testers: &[],
        rule: "only seal and tls name a cryptography library",
    },
    Foreign {
        name: "stringprep",
        owners: &["postroad-submission-users"],
        testers: &[],
        rule: "names and passwords are prepared in one place, submission-users",
    },
    Foreign {
        name: "rustls*",
        owners: &["postroad-tls"],
        testers: &[],
        rule: "tls is the only crate that names rustls; it re-exports what others need",
    },
    Foreign {
        name: "tokio-rustls",
        owners: &["postroad-tls"],
        testers: &["postroad-smarthost"],
        rule: "tls is the only crate that names rustls; it re-exports what others need, but for tests that play a server",
    },
    Foreign {
        name: "x509-parser",
        owners: &["postroad-tls"],
        testers: &[],
        rule: "tls is the only crate that looks into certificates",
    },
    Foreign {
        name: "rcgen",
        owners: &[],
        testers: &["postroad-tls", "postroad-smarthost", "postroad-relay", "postroad-control-plane"],
        rule: "certificates are made for tests only",
    },
    Foreign {
        name: "tonic*",
        owners: &["postroad-api", "postroad-config-feed", "postroad-control-plane", "postroad"],
        testers: &["postroad-telemetry"],
        rule: "tonic is named by api, config-feed, the control plane and the operator's tool only",
    },
    Foreign {
        name: "prost*",
        owners: &[
            "postroad-api",
            "postroad-config-feed",
            "postroad-config-publisher",
            "postroad-control-plane",
            "postroad",
        ],
        testers: &[],
        rule: "generated messages are named by api and by those who speak them, from floor 3 up",
    },
    Foreign {
        name: "protox*",
        owners: &["postroad-api"],
        testers: &[],
        rule: "api is the only home of generated code",
    },
    Foreign {
        name: "anyhow",
        owners: &["postroad-control-plane", "postroad-relay", "postroad"],
        testers: &[],
        rule: "no anyhow below floor 5: one thiserror enum per concern and crate",
    },
    Foreign {
        name: "etcd-client",
        owners: &["postroad-store-etcd"],
        testers: &[],
        rule: "store-etcd is the only crate that names etcd",
    },
];

/// Packages below floor 3 that may name tokio; from floor 3 up every one may.
pub(crate) const TOKIO: &[&str] = &["postroad-lifecycle", "postroad-telemetry", "postroad-tls", "postroad-store"];

pub(crate) const TOKIO_RULE: &str =
    "tokio appears in lifecycle, telemetry, tls, store and from floor 3 up; the rest is pure";

/// What a package must never see although its floor would allow it.
pub(crate) const NEVER: &[(&str, &str)] = &[
    ("postroad-mail-types", "serde"),
    ("postroad-connector-model", "serde"),
    ("postroad-telemetry", "postroad-smtp-codec"),
    ("postroad-smtp-session", "postroad-routing"),
    ("postroad-api", "postroad-store"),
    ("postroad-api", "postroad-routing"),
    ("postroad-smarthost", "postroad-routing"),
    ("postroad-smarthost", "postroad-api"),
    ("postroad-config-feed", "postroad-store"),
    ("postroad-config-feed", "postroad-smtp-codec"),
    ("postroad-config-feed", "postroad-smtp-session"),
    ("postroad-config-publisher", "postroad-store-sled"),
    ("postroad-config-publisher", "postroad-smtp-codec"),
    ("postroad-config-publisher", "postroad-smtp-session"),
];

/// Crates that may not come into the build at all, however deep.
pub(crate) const BANNED: &[(&str, &str)] = &[
    ("ring", "one cryptography library, aws-lc-rs; ring must not come into the build"),
    ("native-tls", "TLS is rustls; no system library"),
    ("openssl-sys", "TLS is rustls; no system library"),
];

impl Foreign {
    pub(crate) fn covers(&self, crate_name: &str) -> bool {
        match self.name.strip_suffix('*') {
            Some(start) => crate_name.starts_with(start),
            None => crate_name == self.name,
        }
    }

    pub(crate) fn allows(&self, package: &str, kind: EdgeKind) -> bool {
        self.owners.contains(&package) || (kind == EdgeKind::Dev && self.testers.contains(&package))
    }
}
