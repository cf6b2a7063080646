//! What new sessions get, by account: one list for all without rules, and one for each account that has some.

use super::packages::{Catalogue, PLUGINS_MAX};
use super::resolve::{Resolved, Why};
use super::rules::{AccountRules, Rules};
use super::stored_package::CatalogueEntry;
use semver::VersionReq;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Lists of plugins, as the hub hands them out.
#[derive(Debug, Clone)]
pub struct PluginLists {
    pub common: Arc<[CatalogueEntry]>,
    /// By the account's row; whoever is not in it gets the common one.
    pub of_accounts: HashMap<i64, Arc<[CatalogueEntry]>>,
}

/// What one set of rules makes of the packages.
struct Made {
    list: Arc<[CatalogueEntry]>,
    /// Plugins of which no version is here that a rule names.
    left_out: Vec<(String, VersionReq)>,
}

impl Made {
    fn of(catalogue: &Catalogue, rules: &Rules) -> Self {
        let resolved = catalogue.resolved(rules);
        let left_out = resolved.iter().filter_map(|plugin| match &plugin.why {
            Why::NoVersion(wanted) => Some((plugin.id().to_owned(), wanted.clone())),
            Why::Newest | Why::Rule(_) | Why::Contract | Why::Requires | Why::Unmet | Why::Off => None,
        });
        let left_out = left_out.collect();
        Self { list: list_of(resolved), left_out }
    }
}

/// One entry for each plugin that is handed out.
pub(super) fn list_of(resolved: Vec<Resolved<'_>>) -> Arc<[CatalogueEntry]> {
    let chosen = resolved.into_iter().filter_map(|plugin| plugin.chosen);
    chosen.take(PLUGINS_MAX).map(|package| package.entry.clone()).collect()
}

impl PluginLists {
    /// What the rules make of the packages. A plugin that an account gets no version of, though its rule names some, is named in
    /// the log.
    /// Accounts with the same rules share one list, which is made once.
    pub(super) fn of(catalogue: &Catalogue, rules: &AccountRules) -> Self {
        let mut made: HashMap<&Rules, Made> = HashMap::new();
        let mut of_accounts = HashMap::with_capacity(rules.len());
        for (account, rules) in rules {
            let made = made.entry(rules).or_insert_with(|| Made::of(catalogue, rules));
            for (plugin, wanted) in &made.left_out {
                tracing::warn!(account, plugin, %wanted, "a plugin is left out for an account: no version that is here fits its rule");
            }
            of_accounts.insert(*account, Arc::clone(&made.list));
        }
        Self { common: catalogue.newest(), of_accounts }
    }

    /// Every package in some list, once.
    pub fn entries(&self) -> Vec<CatalogueEntry> {
        let all = self.of_accounts.values().chain([&self.common]).flat_map(|list| list.iter());
        let once: BTreeMap<[u8; 32], &CatalogueEntry> = all.map(|entry| (entry.digest, entry)).collect();
        once.into_values().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Rule;

    #[test]
    fn accounts_with_the_same_rules_share_one_list() {
        let off = |plugin: &str| Rules::from([(plugin.to_owned(), Rule::Off)]);
        let rules = AccountRules::from([(1, off("a.b")), (2, off("c.d")), (3, off("a.b"))]);
        let lists = PluginLists::of(&Catalogue::default(), &rules);
        let of = |account: i64| lists.of_accounts.get(&account).map(Arc::as_ptr);
        assert!(of(1).is_some() && of(1) == of(3), "it is made once");
        assert_eq!(lists.of_accounts.len(), 3);
    }
}
