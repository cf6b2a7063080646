//! Accounts in SQLite.

use super::{SqliteStore, failed, licences};
use crate::store::web::{AccountEdit, Edited};
use crate::store::{Account, AccountChange, AccountStatus, NewAccount, StoreError};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use std::collections::{BTreeMap, BTreeSet};

pub(super) async fn add(store: &SqliteStore, account: NewAccount, now_s: i64) -> Result<i64, StoreError> {
    let NewAccount { name, seats, contact, language, time_zone } = account;
    let mut transaction = store.write().await?;
    let added: Option<i64> = sqlx::query_scalar(
        "INSERT INTO accounts (name, seats, contact, language, time_zone, created_s) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (name) DO NOTHING RETURNING id",
    )
    .bind(name.clone())
    .bind(seats)
    .bind(contact)
    .bind(language)
    .bind(time_zone)
    .bind(now_s)
    .fetch_optional(&mut *transaction)
    .await
    .map_err(failed)?;
    let id = added.ok_or(StoreError::AccountTaken(name))?;
    licences::give_to_new(&mut transaction, id).await?;
    transaction.commit().await.map_err(failed)?;
    Ok(id)
}

pub(super) async fn change(store: &SqliteStore, name: &str, change: AccountChange) -> Result<i64, StoreError> {
    let mut connection = store.pool.acquire().await.map_err(failed)?;
    change_in(&mut connection, name, change).await
}

/// Only if the account stands as it was seen.
pub(super) async fn change_seen(
    store: &SqliteStore,
    account: i64,
    seen: &str,
    change: AccountChange,
) -> Result<Edited, StoreError> {
    let mut transaction = store.write().await?;
    let row = sqlx::query(
        "SELECT id, name, status, contact, seats, language, time_zone,
         second_factor = 'required' AS second_factor_required, managers_watch = 1 AS managers_watch, 0 AS reps FROM accounts WHERE id = ?",
    );
    let row = row.bind(account).fetch_optional(&mut *transaction).await.map_err(failed)?;
    let Some(row) = row else { return Err(StoreError::NoAccount(account.to_string())) };
    let stands = account_of(&row, BTreeSet::new())?;
    if stands.api_revision() != seen {
        return Ok(Edited::Outdated);
    }
    change_in(&mut transaction, &stands.name, change).await?;
    transaction.commit().await.map_err(failed)?;
    Ok(Edited::Done)
}

async fn change_in(connection: &mut SqliteConnection, name: &str, change: AccountChange) -> Result<i64, StoreError> {
    let AccountChange { status, seats, contact, language, time_zone, second_factor_required, managers_watch } = change;
    let second_factor = second_factor_required.map(|required| if required { "required" } else { "optional" });
    let changed = sqlx::query_scalar(
        "UPDATE accounts SET status = coalesce(?, status), seats = CASE WHEN ? THEN ? ELSE seats END,
         contact = coalesce(?, contact), language = coalesce(?, language), time_zone = coalesce(?, time_zone),
         second_factor = coalesce(?, second_factor), managers_watch = coalesce(?, managers_watch) WHERE name = ? RETURNING id",
    );
    let changed: Option<i64> = changed
        .bind(status.map(AccountStatus::name))
        .bind(seats.is_some())
        .bind(seats.flatten())
        .bind(contact)
        .bind(language)
        .bind(time_zone)
        .bind(second_factor)
        .bind(managers_watch)
        .bind(name.to_owned())
        .fetch_optional(connection)
        .await
        .map_err(failed)?;
    changed.ok_or_else(|| StoreError::NoAccount(name.to_owned()))
}

pub(super) async fn all(store: &SqliteStore) -> Result<Vec<Account>, StoreError> {
    let mut features: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
    let rows =
        sqlx::query("SELECT account, feature FROM account_features").fetch_all(&store.pool).await.map_err(failed)?;
    for row in rows {
        let account = row.try_get("account").map_err(failed)?;
        features.entry(account).or_default().insert(row.try_get("feature").map_err(failed)?);
    }
    let rows = sqlx::query(
        "SELECT id, name, status, contact, seats, language, time_zone,
         second_factor = 'required' AS second_factor_required, managers_watch = 1 AS managers_watch,
         (SELECT count(*) FROM reps WHERE reps.account = accounts.id) AS reps FROM accounts ORDER BY name",
    );
    rows.fetch_all(&store.pool)
        .await
        .map_err(failed)?
        .iter()
        .map(|row| {
            let id: i64 = row.try_get("id").map_err(failed)?;
            account_of(row, features.get(&id).cloned().unwrap_or_default())
        })
        .collect()
}

fn account_of(row: &SqliteRow, features: BTreeSet<String>) -> Result<Account, StoreError> {
    let status: String = row.try_get("status").map_err(failed)?;
    Ok(Account {
        id: row.try_get("id").map_err(failed)?,
        name: row.try_get("name").map_err(failed)?,
        status: status_of(&status)?,
        contact: row.try_get("contact").map_err(failed)?,
        seats: row.try_get("seats").map_err(failed)?,
        language: row.try_get("language").map_err(failed)?,
        time_zone: row.try_get("time_zone").map_err(failed)?,
        second_factor_required: row.try_get("second_factor_required").map_err(failed)?,
        managers_watch: row.try_get("managers_watch").map_err(failed)?,
        reps: row.try_get("reps").map_err(failed)?,
        features,
    })
}

pub(super) async fn by_id(store: &SqliteStore, account: i64) -> Result<Option<Account>, StoreError> {
    let row = sqlx::query(
        "SELECT id, name, status, contact, seats, language, time_zone,
         second_factor = 'required' AS second_factor_required, managers_watch = 1 AS managers_watch,
         (SELECT count(*) FROM reps WHERE reps.account = accounts.id) AS reps FROM accounts WHERE id = ?",
    );
    let row = row.bind(account).fetch_optional(&store.pool).await.map_err(failed)?;
    let Some(row) = row else { return Ok(None) };
    let features = sqlx::query_scalar("SELECT feature FROM account_features WHERE account = ?").bind(account);
    let features: Vec<String> = features.fetch_all(&store.pool).await.map_err(failed)?;
    account_of(&row, features.into_iter().collect()).map(Some)
}

pub(super) async fn edit(
    store: &SqliteStore,
    account: i64,
    seen: &str,
    edit: AccountEdit,
) -> Result<Edited, StoreError> {
    let AccountEdit { status, seats, contact, language, time_zone } = edit;
    let mut transaction = store.write().await?;
    let row = sqlx::query(
        "SELECT id, name, status, contact, seats, language, time_zone,
         second_factor = 'required' AS second_factor_required, managers_watch = 1 AS managers_watch, 0 AS reps FROM accounts WHERE id = ?",
    );
    let row = row.bind(account).fetch_optional(&mut *transaction).await.map_err(failed)?;
    let Some(row) = row else { return Err(StoreError::NoAccount(account.to_string())) };
    if account_of(&row, BTreeSet::new())?.revision() != seen {
        return Ok(Edited::Outdated);
    }
    sqlx::query("UPDATE accounts SET status = ?, seats = ?, contact = ?, language = ?, time_zone = ? WHERE id = ?")
        .bind(status.name())
        .bind(seats)
        .bind(contact)
        .bind(language)
        .bind(time_zone)
        .bind(account)
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
    transaction.commit().await.map_err(failed)?;
    Ok(Edited::Done)
}

fn status_of(text: &str) -> Result<AccountStatus, StoreError> {
    let all = [AccountStatus::Active, AccountStatus::Suspended, AccountStatus::Closed];
    all.into_iter()
        .find(|status| status.name() == text)
        .ok_or_else(|| StoreError::Damaged(format!("an account has the status {text}")))
}
