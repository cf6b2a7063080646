//! `plugin enable`, `plugin disable`, `plugin reset`: what one account gets of one plugin.

use super::CliError;
use super::people::{named, print};
use super::plugins::open_with_sources;
use crate::clock::unix_s;
use crate::hub::{AuditKind, AuditLine};
use crate::registry::{Catalogue, PackageSources, Rule, Rules};
use crate::store::{PluginRules, Store};
use lotse_package::PluginId;
use semver::VersionReq;
use serde_json::json;
use std::path::PathBuf;

/// Longest range of versions, in characters: room for several bounds.
const RANGE_CHARS_MAX: usize = 200;

#[derive(Debug, clap::Args)]
pub(super) struct PluginEnableOptions {
    #[command(flatten)]
    which: PluginRuleOptions,
    /// Range of versions as Cargo writes it, such as ^1.2, =1.4.2 or '>=1.2, <3'. Any released version if not given.
    #[arg(long, value_name = "RANGE", default_value = "*", value_parser = range)]
    version: VersionReq,
}

#[derive(Debug, clap::Args)]
pub(super) struct PluginRuleOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Name of the account.
    #[arg(long, value_name = "NAME")]
    account: String,
    /// Id of the plugin, such as com.example.notes.
    #[arg(long, value_name = "ID")]
    id: PluginId,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// Reads a range of versions; what is wrong with it, in English.
pub(crate) fn range(text: &str) -> Result<VersionReq, String> {
    if text.chars().count() > RANGE_CHARS_MAX {
        return Err(format!("a range has at most {RANGE_CHARS_MAX} characters"));
    }
    text.parse::<VersionReq>().map_err(|error| format!("{error}: give a range such as ^1.2"))
}

pub(super) async fn enable(options: PluginEnableOptions) -> Result<(), CliError> {
    let PluginEnableOptions { which, version } = options;
    change(which, Some(Rule::Versions(version))).await
}

pub(super) async fn disable(options: PluginRuleOptions) -> Result<(), CliError> {
    change(options, Some(Rule::Off)).await
}

pub(super) async fn reset(options: PluginRuleOptions) -> Result<(), CliError> {
    change(options, None).await
}

async fn change(which: PluginRuleOptions, rule: Option<Rule>) -> Result<(), CliError> {
    let PluginRuleOptions { data, account, id, json } = which;
    let (account, id) = (named(&account, "--account")?, id.to_string());
    let (store, sources) = open_with_sources(&data).await?;
    let (account_id, had) = store.set_plugin_rule(&account, &id, rule.as_ref()).await?;
    let said = rule.as_ref().map(ToString::to_string);
    if rule.is_some() || had {
        let detail = format!("{id}: {}", said.as_deref().unwrap_or("no rule"));
        let line = AuditLine { account: Some(account_id), detail, ..AuditLine::new(AuditKind::PluginRuleChanged) };
        store.write_audit(&[line], unix_s()).await?;
    }
    let (_, mut rules) = store.plugin_rules().await?;
    store.close().await;
    let outcome = outcome(&sources, &id, &rules.remove(&account_id).unwrap_or_default())?;
    if json {
        print(&json!({ "account": account, "id": id, "rule": said, "had_rule": had, "now": outcome }));
        return Ok(());
    }
    match (&rule, had) {
        (Some(Rule::Versions(wanted)), _) => println!("{account} gets {id} in versions that fit {wanted}: {outcome}."),
        (Some(Rule::Off), _) => println!("{account} does not get {id} any more."),
        (None, true) => println!("{account} has no rule for {id} any more: {outcome}."),
        (None, false) => println!("{account} had no rule for {id}: {outcome}."),
    }
    Ok(())
}

/// What sessions get of the plugin now, in words.
fn outcome(sources: &PackageSources, id: &str, rules: &Rules) -> Result<String, CliError> {
    let catalogue = Catalogue::read(sources)?;
    let plugins = catalogue.resolved(rules);
    let Some(plugin) = plugins.iter().find(|plugin| plugin.id() == id) else {
        return Ok("no package of it is here yet".to_owned());
    };
    Ok(plugin.chosen.map_or_else(
        || plugin.why.to_string(),
        |package| format!("now that is {} ({})", package.entry.version, plugin.why),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_of_versions_has_a_form_and_a_length() {
        for good in ["*", "^1.2", "=1.4.2", ">=1.2, <3", "1"] {
            assert!(range(good).is_ok(), "{good}");
        }
        for bad in ["", "newest", "^1.2 and more", &format!("^1.2.3-{}", "a".repeat(300))] {
            assert!(range(bad).is_err(), "{bad}");
        }
    }
}
