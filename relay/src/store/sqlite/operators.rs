//! Operators in SQLite.

use super::user_ids::{self, Owner};
use super::{SqliteStore, failed};
use crate::store::StoreError;
use crate::store::web::{NewOperator, Operator};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

pub(super) async fn all(store: &SqliteStore) -> Result<Vec<Operator>, StoreError> {
    let rows = sqlx::query("SELECT id, user, name, password_hash FROM operators ORDER BY user");
    rows.fetch_all(&store.pool).await.map_err(failed)?.iter().map(operator_of).collect()
}

pub(super) async fn by_user(store: &SqliteStore, user: &str) -> Result<Option<Operator>, StoreError> {
    let row = sqlx::query("SELECT id, user, name, password_hash FROM operators WHERE user = ?").bind(user.to_owned());
    row.fetch_optional(&store.pool).await.map_err(failed)?.map(|row| operator_of(&row)).transpose()
}

fn operator_of(row: &SqliteRow) -> Result<Operator, StoreError> {
    Ok(Operator {
        id: row.try_get("id").map_err(failed)?,
        user: row.try_get("user").map_err(failed)?,
        name: row.try_get("name").map_err(failed)?,
        password_hash: row.try_get("password_hash").map_err(failed)?,
    })
}

pub(super) async fn add(
    store: &SqliteStore,
    operator: NewOperator,
    first: bool,
    now_s: i64,
) -> Result<bool, StoreError> {
    let NewOperator { user, name, password_hash } = operator;
    let mut transaction = store.write().await?;
    match user_ids::owner(&mut transaction, &user).await? {
        None => {}
        Some(Owner::Rep(of)) => return Err(StoreError::UserTaken(user, of)),
        Some(Owner::Operator) => return Ok(false),
    }
    let added = sqlx::query(
        "INSERT INTO operators (user, name, password_hash, created_s)
         SELECT ?, ?, ?, ? WHERE NOT (? AND EXISTS (SELECT 1 FROM operators))",
    );
    let added = added.bind(user).bind(name).bind(password_hash).bind(now_s).bind(first);
    let added = added.execute(&mut *transaction).await.map_err(failed)?.rows_affected() > 0;
    transaction.commit().await.map_err(failed)?;
    Ok(added)
}

pub(super) async fn remove(store: &SqliteStore, user: &str) -> Result<bool, StoreError> {
    let removed = sqlx::query("DELETE FROM operators WHERE user = ?").bind(user.to_owned()).execute(&store.pool).await;
    removed.map(|done| done.rows_affected() > 0).map_err(failed)
}

pub(super) async fn set_password(store: &SqliteStore, user: &str, password_hash: String) -> Result<bool, StoreError> {
    let set = sqlx::query("UPDATE operators SET password_hash = ? WHERE user = ?");
    let set = set.bind(password_hash).bind(user.to_owned()).execute(&store.pool).await;
    set.map(|done| done.rows_affected() > 0).map_err(failed)
}
