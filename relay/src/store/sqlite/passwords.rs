//! Passwords that are set anew, in SQLite. Each ends the rep's sign-ins: whoever has the old one has no token of it either.

use super::{SqliteStore, failed, sign_in_locks};
use crate::store::StoreError;
use sqlx::{Sqlite, Transaction};

pub(super) async fn reset(store: &SqliteStore, user: &str, password_hash: String) -> Result<(i64, i64), StoreError> {
    let mut transaction = store.write().await?;
    let found: Option<(i64, i64)> = sqlx::query_as(
        "UPDATE reps SET password_hash = ?, must_change = 1, signed_out = (SELECT sign_in FROM counters)
         WHERE user = ? RETURNING account, id",
    )
    .bind(password_hash)
    .bind(user.to_owned())
    .fetch_optional(&mut *transaction)
    .await
    .map_err(failed)?;
    let (account, rep) = found.ok_or_else(|| StoreError::NoRep(user.to_owned()))?;
    end_sign_ins(&mut transaction, rep).await?;
    // Whoever guessed at the old one has learned nothing of this one.
    sign_in_locks::open(&mut transaction, user).await?;
    transaction.commit().await.map_err(failed)?;
    Ok((account, rep))
}

pub(super) async fn choose(
    store: &SqliteStore,
    rep: i64,
    old_hash: &str,
    password_hash: String,
) -> Result<bool, StoreError> {
    let mut transaction = store.write().await?;
    let changed = sqlx::query(
        "UPDATE reps SET password_hash = ?, must_change = 0, signed_out = (SELECT sign_in FROM counters)
         WHERE id = ? AND password_hash = ?",
    );
    let changed = changed.bind(password_hash).bind(rep).bind(old_hash.to_owned());
    if changed.execute(&mut *transaction).await.map_err(failed)?.rows_affected() == 0 {
        return Ok(false);
    }
    end_sign_ins(&mut transaction, rep).await?;
    transaction.commit().await.map_err(failed)?;
    Ok(true)
}

/// Those of consoles and of browsers, with what a relay that does not run now would take up again of them.
pub(super) async fn end_sign_ins(transaction: &mut Transaction<'static, Sqlite>, rep: i64) -> Result<(), StoreError> {
    for ended in [
        "UPDATE sessions SET ended_s = unixepoch(), end_reason = 'RepEnded', rep_token = NULL, customer_token = NULL
         WHERE rep = ? AND ended_s IS NULL",
        "DELETE FROM sign_ins WHERE rep = ?",
        "DELETE FROM web_sessions WHERE rep = ?",
    ] {
        sqlx::query(ended).bind(rep).execute(&mut **transaction).await.map_err(failed)?;
    }
    Ok(())
}
