//! Values that an account's reps share, in SQLite. Whoever changes a key holds the database meanwhile, so two who have seen the
//! same change cannot both be first.

use super::{SqliteStore, failed};
use crate::store::{SharedValues, StoreError};
use lotse_protocol::shared::{KEYS_MAX, PLUGINS_MAX, SharedRefusal, SharedValue, TOTAL_BYTES_MAX};
use sqlx::SqliteConnection;

#[async_trait::async_trait]
impl SharedValues for SqliteStore {
    async fn shared_values(&self, account: i64, plugin: &str) -> Result<(u64, Vec<SharedValue>), StoreError> {
        // In one look, so that the number is of what stands beside it.
        let mut transaction = self.pool.begin().await.map_err(failed)?;
        let revision = revision_of(&mut transaction, account, plugin).await?.unwrap_or(0);
        let rows: Vec<(String, i64, Vec<u8>)> = sqlx::query_as(
            "SELECT key, revision, data FROM shared_values WHERE account = ? AND plugin = ? ORDER BY key",
        )
        .bind(account)
        .bind(plugin.to_owned())
        .fetch_all(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        let value = |(key, revision, data)| SharedValue { key, revision: counted(revision), data: Some(data) };
        Ok((counted(revision), rows.into_iter().map(value).collect()))
    }

    async fn set_shared(
        &self,
        account: i64,
        plugin: &str,
        value: &SharedValue,
    ) -> Result<Result<u64, SharedRefusal>, StoreError> {
        let SharedValue { key, revision: seen, data } = value;
        let mut transaction = self.write().await?;
        let there: Option<i64> =
            sqlx::query_scalar("SELECT revision FROM shared_values WHERE account = ? AND plugin = ? AND key = ?")
                .bind(account)
                .bind(plugin.to_owned())
                .bind(key.clone())
                .fetch_optional(&mut *transaction)
                .await
                .map_err(failed)?;
        if counted(there.unwrap_or(0)) != *seen {
            return Ok(Err(SharedRefusal::Changed));
        }
        if data.is_none() && there.is_none() {
            return Ok(Ok(0));
        }
        if let Some(data) = data
            && !has_room(&mut transaction, account, plugin, (key.as_str(), data.as_slice())).await?
        {
            return Ok(Err(SharedRefusal::Limit));
        }
        let revision = next_revision(&mut transaction, account, plugin).await?;
        match data {
            Some(data) => put(&mut transaction, (account, plugin, key.as_str()), revision, data).await?,
            None => {
                sqlx::query("DELETE FROM shared_values WHERE account = ? AND plugin = ? AND key = ?")
                    .bind(account)
                    .bind(plugin.to_owned())
                    .bind(key.clone())
                    .execute(&mut *transaction)
                    .await
                    .map_err(failed)?;
            }
        }
        transaction.commit().await.map_err(failed)?;
        Ok(Ok(counted(revision)))
    }
}

/// Numbers of changes are never negative.
fn counted(revision: i64) -> u64 {
    u64::try_from(revision).unwrap_or(0)
}

async fn revision_of(connection: &mut SqliteConnection, account: i64, plugin: &str) -> Result<Option<i64>, StoreError> {
    sqlx::query_scalar("SELECT revision FROM shared_revisions WHERE account = ? AND plugin = ?")
        .bind(account)
        .bind(plugin.to_owned())
        .fetch_optional(connection)
        .await
        .map_err(failed)
}

async fn next_revision(connection: &mut SqliteConnection, account: i64, plugin: &str) -> Result<i64, StoreError> {
    sqlx::query_scalar(
        "INSERT INTO shared_revisions (account, plugin, revision) VALUES (?, ?, 1)
         ON CONFLICT (account, plugin) DO UPDATE SET revision = revision + 1 RETURNING revision",
    )
    .bind(account)
    .bind(plugin.to_owned())
    .fetch_one(connection)
    .await
    .map_err(failed)
}

async fn put(
    connection: &mut SqliteConnection,
    (account, plugin, key): (i64, &str, &str),
    revision: i64,
    data: &[u8],
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO shared_values (account, plugin, key, revision, data) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (account, plugin, key) DO UPDATE SET revision = excluded.revision, data = excluded.data",
    )
    .bind(account)
    .bind(plugin.to_owned())
    .bind(key.to_owned())
    .bind(revision)
    .bind(data.to_vec())
    .execute(connection)
    .await
    .map(drop)
    .map_err(failed)
}

/// Whether the account may keep this beside what the plugin, and others, keep already.
async fn has_room(
    connection: &mut SqliteConnection,
    account: i64,
    plugin: &str,
    (key, data): (&str, &[u8]),
) -> Result<bool, StoreError> {
    if revision_of(connection, account, plugin).await?.is_none() {
        let plugins: i64 = sqlx::query_scalar("SELECT count(*) FROM shared_revisions WHERE account = ?")
            .bind(account)
            .fetch_one(&mut *connection)
            .await
            .map_err(failed)?;
        if usize::try_from(plugins).unwrap_or(usize::MAX) >= PLUGINS_MAX {
            return Ok(false);
        }
    }
    let (keys, bytes): (i64, i64) = sqlx::query_as(
        "SELECT count(*), coalesce(sum(length(CAST(key AS BLOB)) + length(data)), 0) FROM shared_values
         WHERE account = ? AND plugin = ? AND key <> ?",
    )
    .bind(account)
    .bind(plugin.to_owned())
    .bind(key.to_owned())
    .fetch_one(connection)
    .await
    .map_err(failed)?;
    let whole = usize::try_from(bytes).unwrap_or(usize::MAX).saturating_add(key.len() + data.len());
    Ok(usize::try_from(keys).unwrap_or(usize::MAX) < KEYS_MAX && whole <= TOTAL_BYTES_MAX)
}
