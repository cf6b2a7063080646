//! Unused join codes in SQLite, without their secret half, which no relay ever has.

use super::{SqliteStore, failed, licences};
use crate::hub::{CodeRecord, RepIdentity};
use crate::store::StoreError;
use lotse_protocol::control::SessionId;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Row, Sqlite};
use std::collections::BTreeSet;
use std::collections::hash_map::{Entry, HashMap};

/// Codes that have time left, each with the features that its account has now.
pub(super) async fn unused(store: &SqliteStore, now_s: i64) -> Result<Vec<CodeRecord>, StoreError> {
    let rows = sqlx::query(
        "SELECT codes.*, sign_ins.rep, reps.name AS rep_name, reps.account, accounts.name AS account_name
         FROM codes JOIN sign_ins ON sign_ins.id = codes.sign_in JOIN reps ON reps.id = sign_ins.rep
         JOIN accounts ON accounts.id = reps.account WHERE codes.expires_s > ? ORDER BY codes.expires_s",
    );
    let rows = rows.bind(now_s).fetch_all(&store.pool).await.map_err(failed)?;
    let mut features: HashMap<i64, BTreeSet<String>> = HashMap::new();
    let mut codes = Vec::with_capacity(rows.len());
    for row in &rows {
        let Some(mut code) = record(row, now_s)? else {
            tracing::warn!("a stored join code makes no sense and is left out");
            continue;
        };
        let account = code.owner.account;
        if let Entry::Vacant(missing) = features.entry(account) {
            missing.insert(licences::features_of(store, account, now_s).await?);
        }
        code.features = features.get(&account).cloned().unwrap_or_default();
        codes.push(code);
    }
    Ok(codes)
}

fn record(row: &SqliteRow, now_s: i64) -> Result<Option<CodeRecord>, StoreError> {
    let session: Vec<u8> = row.try_get("session").map_err(failed)?;
    let nameplate: i64 = row.try_get("nameplate").map_err(failed)?;
    let attempts_left: i64 = row.try_get("attempts_left").map_err(failed)?;
    let expires_s: i64 = row.try_get("expires_s").map_err(failed)?;
    let owner = RepIdentity {
        sign_in: row.try_get("sign_in").map_err(failed)?,
        rep: row.try_get("rep").map_err(failed)?,
        account: row.try_get("account").map_err(failed)?,
        name: row.try_get("rep_name").map_err(failed)?,
        account_name: row.try_get("account_name").map_err(failed)?,
    };
    let (Ok(session), Ok(nameplate), Ok(attempts_left), Ok(left_s)) = (
        <[u8; 16]>::try_from(session),
        u32::try_from(nameplate),
        u8::try_from(attempts_left),
        u64::try_from(expires_s.saturating_sub(now_s)),
    ) else {
        return Ok(None);
    };
    Ok(Some(CodeRecord {
        session: SessionId(session),
        nameplate,
        owner,
        features: BTreeSet::new(),
        attempts_left,
        expires_in_ms: left_s.saturating_mul(1000),
    }))
}

type Query = sqlx::query::Query<'static, Sqlite, SqliteArguments>;

/// Writes a code or its newer state. One whose sign-in is gone goes with it.
pub(super) fn keep(code: &CodeRecord, now_s: i64) -> Query {
    let left_s = i64::try_from(code.expires_in_ms / 1000).unwrap_or(i64::MAX);
    sqlx::query(
        "INSERT INTO codes (session, sign_in, nameplate, attempts_left, expires_s)
         SELECT ?, id, ?, ?, ? FROM sign_ins WHERE id = ?
         ON CONFLICT (session) DO UPDATE SET attempts_left = excluded.attempts_left",
    )
    .bind(code.session.0.to_vec())
    .bind(i64::from(code.nameplate))
    .bind(i64::from(code.attempts_left))
    .bind(now_s.saturating_add(left_s))
    .bind(code.owner.sign_in)
}

pub(super) fn forget(session: SessionId) -> Query {
    sqlx::query("DELETE FROM codes WHERE session = ?").bind(session.0.to_vec())
}
