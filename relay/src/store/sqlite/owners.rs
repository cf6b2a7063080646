//! Whose plugins' ids are, in SQLite. A key that makes no sense is damage and no free id.

use super::{SqliteStore, failed};
use crate::registry::PluginOwners;
use crate::store::StoreError;
use lotse_package::PublicKey;
use sqlx::{Row, Sqlite, Transaction};

pub(super) async fn all(store: &SqliteStore) -> Result<PluginOwners, StoreError> {
    let rows = sqlx::query("SELECT id, key FROM plugin_owners").fetch_all(&store.pool).await.map_err(failed)?;
    let mut owners = PluginOwners::new();
    for row in &rows {
        let id: String = row.try_get("id").map_err(failed)?;
        let key: Vec<u8> = row.try_get("key").map_err(failed)?;
        let Ok(key) = <[u8; 32]>::try_from(key) else {
            return Err(StoreError::Damaged(format!("the owner of the plugin {id} is no key")));
        };
        owners.insert(id, PublicKey::from_bytes(key));
    }
    Ok(owners)
}

pub(super) async fn add(store: &SqliteStore, owners: &PluginOwners) -> Result<(), StoreError> {
    // Nothing is new at most starts, and then a full disk is no matter.
    if owners.is_empty() {
        return Ok(());
    }
    let mut transaction = store.write().await?;
    insert(&mut transaction, owners).await?;
    transaction.commit().await.map_err(failed)
}

/// One that has an owner keeps it.
pub(super) async fn insert(
    transaction: &mut Transaction<'static, Sqlite>,
    owners: &PluginOwners,
) -> Result<(), StoreError> {
    for (id, key) in owners {
        sqlx::query("INSERT INTO plugin_owners (id, key) VALUES (?, ?) ON CONFLICT (id) DO NOTHING")
            .bind(id)
            .bind(key.as_bytes().to_vec())
            .execute(&mut **transaction)
            .await
            .map_err(failed)?;
    }
    Ok(())
}

pub(super) async fn release(store: &SqliteStore, id: &str) -> Result<bool, StoreError> {
    let deleted = sqlx::query("DELETE FROM plugin_owners WHERE id = ?").bind(id).execute(&store.pool).await;
    deleted.map(|done| done.rows_affected() > 0).map_err(failed)
}
