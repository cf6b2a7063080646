//! `plugin …`: which plugins a relay hands out, to which account in which version. On the data folder itself, also while a
//! relay runs on it.

use super::CliError;
use super::people::{open_existing, print};
use super::plugin_packages::{self, PluginAddOptions, PluginListOptions, PluginRemoveOptions};
use super::plugin_rules::{self, PluginEnableOptions, PluginRuleOptions};
use crate::registry::{PackageFolders, PackageSources};
use crate::store::{PluginRules, SqliteStore, Store};
use clap::Subcommand;
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub(super) enum PluginCommand {
    /// Lists plugins in the versions that are here, and which one sessions get and why.
    List(PluginListOptions),
    /// Checks a signed package and puts it into the data folder. The next session on a running relay gets it.
    Add(PluginAddOptions),
    /// Takes a version of a plugin out of the data folder.
    Remove(PluginRemoveOptions),
    /// Says which versions of a plugin an account gets: the newest of them that is here. Acts on the next session.
    Enable(PluginEnableOptions),
    /// Says that an account does not get a plugin. Acts on the next session.
    Disable(PluginRuleOptions),
    /// Takes away what was said of a plugin for an account: it gets the newest version again.
    Reset(PluginRuleOptions),
    /// Forgets which key a plugin's id belongs to. When the relay next reads its packages, it belongs to whoever signed them
    /// then.
    Release(PluginReleaseOptions),
}

#[derive(Debug, clap::Args)]
pub(super) struct PluginReleaseOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Id of the plugin, such as com.example.notes.
    #[arg(long, value_name = "ID")]
    id: String,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(command: PluginCommand) -> Result<(), CliError> {
    match command {
        PluginCommand::List(options) => plugin_packages::list(options).await,
        PluginCommand::Add(options) => plugin_packages::add(options).await,
        PluginCommand::Remove(options) => plugin_packages::remove(options).await,
        PluginCommand::Enable(options) => plugin_rules::enable(options).await,
        PluginCommand::Disable(options) => plugin_rules::disable(options).await,
        PluginCommand::Reset(options) => plugin_rules::reset(options).await,
        PluginCommand::Release(options) => release(options).await,
    }
}

async fn release(options: PluginReleaseOptions) -> Result<(), CliError> {
    let PluginReleaseOptions { data, id, json } = options;
    let store = open_existing(&data).await?;
    let released = store.release_plugin(&id).await;
    store.close().await;
    if !released? {
        return Err(CliError::NoOwner(id));
    }
    if json {
        print(&json!({ "id": id, "owner": null }));
        return Ok(());
    }
    println!("{id} belongs to no key now. When the relay next reads its packages, it belongs to whoever signed them:");
    println!("at its next start, or when a package is added or removed.");
    Ok(())
}

/// Opens a data folder and says where a relay on it looks for packages: where the last one did that ran on it.
pub(super) async fn open_with_sources(data: &Path) -> Result<(SqliteStore, PackageSources), CliError> {
    let store = open_existing(data).await?;
    let folders = store.plugin_folders().await?.unwrap_or_else(PackageFolders::beside_the_program);
    let sources = folders.sources(data, store.plugin_owners().await?)?;
    Ok((store, sources))
}
