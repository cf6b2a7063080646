//! `plugin list`, `plugin add`, `plugin remove`: the packages themselves.

use super::CliError;
use super::people::{named, print};
use super::plugins::open_with_sources;
use crate::clock::unix_s;
use crate::hub::{AuditKind, AuditLine};
use crate::registry::{self, Catalogue, Resolved, Rules, StoredPackage};
use crate::store::{Licences, PluginRules, SqliteStore, Store, StoreError};
use crate::token::hex;
use lotse_package::PluginId;
use semver::Version;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct PluginListOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Which account's sessions; those of an account without rules if not given.
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct PluginAddOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The signed package, as `lotse-plugin sign` writes it.
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
    /// Gives the feature that the plugin asks for to no account, old or new, when it is not known yet: whoever is to have it is
    /// given it by `licence set`.
    #[arg(long)]
    feature_off: bool,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct PluginRemoveOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Id of the plugin, such as com.example.notes.
    #[arg(long, value_name = "ID")]
    id: PluginId,
    /// Which version of it.
    #[arg(long, value_name = "VERSION")]
    version: Version,
    /// Removes it though running sessions have it.
    #[arg(long)]
    force: bool,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn list(options: PluginListOptions) -> Result<(), CliError> {
    let PluginListOptions { data, account, json } = options;
    let account = account.map(|account| named(&account, "--account")).transpose()?;
    let (store, sources) = open_with_sources(&data).await?;
    let rules = match &account {
        Some(account) => rules_of(&store, account).await?,
        None => Rules::new(),
    };
    store.close().await;
    let catalogue = Catalogue::read(&sources)?;
    let plugins = catalogue.resolved(&rules);
    if json {
        print(&Value::Array(plugins.iter().map(|plugin| told(plugin, &rules)).collect()));
        return Ok(());
    }
    if plugins.is_empty() {
        println!("There is no plugin here; add one with `lotse-relay plugin add`.");
    }
    for plugin in &plugins {
        let versions = plugin.there.iter().map(|package| format!("\n  {}", line(package))).collect::<String>();
        println!("{} · {} · {}{versions}", plugin.id(), gets(plugin), plugin.why);
    }
    Ok(())
}

/// Names are matched without regard to case, as the database does.
async fn rules_of(store: &SqliteStore, account: &str) -> Result<Rules, CliError> {
    let found = store.accounts().await?.into_iter().find(|known| known.name.eq_ignore_ascii_case(account));
    let id = found.ok_or_else(|| StoreError::NoAccount(account.to_owned()))?.id;
    let (_, mut rules) = store.plugin_rules().await?;
    Ok(rules.remove(&id).unwrap_or_default())
}

fn gets(plugin: &Resolved<'_>) -> String {
    plugin.chosen.map_or_else(|| "not handed out".to_owned(), |package| format!("gets {}", package.entry.version))
}

fn line(package: &StoredPackage) -> String {
    let entry = &package.entry;
    let signer = package.signer.map_or_else(|| "nobody".to_owned(), |key| key.to_string());
    let publisher = entry.publisher.as_deref().map(|name| format!(" ({name})")).unwrap_or_default();
    let feature = entry.feature.as_deref().map(|feature| format!(" · feature {feature}")).unwrap_or_default();
    format!("{} · {} bytes · signed by {signer}{publisher}{feature}", entry.version, package.bytes.len())
}

fn told(plugin: &Resolved<'_>, rules: &Rules) -> Value {
    let version = |package: &&StoredPackage| {
        json!({
            "version": package.entry.version.to_string(), "sha256": hex(&package.entry.digest),
            "bytes": package.bytes.len(), "signer": package.signer.map(|key| key.to_string()),
            "publisher": package.entry.publisher, "feature": package.entry.feature,
        })
    };
    json!({
        "id": plugin.id(), "gets": plugin.chosen.map(|package| package.entry.version.to_string()),
        "why": plugin.why.to_string(), "rule": rules.get(plugin.id()).map(ToString::to_string),
        "versions": plugin.there.iter().map(version).collect::<Vec<Value>>(),
    })
}

pub(super) async fn add(options: PluginAddOptions) -> Result<(), CliError> {
    let PluginAddOptions { data, file, feature_off, json } = options;
    let (store, sources) = open_with_sources(&data).await?;
    let registry::Addition { package, known } = registry::try_on(&file, &sources)?;
    let entry = &package.entry;
    if feature_off {
        // Before the package is there: a relay that finds it gives what is new to everybody.
        let feature = entry.feature.as_ref().ok_or_else(|| CliError::NoFeatureOff(entry.id.clone()))?;
        let new = store.know_feature(feature, unix_s()).await?;
        if !new && !json {
            println!("The feature {feature} is known already and stays with whoever has it.");
        }
    }
    if !known {
        keep(&store, &package, &data).await?;
        note(&store, AuditKind::PluginAdded, format!("{} {}", entry.id, entry.version)).await?;
    }
    store.close().await;
    if json {
        let (id, version) = (&entry.id, entry.version.to_string());
        print(&json!({ "id": id, "version": version, "sha256": hex(&entry.digest), "added": !known }));
        return Ok(());
    }
    match (known, package.fits_contract) {
        (true, _) => println!("{} {} is here already.", entry.id, entry.version),
        (false, true) => println!("{} {} is here; the next sessions can get it.", entry.id, entry.version),
        (false, false) => println!(
            "{} {} is here, but needs another version of the plugin interface than this relay has: sessions get others.",
            entry.id, entry.version
        ),
    }
    Ok(())
}

/// Puts a checked package where a relay finds it. Whose its id is, is settled before: of two who add one at once, the second
/// neither overwrites the first one's file nor leaves one of its own.
async fn keep(store: &SqliteStore, package: &StoredPackage, data: &Path) -> Result<(), CliError> {
    let id = &package.entry.id;
    let new = match &package.signer {
        Some(signer) => store.claim_plugin(id, signer).await?,
        // Developer mode: what nobody signed is nobody's.
        None => false,
    };
    let put = registry::put(package, data);
    let told = match &put {
        Ok(_) => store.packages_changed(&registry::PluginOwners::new()).await.map_err(CliError::from),
        Err(_) => Ok(()),
    };
    if put.is_ok() && told.is_ok() {
        return Ok(());
    }
    // Nothing is half done: what nobody was told of is not there, and belongs to nobody new.
    if let Ok(path) = &put {
        let _ = std::fs::remove_file(path);
    }
    if new {
        let _: Result<bool, StoreError> = store.release_plugin(id).await;
    }
    put?;
    told
}

pub(super) async fn remove(options: PluginRemoveOptions) -> Result<(), CliError> {
    let PluginRemoveOptions { data, id, version, force, json } = options;
    let (store, sources) = open_with_sources(&data).await?;
    let id = id.to_string();
    let unreadable = |error| CliError::Read { path: data.join("plugins"), option: "--data", error };
    let files = registry::files_of(&id, &version, &data).map_err(unreadable)?;
    if files.is_empty() {
        let here = |package: &StoredPackage| package.entry.id == id && package.entry.version == version;
        let elsewhere = Catalogue::read(&sources)?.packages().any(here);
        return Err(match elsewhere {
            true => CliError::PackageElsewhere { id, version },
            false => CliError::NoPackage { id, version, folder: data.join("plugins") },
        });
    }
    let running = store.running_sessions().await?;
    let has = |digest: &[u8; 32]| files.iter().any(|file| file.digest == *digest);
    let sessions = running.iter().filter(|session| session.plugins.iter().any(|plugin| has(&plugin.digest))).count();
    if sessions > 0 && !force {
        return Err(CliError::PackageInUse { id, version, sessions });
    }
    for file in files {
        std::fs::remove_file(&file.path).map_err(|error| CliError::Remove { path: file.path, error })?;
    }
    store.packages_changed(&registry::PluginOwners::new()).await?;
    note(&store, AuditKind::PluginRemoved, format!("{id} {version}")).await?;
    store.close().await;
    if json {
        print(&json!({ "id": id, "version": version.to_string(), "sessions": sessions }));
    } else {
        println!("{id} {version} is removed; the next sessions get others.");
    }
    Ok(())
}

async fn note(store: &SqliteStore, kind: AuditKind, detail: String) -> Result<(), CliError> {
    let line = AuditLine { detail, ..AuditLine::new(kind) };
    Ok(store.write_audit(&[line], unix_s()).await?)
}
