//! What accounts get of plugins, where the packages are, and a number that says when to look again.

use super::StoreError;
use crate::registry::{AccountRules, PackageFolders, PluginOwners, Rule};
use lotse_package::PublicKey;

/// Storage of rules and of what `plugin add` and a running relay must know of each other.
#[async_trait::async_trait]
pub trait PluginRules: Send + Sync {
    /// Grows with every change to rules and packages, whoever makes it.
    async fn plugins_version(&self) -> Result<i64, StoreError>;
    /// Every account's rules, with the version of that.
    async fn plugin_rules(&self) -> Result<(i64, AccountRules), StoreError>;
    /// Sets what the account of this name gets of a plugin, without regard to case; `None` takes the rule away. Returns the
    /// account's row and whether there was a rule before.
    async fn set_plugin_rule(
        &self,
        account: &str,
        plugin: &str,
        rule: Option<&Rule>,
    ) -> Result<(i64, bool), StoreError>;
    /// Takes a plugin's id for a key, if it is nobody's. True: it was nobody's. Refused when it is another's by now.
    async fn claim_plugin(&self, id: &str, key: &PublicKey) -> Result<bool, StoreError>;
    /// Packages were put into the data folder or taken out: remembers whose new ids are, and counts it.
    async fn packages_changed(&self, owners: &PluginOwners) -> Result<(), StoreError>;
    /// Where the relay that was started last was told to look; `None` before its first start.
    async fn plugin_folders(&self) -> Result<Option<PackageFolders>, StoreError>;
    /// Keeps where a relay was told to look. What is kept already is not written again.
    async fn set_plugin_folders(&self, folders: &PackageFolders) -> Result<(), StoreError>;
}
