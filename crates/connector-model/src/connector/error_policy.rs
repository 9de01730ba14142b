//! What is done to the class of a smart host's refusals.

/// One policy; without any, replies pass unchanged. For reliable, well-known channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorPolicy {
    /// A recipient's domain that does not exist is a passing fault.
    DowngradeDnsFailures,
    /// The 5xx replies among the custom failures become 4xx.
    DowngradeCustomFailures,
    /// The 4xx replies among the custom failures become 5xx.
    UpgradeCustomFailures,
}
