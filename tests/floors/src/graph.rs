/// The packages of the workspace, and every crate that came into the build.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// Our own packages, with what they declare.
    pub packages: Vec<Package>,
    /// Names of all resolved crates, foreign ones included.
    pub resolved: Vec<String>,
}

/// One package of the workspace.
#[derive(Clone, Debug)]
pub struct Package {
    /// Its name, for example `postroad-routing`.
    pub name: String,
    /// It lies under `tests/`: it may know every other package.
    pub is_test: bool,
    /// What its `Cargo.toml` names, for all kinds and targets.
    pub edges: Vec<Edge>,
}

/// A declared dependency.
#[derive(Clone, Debug)]
pub struct Edge {
    /// The crate depended on.
    pub to: String,
    /// Why it is there.
    pub kind: EdgeKind,
}

/// Kinds of dependencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EdgeKind {
    /// Part of the product.
    Normal,
    /// For tests only.
    Dev,
    /// For the build script.
    Build,
}

impl EdgeKind {
    pub(crate) const fn table(self) -> &'static str {
        match self {
            Self::Normal => "[dependencies]",
            Self::Dev => "[dev-dependencies]",
            Self::Build => "[build-dependencies]",
        }
    }
}
