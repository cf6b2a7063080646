//! The audit log as it is read, in SQLite.

use super::{SqliteStore, failed};
use crate::store::StoreError;
use crate::store::web::{AuditFilter, AuditRow};
use crate::token::hex;
use sqlx::{QueryBuilder, Row, Sqlite};

pub(super) async fn newest(
    store: &SqliteStore,
    filter: AuditFilter,
    lines_max: u32,
) -> Result<Vec<AuditRow>, StoreError> {
    let AuditFilter { account, kind, rep, from_s, until_s, before } = filter;
    let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(
        "SELECT audit.id, at_s, kind, session, detail, accounts.name AS account_name, reps.user, reps.name
         FROM audit LEFT JOIN reps ON reps.id = audit.rep LEFT JOIN accounts ON accounts.id = audit.account WHERE true",
    );
    if let Some(account) = account {
        query.push(" AND audit.account = ").push_bind(account);
    }
    if let Some(kind) = kind {
        query.push(" AND kind = ").push_bind(kind);
    }
    if let Some(rep) = rep {
        query.push(" AND audit.rep = ").push_bind(rep);
    }
    if let Some(from_s) = from_s {
        query.push(" AND at_s >= ").push_bind(from_s);
    }
    if let Some(until_s) = until_s {
        query.push(" AND at_s < ").push_bind(until_s);
    }
    if let Some(before) = before {
        query.push(" AND audit.id < ").push_bind(before);
    }
    query.push(" ORDER BY audit.id DESC LIMIT ").push_bind(lines_max);
    let rows = query.build().fetch_all(&store.pool).await.map_err(failed)?;
    let mut lines = Vec::with_capacity(rows.len());
    for row in &rows {
        let session: Option<Vec<u8>> = row.try_get("session").map_err(failed)?;
        lines.push(AuditRow {
            id: row.try_get("id").map_err(failed)?,
            at_s: row.try_get("at_s").map_err(failed)?,
            kind: row.try_get("kind").map_err(failed)?,
            account_name: row.try_get("account_name").map_err(failed)?,
            user: row.try_get("user").map_err(failed)?,
            name: row.try_get("name").map_err(failed)?,
            session: session.map(|id| hex(&id)),
            detail: row.try_get("detail").map_err(failed)?,
        });
    }
    Ok(lines)
}
