//! Sessions that were begun beside another, in SQLite.

use super::{SqliteStore, failed};
use crate::hub::{BesideRecord, Joined};
use crate::store::{HandOverStore, StoreError};
use lotse_protocol::control::SessionId;
use lotse_protocol::handover::Purpose;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Row, Sqlite};

#[async_trait::async_trait]
impl HandOverStore for SqliteStore {
    async fn besides(&self) -> Result<Vec<BesideRecord>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, beside, joined, watches,
             EXISTS (SELECT 1 FROM take_overs WHERE take_overs.session = sessions.id) AS took_over
             FROM sessions WHERE ended_s IS NULL AND beside IS NOT NULL",
        );
        let rows = rows.fetch_all(&self.pool).await.map_err(failed)?;
        let mut besides = Vec::with_capacity(rows.len());
        for row in &rows {
            match (id(row, "id")?, id(row, "beside")?) {
                (Some(session), Some(first)) => {
                    besides.push(BesideRecord { session, first, joined: joined(row)? });
                }
                (None, _) | (_, None) => tracing::warn!("a stored session's neighbour makes no sense and is left out"),
            }
        }
        Ok(besides)
    }

    async fn team_names(&self, account: i64) -> Result<Vec<(i64, String)>, StoreError> {
        let names = sqlx::query_as::<Sqlite, (i64, String)>(
            "SELECT id, name FROM teams WHERE account = ?1
             AND EXISTS (SELECT 1 FROM team_reps WHERE team_reps.team = teams.id) ORDER BY name, id",
        );
        names.bind(account).fetch_all(&self.pool).await.map_err(failed)
    }

    async fn managers_watch(&self, account: i64) -> Result<bool, StoreError> {
        let may = sqlx::query_scalar("SELECT managers_watch = 1 FROM accounts WHERE id = ?").bind(account);
        let may: Option<bool> = may.fetch_optional(&self.pool).await.map_err(failed)?;
        Ok(may.unwrap_or(false))
    }

    async fn set_managers_watch(&self, account: i64, on: bool) -> Result<bool, StoreError> {
        let mut transaction = self.write().await?;
        let set = sqlx::query("UPDATE accounts SET managers_watch = ? WHERE id = ?").bind(on).bind(account);
        let set = set.execute(&mut *transaction).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(set.rows_affected() > 0)
    }
}

fn id(row: &SqliteRow, column: &str) -> Result<Option<SessionId>, StoreError> {
    let bytes: Vec<u8> = row.try_get(column).map_err(failed)?;
    Ok(bytes.try_into().ok().map(SessionId))
}

/// As what its rep is there: whoever has taken another's place is there for that, whatever they came for.
fn joined(row: &SqliteRow) -> Result<Option<Joined>, StoreError> {
    let took_over: bool = row.try_get("took_over").map_err(failed)?;
    if took_over {
        return Ok(Some(Joined { purpose: Purpose::TakeOver, watches: false }));
    }
    let watches: i64 = row.try_get("watches").map_err(failed)?;
    Ok(purpose(row)?.map(|purpose| Joined { purpose, watches: watches != 0 }))
}

/// What the rep of a session came for; `None`: theirs is the first, or it is not known.
pub(super) fn purpose(row: &SqliteRow) -> Result<Option<Purpose>, StoreError> {
    let name: Option<String> = row.try_get("joined").map_err(failed)?;
    let all = [Purpose::TakeOver, Purpose::Join, Purpose::Observe];
    Ok(name.and_then(|name| all.into_iter().find(|purpose| purpose.name() == name)))
}

/// Notes which session another was begun beside, and what for. What was noted first stays what its rep came for.
pub(super) fn keep(
    session: SessionId,
    first: SessionId,
    joined: Joined,
) -> sqlx::query::Query<'static, Sqlite, SqliteArguments> {
    sqlx::query("UPDATE sessions SET beside = ?, joined = coalesce(joined, ?), watches = ? WHERE id = ?")
        .bind(first.0.to_vec())
        .bind(joined.purpose.name())
        .bind(joined.watches)
        .bind(session.0.to_vec())
}

/// Notes that a rep who was there already took another's place.
pub(super) fn take_over(
    session: SessionId,
    place_of: SessionId,
    now_s: i64,
) -> sqlx::query::Query<'static, Sqlite, SqliteArguments> {
    sqlx::query(
        "INSERT INTO take_overs (session, place_of, at_s) SELECT id, ?, ? FROM sessions WHERE id = ?
         ON CONFLICT (session, place_of) DO NOTHING",
    )
    .bind(place_of.0.to_vec())
    .bind(now_s)
    .bind(session.0.to_vec())
}

/// Takes a session's notes along into another. What was carried there from it before grows with it, until the other's own rep
/// writes something else.
pub(super) fn carry_notes(
    from: SessionId,
    to: SessionId,
    now_s: i64,
) -> sqlx::query::Query<'static, Sqlite, SqliteArguments> {
    sqlx::query(
        "INSERT INTO notes (session, revision, text, changed_s, carried_from)
         SELECT ?1, 1, text, ?2, ?3 FROM notes
         WHERE session = ?3 AND text <> '' AND EXISTS (SELECT 1 FROM sessions WHERE id = ?1)
         ON CONFLICT (session) DO UPDATE SET revision = notes.revision + 1, text = excluded.text,
             changed_s = excluded.changed_s, carried_from = excluded.carried_from
         WHERE notes.text <> excluded.text
             AND (notes.carried_from = excluded.carried_from
                  OR substr(excluded.text, 1, length(notes.text)) = notes.text)",
    )
    .bind(to.0.to_vec())
    .bind(now_s)
    .bind(from.0.to_vec())
}
