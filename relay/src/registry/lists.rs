//! What new sessions get, by account: one list for all without rules, and one for each account that has some.

use super::packages::Catalogue;
use super::resolve::Why;
use super::rules::AccountRules;
use super::stored_package::CatalogueEntry;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Lists of plugins, as the hub hands them out.
#[derive(Debug, Clone)]
pub struct PluginLists {
    pub common: Arc<[CatalogueEntry]>,
    /// By the account's row; whoever is not in it gets the common one.
    pub of_accounts: HashMap<i64, Arc<[CatalogueEntry]>>,
}

impl PluginLists {
    /// What the rules make of the packages. A plugin that an account gets no version of, though its rule names some, is named in
    /// the log.
    pub(super) fn of(catalogue: &Catalogue, rules: &AccountRules) -> Self {
        for (account, rules) in rules {
            for plugin in catalogue.resolved(rules) {
                if let Why::NoVersion(wanted) = &plugin.why {
                    let id = plugin.id();
                    tracing::warn!(account, plugin = id, %wanted, "a plugin is left out for an account: no version that is here fits its rule");
                }
            }
        }
        let of_accounts = rules.iter().map(|(account, rules)| (*account, catalogue.list(rules))).collect();
        Self { common: catalogue.newest(), of_accounts }
    }

    /// Every package in some list, once.
    pub fn entries(&self) -> Vec<CatalogueEntry> {
        let all = self.of_accounts.values().chain([&self.common]).flat_map(|list| list.iter());
        let once: BTreeMap<[u8; 32], &CatalogueEntry> = all.map(|entry| (entry.digest, entry)).collect();
        once.into_values().cloned().collect()
    }
}
