//! Accounts, reps, sign-ins and features in SQLite.

use super::{SqliteStore, failed};
use crate::store::{Account, AccountStatus, NewRep, Rep, SIGN_IN_UNUSED_S, StoreError};
use crate::token::TokenHash;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use std::collections::{BTreeMap, BTreeSet};

pub(super) async fn add_rep(store: &SqliteStore, rep: NewRep, now_s: i64) -> Result<(i64, i64), StoreError> {
    let NewRep { account, user, name, password_hash, contact } = rep;
    let mut transaction = store.write().await?;
    let taken =
        sqlx::query_scalar("SELECT accounts.name FROM reps JOIN accounts ON accounts.id = reps.account WHERE user = ?");
    if let Some(taken) = taken.bind(&user).fetch_optional(&mut *transaction).await.map_err(failed)? {
        return Err(StoreError::UserTaken(user, taken));
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
            let features = sqlx::query("INSERT INTO account_features (account, feature) SELECT ?, name FROM features");
            features.bind(id).execute(&mut *transaction).await.map_err(failed)?;
            id
        }
    };
    if let Some(contact) = contact {
        let update = sqlx::query("UPDATE accounts SET contact = ? WHERE id = ?");
        update.bind(contact).bind(account).execute(&mut *transaction).await.map_err(failed)?;
    }
    let rep: i64 = sqlx::query_scalar(
        "INSERT INTO reps (account, user, name, password_hash, created_s) VALUES (?, ?, ?, ?, ?) RETURNING id",
    )
    .bind(account)
    .bind(user)
    .bind(name)
    .bind(password_hash)
    .bind(now_s)
    .fetch_one(&mut *transaction)
    .await
    .map_err(failed)?;
    transaction.commit().await.map_err(failed)?;
    Ok((account, rep))
}

pub(super) async fn rep_by_user(store: &SqliteStore, user: &str) -> Result<Option<Rep>, StoreError> {
    let row = sqlx::query(
        "SELECT reps.*, accounts.name AS account_name, accounts.contact, accounts.status AS account_status
         FROM reps JOIN accounts ON accounts.id = reps.account WHERE user = ?",
    );
    row.bind(user).fetch_optional(&store.pool).await.map_err(failed)?.map(|row| rep_of(&row)).transpose()
}

pub(super) async fn reps(store: &SqliteStore) -> Result<Vec<Rep>, StoreError> {
    let rows = sqlx::query(
        "SELECT reps.*, accounts.name AS account_name, accounts.contact, accounts.status AS account_status
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
        account: row.try_get("account").map_err(failed)?,
        account_name: row.try_get("account_name").map_err(failed)?,
        contact: row.try_get("contact").map_err(failed)?,
    })
}

pub(super) async fn accounts(store: &SqliteStore) -> Result<Vec<Account>, StoreError> {
    let mut features: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
    let rows =
        sqlx::query("SELECT account, feature FROM account_features").fetch_all(&store.pool).await.map_err(failed)?;
    for row in rows {
        let account = row.try_get("account").map_err(failed)?;
        features.entry(account).or_default().insert(row.try_get("feature").map_err(failed)?);
    }
    let rows = sqlx::query(
        "SELECT id, name, status, contact, (SELECT count(*) FROM reps WHERE reps.account = accounts.id) AS reps FROM accounts ORDER BY name",
    );
    let account_of = |row: &SqliteRow| {
        let id = row.try_get("id").map_err(failed)?;
        let status: String = row.try_get("status").map_err(failed)?;
        Ok(Account {
            id,
            name: row.try_get("name").map_err(failed)?,
            status: status_of(&status)?,
            contact: row.try_get("contact").map_err(failed)?,
            reps: row.try_get("reps").map_err(failed)?,
            features: features.get(&id).cloned().unwrap_or_default(),
        })
    };
    rows.fetch_all(&store.pool).await.map_err(failed)?.iter().map(account_of).collect()
}

fn status_of(text: &str) -> Result<AccountStatus, StoreError> {
    let all = [AccountStatus::Active, AccountStatus::Suspended, AccountStatus::Closed];
    all.into_iter()
        .find(|status| status.name() == text)
        .ok_or_else(|| StoreError::Damaged(format!("an account has the status {text}")))
}

pub(super) async fn add_sign_in(
    store: &SqliteStore,
    rep: i64,
    token: TokenHash,
    now_s: i64,
) -> Result<i64, StoreError> {
    sqlx::query_scalar("INSERT INTO sign_ins (rep, token_hash, created_s, used_s) VALUES (?, ?, ?, ?) RETURNING id")
        .bind(rep)
        .bind(token.0.to_vec())
        .bind(now_s)
        .bind(now_s)
        .fetch_one(&store.pool)
        .await
        .map_err(failed)
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
        "SELECT reps.*, accounts.name AS account_name, accounts.contact, accounts.status AS account_status
         FROM sign_ins JOIN reps ON reps.id = sign_ins.rep JOIN accounts ON accounts.id = reps.account WHERE sign_ins.id = ?",
    );
    let row = row.bind(sign_in).fetch_optional(&store.pool).await.map_err(failed)?;
    row.map(|row| rep_of(&row).map(|rep| (sign_in, rep))).transpose()
}

pub(super) async fn features_of(store: &SqliteStore, account: i64) -> Result<BTreeSet<String>, StoreError> {
    let names = sqlx::query_scalar("SELECT feature FROM account_features WHERE account = ?").bind(account);
    let names: Vec<String> = names.fetch_all(&store.pool).await.map_err(failed)?;
    Ok(names.into_iter().collect())
}

pub(super) async fn add_features(store: &SqliteStore, features: &[String], now_s: i64) -> Result<(), StoreError> {
    let mut transaction = store.write().await?;
    for feature in features {
        let added = sqlx::query("INSERT INTO features (name, added_s) VALUES (?, ?) ON CONFLICT (name) DO NOTHING");
        let added = added.bind(feature).bind(now_s).execute(&mut *transaction).await.map_err(failed)?;
        if added.rows_affected() > 0 {
            let give = sqlx::query("INSERT INTO account_features (account, feature) SELECT id, ? FROM accounts");
            give.bind(feature).execute(&mut *transaction).await.map_err(failed)?;
        }
    }
    transaction.commit().await.map_err(failed)
}
