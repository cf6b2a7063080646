//! Browsers that are signed in, in SQLite; and since when sessions run.

use super::{SqliteStore, failed};
use crate::store::StoreError;
use crate::store::web::{
    Holder, NewWebSession, WEB_SESSION_NOTED_S, WEB_SESSION_S, WEB_SESSION_UNUSED_S, WebPerson, WebSession,
};
use crate::token::{TokenHash, hex};
use sqlx::{Row, Sqlite, Transaction};

impl Holder {
    /// The row of a rep and that of an operator; one of them.
    fn rows(self) -> (Option<i64>, Option<i64>) {
        match self {
            Self::Rep(rep) => (Some(rep), None),
            Self::Operator(operator) => (None, Some(operator)),
        }
    }
}

pub(super) async fn add(store: &SqliteStore, session: NewWebSession, now_s: i64) -> Result<bool, StoreError> {
    let NewWebSession { token, holder, password_hash, address, agent } = session;
    let (rep, operator) = holder.rows();
    let mut transaction = store.write().await?;
    let added = sqlx::query(
        "INSERT INTO web_sessions (token_hash, rep, operator, created_s, used_s, address, agent)
         SELECT ?, ?, ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM reps WHERE id = ? AND password_hash = ?)
         OR EXISTS (SELECT 1 FROM operators WHERE id = ? AND password_hash = ?)",
    )
    .bind(token.0.to_vec())
    .bind(rep)
    .bind(operator)
    .bind(now_s)
    .bind(now_s)
    .bind(address)
    .bind(agent)
    .bind(rep)
    .bind(password_hash.clone())
    .bind(operator)
    .bind(password_hash)
    .execute(&mut *transaction)
    .await
    .map_err(failed)?
    .rows_affected();
    transaction.commit().await.map_err(failed)?;
    Ok(added > 0)
}

pub(super) async fn take(
    store: &SqliteStore,
    token: TokenHash,
    noted: bool,
    now_s: i64,
) -> Result<Option<WebPerson>, StoreError> {
    let row = sqlx::query(
        "SELECT web_sessions.id, web_sessions.rep, web_sessions.operator, used_s, reps.account,
         coalesce(reps.user, operators.user) AS person_user, coalesce(reps.name, operators.name) AS person_name
         FROM web_sessions LEFT JOIN reps ON reps.id = web_sessions.rep LEFT JOIN accounts ON accounts.id = reps.account
         LEFT JOIN operators ON operators.id = web_sessions.operator
         WHERE token_hash = ? AND used_s >= ? AND web_sessions.created_s >= ? AND (web_sessions.rep IS NULL
         OR (reps.status = 'active' AND reps.role = 'manager' AND accounts.status = 'active'))",
    )
    .bind(token.0.to_vec())
    .bind(now_s.saturating_sub(WEB_SESSION_UNUSED_S))
    .bind(now_s.saturating_sub(WEB_SESSION_S))
    .fetch_optional(&store.pool)
    .await
    .map_err(failed)?;
    let Some(row) = row else { return Ok(None) };
    let session: i64 = row.try_get("id").map_err(failed)?;
    let used_s: i64 = row.try_get("used_s").map_err(failed)?;
    let rep: Option<i64> = row.try_get("rep").map_err(failed)?;
    let operator: Option<i64> = row.try_get("operator").map_err(failed)?;
    let holder = match (rep, operator) {
        (Some(rep), None) => Holder::Rep(rep),
        (None, Some(operator)) => Holder::Operator(operator),
        (None, None) | (Some(_), Some(_)) => return Ok(None),
    };
    if noted && now_s.saturating_sub(used_s) >= WEB_SESSION_NOTED_S {
        let note = sqlx::query("UPDATE web_sessions SET used_s = ? WHERE id = ?").bind(now_s).bind(session);
        // A full disk must not close the pages, which say that it is full.
        if let Err(error) = note.execute(&store.pool).await.map_err(failed) {
            tracing::warn!(%error, "the use of a browser's sign-in could not be noted");
        }
    }
    Ok(Some(WebPerson {
        session,
        holder,
        user: row.try_get("person_user").map_err(failed)?,
        name: row.try_get("person_name").map_err(failed)?,
        account: row.try_get("account").map_err(failed)?,
    }))
}

pub(super) async fn all(store: &SqliteStore, of: Holder, now_s: i64) -> Result<Vec<WebSession>, StoreError> {
    let (rep, operator) = of.rows();
    let rows = sqlx::query(
        "SELECT id, created_s, used_s, address, agent FROM web_sessions
         WHERE (rep = ? OR operator = ?) AND used_s >= ? AND created_s >= ? ORDER BY used_s DESC, id DESC",
    )
    .bind(rep)
    .bind(operator)
    .bind(now_s.saturating_sub(WEB_SESSION_UNUSED_S))
    .bind(now_s.saturating_sub(WEB_SESSION_S))
    .fetch_all(&store.pool)
    .await
    .map_err(failed)?;
    let mut sessions = Vec::with_capacity(rows.len());
    for row in &rows {
        sessions.push(WebSession {
            id: row.try_get("id").map_err(failed)?,
            created_s: row.try_get("created_s").map_err(failed)?,
            used_s: row.try_get("used_s").map_err(failed)?,
            address: row.try_get("address").map_err(failed)?,
            agent: row.try_get("agent").map_err(failed)?,
        });
    }
    Ok(sessions)
}

pub(super) async fn end(store: &SqliteStore, of: Holder, session: i64) -> Result<bool, StoreError> {
    let (rep, operator) = of.rows();
    let ended = sqlx::query("DELETE FROM web_sessions WHERE id = ? AND (rep = ? OR operator = ?)");
    let ended = ended.bind(session).bind(rep).bind(operator).execute(&store.pool).await.map_err(failed)?;
    Ok(ended.rows_affected() > 0)
}

/// Signs every browser of a rep out; how many.
pub(super) async fn end_all(transaction: &mut Transaction<'static, Sqlite>, rep: i64) -> Result<u64, StoreError> {
    let ended = sqlx::query("DELETE FROM web_sessions WHERE rep = ?").bind(rep);
    Ok(ended.execute(&mut **transaction).await.map_err(failed)?.rows_affected())
}

pub(super) async fn running_since(store: &SqliteStore, account: i64) -> Result<Vec<(String, i64)>, StoreError> {
    let rows: Vec<(Vec<u8>, i64)> = sqlx::query_as(
        "SELECT sessions.id, sessions.started_s FROM sessions JOIN reps ON reps.id = sessions.rep
         WHERE ended_s IS NULL AND reps.account = ?",
    )
    .bind(account)
    .fetch_all(&store.pool)
    .await
    .map_err(failed)?;
    Ok(rows.into_iter().map(|(id, started_s)| (hex(&id), started_s)).collect())
}
