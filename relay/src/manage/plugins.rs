//! What accounts get of plugins.

use super::{By, note};
use crate::hub::{AuditKind, AuditLine};
use crate::registry::Rule;
use crate::store::center::rule_revision;
use crate::store::web::Edited;
use crate::store::{Store, StoreError};
use semver::VersionReq;

/// Longest range of versions, in characters: room for several bounds.
const RANGE_CHARS_MAX: usize = 200;

/// A range of versions as Cargo writes it; the error says what is wrong with it.
pub fn range(text: &str) -> Result<VersionReq, String> {
    if text.chars().count() > RANGE_CHARS_MAX {
        return Err(format!("a range has at most {RANGE_CHARS_MAX} characters"));
    }
    text.parse::<VersionReq>().map_err(|error| format!("{error}: give a range such as ^1.2"))
}

/// Sets what the account of this name gets of a plugin; `None` takes the rule away. The account's number, and whether there
/// was a rule before.
pub async fn set_plugin_rule(
    store: &dyn Store,
    account: &str,
    plugin: &str,
    rule: Option<&Rule>,
    by: &By,
) -> Result<(i64, bool), StoreError> {
    let (account_id, had) = store.set_plugin_rule(account, plugin, rule).await?;
    if rule.is_some() || had {
        line(store, by, account_id, plugin, rule).await?;
    }
    Ok((account_id, had))
}

/// Sets what an account, by its number and name, gets of a plugin, if the rule stands as it was seen; `None` takes it away.
pub async fn edit_plugin_rule(
    store: &dyn Store,
    (account, name): (i64, &str),
    plugin: &str,
    seen: &str,
    rule: Option<&Rule>,
    by: &By,
) -> Result<Edited, StoreError> {
    let edited = store.edit_plugin_rule(name, plugin, seen, rule).await?;
    // What was seen is what was there: then nothing changed.
    if edited == Edited::Done && rule_revision(rule) != seen {
        line(store, by, account, plugin, rule).await?;
    }
    Ok(edited)
}

async fn line(store: &dyn Store, by: &By, account: i64, plugin: &str, rule: Option<&Rule>) -> Result<(), StoreError> {
    let said = rule.map(ToString::to_string);
    let detail = format!("{plugin}: {}", said.as_deref().unwrap_or("no rule"));
    note(store, by, AuditLine { account: Some(account), detail, ..AuditLine::new(AuditKind::PluginRuleChanged) }).await
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
