//! Plugins' rules and folders in SQLite. A rule that makes no sense is damage and no free choice.

use super::teams::account_of;
use super::{SqliteStore, failed, owners};
use crate::registry::{AccountRules, PackageFolders, PluginOwners, RULES_MAX, Rule};
use crate::store::{PluginRules, StoreError};
use lotse_package::PublicKey;
use sqlx::SqliteConnection;

#[async_trait::async_trait]
impl PluginRules for SqliteStore {
    async fn plugins_version(&self) -> Result<i64, StoreError> {
        sqlx::query_scalar("SELECT plugins FROM counters").fetch_one(&self.pool).await.map_err(failed)
    }

    async fn plugin_rules(&self) -> Result<(i64, AccountRules), StoreError> {
        // In one look, so that the version is of what stands beside it.
        let mut transaction = self.pool.begin().await.map_err(failed)?;
        let version: i64 =
            sqlx::query_scalar("SELECT plugins FROM counters").fetch_one(&mut *transaction).await.map_err(failed)?;
        let rows: Vec<(i64, String, Option<String>)> =
            sqlx::query_as("SELECT account, plugin, versions FROM plugin_rules")
                .fetch_all(&mut *transaction)
                .await
                .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        let mut rules = AccountRules::new();
        for (account, plugin, versions) in rows {
            let rule = rule_of(&plugin, versions)?;
            rules.entry(account).or_default().insert(plugin, rule);
        }
        Ok((version, rules))
    }

    async fn set_plugin_rule(
        &self,
        account: &str,
        plugin: &str,
        rule: Option<&Rule>,
    ) -> Result<(i64, bool), StoreError> {
        let mut transaction = self.write().await?;
        let id = account_of(&mut transaction, account).await?;
        let had = set_in(&mut transaction, (id, account), plugin, rule).await?;
        transaction.commit().await.map_err(failed)?;
        Ok((id, had))
    }

    async fn claim_plugin(&self, id: &str, key: &PublicKey) -> Result<bool, StoreError> {
        let mut transaction = self.write().await?;
        let new = sqlx::query("INSERT INTO plugin_owners (id, key) VALUES (?, ?) ON CONFLICT (id) DO NOTHING")
            .bind(id.to_owned())
            .bind(key.as_bytes().to_vec())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        let owner: Vec<u8> = sqlx::query_scalar("SELECT key FROM plugin_owners WHERE id = ?")
            .bind(id.to_owned())
            .fetch_one(&mut *transaction)
            .await
            .map_err(failed)?;
        if owner != key.as_bytes() {
            return Err(StoreError::PluginClaimed(id.to_owned()));
        }
        transaction.commit().await.map_err(failed)?;
        Ok(new.rows_affected() > 0)
    }

    async fn packages_changed(&self, owners: &PluginOwners) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        owners::insert(&mut transaction, owners).await?;
        sqlx::query("UPDATE counters SET plugins = plugins + 1").execute(&mut *transaction).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    async fn plugin_folders(&self) -> Result<Option<PackageFolders>, StoreError> {
        let kept: Option<String> = sqlx::query_scalar("SELECT folders FROM plugin_folders")
            .fetch_optional(&self.pool)
            .await
            .map_err(failed)?;
        let read = |text: String| {
            serde_json::from_str(&text)
                .map_err(|error| StoreError::Damaged(format!("the plugin folders make no sense: {error}")))
        };
        kept.map(read).transpose()
    }

    async fn set_plugin_folders(&self, folders: &PackageFolders) -> Result<(), StoreError> {
        // Nothing is new at most starts, and then a full disk is no matter.
        if self.plugin_folders().await?.as_ref() == Some(folders) {
            return Ok(());
        }
        let text = serde_json::to_string(folders).map_err(|error| StoreError::Other(error.to_string()))?;
        let kept = sqlx::query(
            "INSERT INTO plugin_folders (id, folders) VALUES (1, ?)
             ON CONFLICT (id) DO UPDATE SET folders = excluded.folders",
        );
        kept.bind(text).execute(&self.pool).await.map(drop).map_err(failed)
    }
}

/// The rule of an account for a plugin.
pub(super) async fn rule_in(
    connection: &mut SqliteConnection,
    account: i64,
    plugin: &str,
) -> Result<Option<Rule>, StoreError> {
    let kept: Option<Option<String>> =
        sqlx::query_scalar("SELECT versions FROM plugin_rules WHERE account = ? AND plugin = ?")
            .bind(account)
            .bind(plugin.to_owned())
            .fetch_optional(connection)
            .await
            .map_err(failed)?;
    kept.map(|versions| rule_of(plugin, versions)).transpose()
}

/// Sets the rule of an account, by its row and name, or takes it away. Whether there was one before.
pub(super) async fn set_in(
    connection: &mut SqliteConnection,
    (id, account): (i64, &str),
    plugin: &str,
    rule: Option<&Rule>,
) -> Result<bool, StoreError> {
    let plugins: Vec<String> = sqlx::query_scalar("SELECT plugin FROM plugin_rules WHERE account = ?")
        .bind(id)
        .fetch_all(&mut *connection)
        .await
        .map_err(failed)?;
    let had = plugins.iter().any(|known| known == plugin);
    if rule.is_some() && !had && plugins.len() >= RULES_MAX {
        return Err(StoreError::TooManyPluginRules(account.to_owned()));
    }
    let query = match rule {
        Some(rule) => sqlx::query(
            "INSERT INTO plugin_rules (account, plugin, versions) VALUES (?, ?, ?)
             ON CONFLICT (account, plugin) DO UPDATE SET versions = excluded.versions",
        )
        .bind(id)
        .bind(plugin.to_owned())
        .bind(stored(rule)),
        None => {
            sqlx::query("DELETE FROM plugin_rules WHERE account = ? AND plugin = ?").bind(id).bind(plugin.to_owned())
        }
    };
    query.execute(&mut *connection).await.map_err(failed)?;
    Ok(had)
}

fn stored(rule: &Rule) -> Option<String> {
    match rule {
        Rule::Versions(wanted) => Some(wanted.to_string()),
        Rule::Off => None,
    }
}

fn rule_of(plugin: &str, versions: Option<String>) -> Result<Rule, StoreError> {
    let Some(wanted) = versions else { return Ok(Rule::Off) };
    let parsed = wanted.parse().map(Rule::Versions);
    parsed.map_err(|error| StoreError::Damaged(format!("a rule for the plugin {plugin} is {wanted:?}: {error}")))
}
