//! The plugins of a session.

use serde::{Deserialize, Serialize};

/// A plugin in exactly one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PluginRef {
    pub id: String,
    pub version: semver::Version,
    /// SHA-256 of the signed package.
    #[serde(with = "serde_bytes")]
    pub digest: [u8; 32],
    /// The account's licence covers the plugin's feature, as the relay has it: worth fetching at once. What decides is the
    /// signed document, with the feature that the package itself names.
    pub licensed: bool,
    /// What the relay's operator calls whoever signed the package. Never what a package says of itself.
    #[serde(default)]
    pub publisher: Option<String>,
}
