//! Reps and sign-ins in SQLite.

use super::user_ids::{self, Owner};
use super::{SqliteStore, failed, licences, sign_in_locks};
use crate::hub::People;
use crate::store::{ENDED_SIGN_INS_MAX, NewRep, Rep, RepChange, RepStatus, Role, SIGN_IN_UNUSED_S, StoreError};
use crate::token::TokenHash;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

pub(super) async fn add_rep(store: &SqliteStore, rep: NewRep, now_s: i64) -> Result<(i64, i64), StoreError> {
    let NewRep { account, user, name, password_hash, contact, role } = rep;
    let mut transaction = store.write().await?;
    match user_ids::owner(&mut transaction, &user).await? {
        None => {}
        Some(Owner::Rep(of)) => return Err(StoreError::UserTaken(user, of)),
        Some(Owner::Operator) => return Err(StoreError::OperatorsUser(user)),
    }
    let found: Option<i64> = sqlx::query_scalar("SELECT id FROM accounts WHERE name = ?")
        .bind(&account)
        .fetch_optional(&mut *transaction)
        .await
        .map_err(failed)?;
    let account = match found {
        Some(id) => id,
        None => {
            let id: i64 = sqlx::query_scalar("INSERT INTO accounts (name, created_s) VALUES (?, ?) RETURNING id")
                .bind(&account)
                .bind(now_s)
                .fetch_one(&mut *transaction)
                .await
                .map_err(failed)?;
            licences::give_to_new(&mut transaction, id).await?;
            id
        }
    };
    if let Some(contact) = contact {
        let update = sqlx::query("UPDATE accounts SET contact = ? WHERE id = ?");
        update.bind(contact).bind(account).execute(&mut *transaction).await.map_err(failed)?;
    }
    let rep: i64 = sqlx::query_scalar(
        "INSERT INTO reps (account, user, name, password_hash, role, created_s) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
    )
    .bind(account)
    .bind(user.clone())
    .bind(name)
    .bind(password_hash)
    .bind(role.name())
    .bind(now_s)
    .fetch_one(&mut *transaction)
    .await
    .map_err(failed)?;
    // Whoever guessed at this user before there was one has learned nothing.
    sign_in_locks::open(&mut transaction, &user).await?;
    transaction.commit().await.map_err(failed)?;
    Ok((account, rep))
}

pub(super) async fn rep_by_user(store: &SqliteStore, user: &str) -> Result<Option<Rep>, StoreError> {
    let row = sqlx::query(
        "SELECT reps.*, accounts.name AS account_name, accounts.contact, accounts.status AS account_status, accounts.seats
         FROM reps JOIN accounts ON accounts.id = reps.account WHERE user = ?",
    );
    row.bind(user).fetch_optional(&store.pool).await.map_err(failed)?.map(|row| rep_of(&row)).transpose()
}

pub(super) async fn reps(store: &SqliteStore) -> Result<Vec<Rep>, StoreError> {
    let rows = sqlx::query(
        "SELECT reps.*, accounts.name AS account_name, accounts.contact, accounts.status AS account_status, accounts.seats
         FROM reps JOIN accounts ON accounts.id = reps.account ORDER BY accounts.name, user",
    );
    rows.fetch_all(&store.pool).await.map_err(failed)?.iter().map(rep_of).collect()
}

fn rep_of(row: &SqliteRow) -> Result<Rep, StoreError> {
    let status: String = row.try_get("status").map_err(failed)?;
    let account_status: String = row.try_get("account_status").map_err(failed)?;
    Ok(Rep {
        id: row.try_get("id").map_err(failed)?,
        user: row.try_get("user").map_err(failed)?,
        name: row.try_get("name").map_err(failed)?,
        password_hash: row.try_get("password_hash").map_err(failed)?,
        active: status == "active" && account_status == "active",
        role: row.try_get("role").map_err(failed)?,
        must_change: row.try_get("must_change").map_err(failed)?,
        account: row.try_get("account").map_err(failed)?,
        account_name: row.try_get("account_name").map_err(failed)?,
        contact: row.try_get("contact").map_err(failed)?,
        seats: row.try_get("seats").map_err(failed)?,
    })
}

pub(super) async fn change_rep(store: &SqliteStore, user: &str, change: RepChange) -> Result<(i64, i64), StoreError> {
    let RepChange { status, role } = change;
    let changed = sqlx::query_as(
        "UPDATE reps SET status = coalesce(?, status), role = coalesce(?, role) WHERE user = ? RETURNING account, id",
    );
    let changed = changed.bind(status.map(RepStatus::name)).bind(role.map(Role::name)).bind(user.to_owned());
    let found: Option<(i64, i64)> = changed.fetch_optional(&store.pool).await.map_err(failed)?;
    found.ok_or_else(|| StoreError::NoRep(user.to_owned()))
}

/// In one look, so that the version is of what stands beside it.
pub(super) async fn all_standing(store: &SqliteStore) -> Result<(i64, People), StoreError> {
    let mut transaction = store.pool.begin().await.map_err(failed)?;
    let version: i64 =
        sqlx::query_scalar("SELECT people FROM counters").fetch_one(&mut *transaction).await.map_err(failed)?;
    let mut people = People::default();
    let rows: Vec<(i64, Option<u32>)> =
        sqlx::query_as("SELECT id, seats FROM accounts").fetch_all(&mut *transaction).await.map_err(failed)?;
    people.seats.extend(rows);
    // Of most reps there is nothing to be said.
    let rows: Vec<(i64, bool, i64)> = sqlx::query_as(
        "SELECT reps.id, reps.status = 'active' AND accounts.status = 'active', signed_out
         FROM reps JOIN accounts ON accounts.id = reps.account
         WHERE reps.status <> 'active' OR accounts.status <> 'active' OR signed_out > 0",
    )
    .fetch_all(&mut *transaction)
    .await
    .map_err(failed)?;
    for (rep, active, signed_out) in rows {
        if !active {
            people.inactive.insert(rep);
        }
        people.signed_out.insert(rep, signed_out);
    }
    let watchers = sqlx::query_scalar(
        "SELECT reps.id FROM reps JOIN accounts ON accounts.id = reps.account
         WHERE accounts.managers_watch = 1 AND accounts.status = 'active'
         AND reps.role = 'manager' AND reps.status = 'active'",
    );
    let watchers: Vec<i64> = watchers.fetch_all(&mut *transaction).await.map_err(failed)?;
    people.watchers.extend(watchers);
    let ended = sqlx::query_scalar("SELECT sign_in FROM ended_sign_ins ORDER BY at_s DESC, sign_in DESC LIMIT ?");
    let ended: Vec<i64> = ended.bind(ENDED_SIGN_INS_MAX).fetch_all(&mut *transaction).await.map_err(failed)?;
    people.ended.extend(ended);
    transaction.commit().await.map_err(failed)?;
    Ok((version, people))
}

pub(super) async fn add_sign_in(
    store: &SqliteStore,
    rep: i64,
    token: TokenHash,
    now_s: i64,
) -> Result<i64, StoreError> {
    let mut transaction = store.write().await?;
    // Not SQLite's own number: it gives the last one out again once its row is gone.
    let number: i64 = sqlx::query_scalar(
        "UPDATE counters SET sign_in = max(sign_in, coalesce((SELECT max(id) FROM sign_ins), 0)) + 1 RETURNING sign_in",
    )
    .fetch_one(&mut *transaction)
    .await
    .map_err(failed)?;
    sqlx::query("INSERT INTO sign_ins (id, rep, token_hash, created_s, used_s) VALUES (?, ?, ?, ?, ?)")
        .bind(number)
        .bind(rep)
        .bind(token.0.to_vec())
        .bind(now_s)
        .bind(now_s)
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
    transaction.commit().await.map_err(failed)?;
    Ok(number)
}

pub(super) async fn use_sign_in(
    store: &SqliteStore,
    token: TokenHash,
    now_s: i64,
) -> Result<Option<(i64, Rep)>, StoreError> {
    let used: Option<i64> =
        sqlx::query_scalar("UPDATE sign_ins SET used_s = ? WHERE token_hash = ? AND used_s >= ? RETURNING id")
            .bind(now_s)
            .bind(token.0.to_vec())
            .bind(now_s.saturating_sub(SIGN_IN_UNUSED_S))
            .fetch_optional(&store.pool)
            .await
            .map_err(failed)?;
    let Some(sign_in) = used else { return Ok(None) };
    let row = sqlx::query(
        "SELECT reps.*, accounts.name AS account_name, accounts.contact, accounts.status AS account_status, accounts.seats
         FROM sign_ins JOIN reps ON reps.id = sign_ins.rep JOIN accounts ON accounts.id = reps.account WHERE sign_ins.id = ?",
    );
    let row = row.bind(sign_in).fetch_optional(&store.pool).await.map_err(failed)?;
    row.map(|row| rep_of(&row).map(|rep| (sign_in, rep))).transpose()
}
