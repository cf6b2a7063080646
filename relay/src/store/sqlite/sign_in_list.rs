//! Sign-ins that somebody else looks at and ends, in SQLite.

use super::{SqliteStore, failed, passwords, web_sessions};
use crate::store::{SIGN_IN_UNUSED_S, SignInList, SignInRecord, SignInsEnded, StoreError};
use sqlx::{Sqlite, Transaction};

#[async_trait::async_trait]
impl SignInList for SqliteStore {
    async fn sign_ins_of(&self, user: &str, now_s: i64) -> Result<Vec<SignInRecord>, StoreError> {
        let mut transaction = self.pool.begin().await.map_err(failed)?;
        let (_, rep) = rep_of(&mut transaction, user).await?;
        let rows: Vec<(i64, i64, i64, bool)> = sqlx::query_as(
            "SELECT id, created_s, used_s, seat_s IS NOT NULL FROM sign_ins WHERE rep = ? AND used_s >= ? ORDER BY id",
        )
        .bind(rep)
        .bind(now_s.saturating_sub(SIGN_IN_UNUSED_S))
        .fetch_all(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        let record = |(number, since_s, used_s, has_seat)| SignInRecord { number, since_s, used_s, has_seat };
        Ok(rows.into_iter().map(record).collect())
    }

    async fn end_sign_ins(&self, user: &str, only: Option<i64>, now_s: i64) -> Result<SignInsEnded, StoreError> {
        let mut transaction = self.write().await?;
        let (account, rep) = rep_of(&mut transaction, user).await?;
        let (browsers, numbers) = match only {
            None => {
                let browsers = web_sessions::end_all(&mut transaction, rep).await?;
                (browsers, end_all(&mut transaction, rep, now_s).await?)
            }
            Some(number) => (0, end_one(&mut transaction, rep, number, now_s).await?),
        };
        transaction.commit().await.map_err(failed)?;
        Ok(SignInsEnded { account, rep, numbers, browsers })
    }
}

/// The account's row and the rep's.
pub(super) async fn rep_of(
    transaction: &mut Transaction<'static, Sqlite>,
    user: &str,
) -> Result<(i64, i64), StoreError> {
    let found = sqlx::query_as("SELECT account, id FROM reps WHERE user = ?").bind(user.to_owned());
    let found: Option<(i64, i64)> = found.fetch_optional(&mut **transaction).await.map_err(failed)?;
    found.ok_or_else(|| StoreError::NoRep(user.to_owned()))
}

/// Ends every sign-in of a rep, with what a relay that does not run now would take up again of them.
pub(super) async fn end_all(
    transaction: &mut Transaction<'static, Sqlite>,
    rep: i64,
    now_s: i64,
) -> Result<Vec<i64>, StoreError> {
    let ended = sqlx::query_scalar("SELECT id FROM sign_ins WHERE rep = ? ORDER BY id").bind(rep);
    let ended: Vec<i64> = ended.fetch_all(&mut **transaction).await.map_err(failed)?;
    for number in &ended {
        note(transaction, *number, now_s).await?;
    }
    passwords::end_sign_ins(transaction, rep).await?;
    Ok(ended)
}

/// Whose sessions are whose is not stored: one that runs goes on until the relay, which knows it, ends it.
async fn end_one(
    transaction: &mut Transaction<'static, Sqlite>,
    rep: i64,
    number: i64,
    now_s: i64,
) -> Result<Vec<i64>, StoreError> {
    let gone = sqlx::query("DELETE FROM sign_ins WHERE rep = ? AND id = ?").bind(rep).bind(number);
    if gone.execute(&mut **transaction).await.map_err(failed)?.rows_affected() == 0 {
        return Ok(vec![]);
    }
    note(transaction, number, now_s).await?;
    Ok(vec![number])
}

async fn note(transaction: &mut Transaction<'static, Sqlite>, number: i64, now_s: i64) -> Result<(), StoreError> {
    let noted =
        sqlx::query("INSERT INTO ended_sign_ins (sign_in, at_s) VALUES (?, ?) ON CONFLICT (sign_in) DO NOTHING");
    noted.bind(number).bind(now_s).execute(&mut **transaction).await.map(drop).map_err(failed)
}
