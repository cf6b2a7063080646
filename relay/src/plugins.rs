//! Notices what the command line or another program changes in packages and rules while the relay runs, reads everything
//! anew, and tells the hub what sessions get from then on.
//!
//! The store counts such changes; one number is read each second. When something cannot be read everything stays as it is,
//! and it is looked at again. Sessions that have begun keep their plugins, and their programs can go on fetching them.

use crate::clock::unix_s;
use crate::hub::Input;
use crate::registry::{AccountRules, Catalogue, PackageFolders, PluginOwners, Registry, RegistryError};
use crate::store::{Store, StoreError};
use crate::switchboard::{Ending, Switchboard};
use lotse_package::TrustedKeys;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// How often the number is read: what is changed acts within two seconds.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Why plugins cannot be read anew.
#[derive(Debug, thiserror::Error)]
enum LookError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Registry(#[from] RegistryError),
    #[error(transparent)]
    Ending(#[from] Ending),
    #[error("reading was interrupted")]
    Interrupted,
}

/// What it takes to read packages and rules anew.
pub struct Plugins {
    /// The data folder.
    pub data: PathBuf,
    pub folders: PackageFolders,
    pub registry: Registry,
    pub store: Arc<dyn Store>,
    pub switchboard: Switchboard,
}

impl Plugins {
    /// Tells the hub what sessions get from now on, and compiles it in the background.
    ///
    /// # Errors
    /// The relay is ending.
    pub async fn tell(&self, rules: AccountRules, compiling: &mut JoinSet<()>) -> Result<(), Ending> {
        let lists = self.registry.lists(rules).await.ok_or(Ending)?;
        let entries = lists.entries();
        // In this order: a session that begins in between has a list that was right a moment ago.
        self.switchboard.tell(Input::AccountCatalogues(lists.of_accounts)).await?;
        self.switchboard.tell(Input::Catalogue(lists.common)).await?;
        // What the lists of before named is compiled when it is asked for.
        compiling.abort_all();
        while compiling.try_join_next().is_some() {}
        let registry = self.registry.clone();
        compiling.spawn(async move { registry.warm_up(entries).await });
        Ok(())
    }

    /// Looks until it is stopped. `seen` is the number of what the hub knows.
    pub async fn watch(self, mut seen: i64, mut compiling: JoinSet<()>) {
        let mut readable = true;
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let looked = self.look(seen, &mut compiling).await;
            // Once, and not every second as long as it lasts.
            if let Err(error) = &looked
                && readable
            {
                tracing::warn!(%error, "changes to plugins cannot be read; what was there stays, and it is tried again");
            }
            readable = looked.is_ok();
            seen = looked.unwrap_or(seen);
        }
    }

    async fn look(&self, seen: i64, compiling: &mut JoinSet<()>) -> Result<i64, LookError> {
        if self.store.plugins_version().await? == seen {
            return Ok(seen);
        }
        let (version, rules) = self.store.plugin_rules().await?;
        let (catalogue, trusted) = self.read(self.store.plugin_owners().await?).await?;
        self.store.add_plugin_owners(catalogue.new_owners()).await?;
        self.store.add_features(&catalogue.features(), unix_s()).await?;
        self.registry.replace(catalogue, trusted);
        self.tell(rules, compiling).await?;
        // Asked behind the new lists: no session begins with the old ones any more.
        self.registry.forget_unused(&self.switchboard.plugins_in_use().await?);
        tracing::info!(event = "plugins", version, "changes to plugins act from now on");
        Ok(version)
    }

    /// Blocks for as long as the disk takes, on a thread for that.
    async fn read(&self, owners: PluginOwners) -> Result<(Catalogue, TrustedKeys), LookError> {
        let (folders, data) = (self.folders.clone(), self.data.clone());
        let read = move || -> Result<_, LookError> {
            let sources = folders.sources(&data, owners)?;
            Ok((Catalogue::read(&sources)?, sources.trusted.keys()))
        };
        tokio::task::spawn_blocking(read).await.map_err(|_| LookError::Interrupted)?
    }
}
