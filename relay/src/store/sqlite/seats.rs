//! Who has a seat, in SQLite: a relay that starts again gives nobody's seat to whoever happens to come first.

use super::{SqliteStore, failed};
use crate::hub::{RepIdentity, SeatRecord};
use crate::store::{SIGN_IN_UNUSED_S, StoreError};
use sqlx::sqlite::SqliteArguments;
use sqlx::{Row, Sqlite};

pub(super) async fn all(store: &SqliteStore, now_s: i64) -> Result<Vec<SeatRecord>, StoreError> {
    let rows = sqlx::query(
        "SELECT sign_ins.id, sign_ins.rep, seat_s, reps.name AS rep_name, reps.account, accounts.name AS account_name
         FROM sign_ins JOIN reps ON reps.id = sign_ins.rep JOIN accounts ON accounts.id = reps.account
         WHERE seat_s IS NOT NULL AND used_s >= ? ORDER BY seat_s, sign_ins.id",
    );
    let rows = rows.bind(now_s.saturating_sub(SIGN_IN_UNUSED_S)).fetch_all(&store.pool).await.map_err(failed)?;
    let mut seats = Vec::with_capacity(rows.len());
    for row in &rows {
        let since_s: i64 = row.try_get("seat_s").map_err(failed)?;
        let rep = RepIdentity {
            sign_in: row.try_get("id").map_err(failed)?,
            rep: row.try_get("rep").map_err(failed)?,
            account: row.try_get("account").map_err(failed)?,
            name: row.try_get("rep_name").map_err(failed)?,
            account_name: row.try_get("account_name").map_err(failed)?,
        };
        // A clock that was set back makes it new.
        let held_ms = u64::try_from(now_s.saturating_sub(since_s)).unwrap_or(0).saturating_mul(1000);
        seats.push(SeatRecord { rep, held_ms });
    }
    Ok(seats)
}

type Query = sqlx::query::Query<'static, Sqlite, SqliteArguments>;

/// Gives a sign-in a seat since now, or takes it. One that is gone stays so.
pub(super) fn keep(sign_in: i64, held: bool, now_s: i64) -> Query {
    sqlx::query("UPDATE sign_ins SET seat_s = ? WHERE id = ?").bind(held.then_some(now_s)).bind(sign_in)
}

/// Ends a sign-in: its token is worth nothing any more.
pub(super) fn end(sign_in: i64) -> Query {
    sqlx::query("DELETE FROM sign_ins WHERE id = ?").bind(sign_in)
}
