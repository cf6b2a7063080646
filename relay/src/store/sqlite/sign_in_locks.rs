//! Locked user IDs in SQLite.

use super::{SqliteStore, failed};
use crate::store::{SIGN_IN_LOCKS_MAX, SignInLocks, StoreError, user_hash};
use crate::token::TokenHash;
use sqlx::{Sqlite, Transaction};

#[async_trait::async_trait]
impl SignInLocks for SqliteStore {
    async fn lock_user(&self, user: TokenHash, until_s: i64, now_s: i64) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let over = sqlx::query("DELETE FROM sign_in_locks WHERE until_s <= ?").bind(now_s);
        over.execute(&mut *transaction).await.map_err(failed)?;
        let beyond = sqlx::query(
            "DELETE FROM sign_in_locks WHERE user_hash IN (SELECT user_hash FROM sign_in_locks ORDER BY until_s
             LIMIT max(0, (SELECT count(*) FROM sign_in_locks) - ?))",
        );
        beyond.bind(SIGN_IN_LOCKS_MAX - 1).execute(&mut *transaction).await.map_err(failed)?;
        let locked = sqlx::query(
            "INSERT INTO sign_in_locks (user_hash, until_s) VALUES (?, ?)
             ON CONFLICT (user_hash) DO UPDATE SET until_s = excluded.until_s",
        );
        locked.bind(user.0.to_vec()).bind(until_s).execute(&mut *transaction).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    async fn locked_until(&self, user: TokenHash, now_s: i64) -> Result<Option<i64>, StoreError> {
        sqlx::query_scalar("SELECT until_s FROM sign_in_locks WHERE user_hash = ? AND until_s > ?")
            .bind(user.0.to_vec())
            .bind(now_s)
            .fetch_optional(&self.pool)
            .await
            .map_err(failed)
    }

    async fn unlock_user(&self, user: TokenHash, now_s: i64) -> Result<bool, StoreError> {
        let opened: Option<i64> = sqlx::query_scalar("DELETE FROM sign_in_locks WHERE user_hash = ? RETURNING until_s")
            .bind(user.0.to_vec())
            .fetch_optional(&self.pool)
            .await
            .map_err(failed)?;
        Ok(opened.is_some_and(|until_s| until_s > now_s))
    }
}

/// Opens the ID of a rep whose password is set anew. An earlier relay let operators have reps' IDs: those stay shut.
pub(super) async fn open(transaction: &mut Transaction<'static, Sqlite>, user: &str) -> Result<(), StoreError> {
    let opened = sqlx::query(
        "DELETE FROM sign_in_locks WHERE user_hash = ? AND NOT EXISTS (SELECT 1 FROM operators WHERE user = ?)",
    );
    let opened = opened.bind(user_hash(user).0.to_vec()).bind(user.to_owned());
    opened.execute(&mut **transaction).await.map(drop).map_err(failed)
}
