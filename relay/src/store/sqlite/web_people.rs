//! People as the pages show and edit them, in SQLite.

use super::{SqliteStore, failed, passwords, sign_in_locks, user_ids};
use crate::store::web::{Edited, NewPerson, Person, PersonEdit};
use crate::store::{RepStatus, Role, StoreError};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

pub(super) async fn all(store: &SqliteStore, account: i64) -> Result<Vec<Person>, StoreError> {
    let rows = sqlx::query(
        "SELECT id, account, user, name, role, status, must_change,
         (SELECT count(*) FROM sign_ins WHERE sign_ins.rep = reps.id) AS sign_ins,
         (SELECT max(used_s) FROM sign_ins WHERE sign_ins.rep = reps.id) AS used_s
         FROM reps WHERE account = ? ORDER BY user",
    );
    rows.bind(account).fetch_all(&store.pool).await.map_err(failed)?.iter().map(person_of).collect()
}

pub(super) async fn one(store: &SqliteStore, account: i64, rep: i64) -> Result<Option<Person>, StoreError> {
    let row = sqlx::query(
        "SELECT id, account, user, name, role, status, must_change,
         (SELECT count(*) FROM sign_ins WHERE sign_ins.rep = reps.id) AS sign_ins,
         (SELECT max(used_s) FROM sign_ins WHERE sign_ins.rep = reps.id) AS used_s
         FROM reps WHERE account = ? AND id = ?",
    );
    let row = row.bind(account).bind(rep).fetch_optional(&store.pool).await.map_err(failed)?;
    row.map(|row| person_of(&row)).transpose()
}

fn person_of(row: &SqliteRow) -> Result<Person, StoreError> {
    let role: String = row.try_get("role").map_err(failed)?;
    let status: String = row.try_get("status").map_err(failed)?;
    Ok(Person {
        id: row.try_get("id").map_err(failed)?,
        account: row.try_get("account").map_err(failed)?,
        user: row.try_get("user").map_err(failed)?,
        name: row.try_get("name").map_err(failed)?,
        role: role_of(&role)?,
        status: status_of(&status)?,
        must_change: row.try_get("must_change").map_err(failed)?,
        sign_ins: row.try_get("sign_ins").map_err(failed)?,
        used_s: row.try_get("used_s").map_err(failed)?,
    })
}

fn role_of(text: &str) -> Result<Role, StoreError> {
    let found = [Role::Rep, Role::Manager].into_iter().find(|role| role.name() == text);
    found.ok_or_else(|| StoreError::Damaged(format!("a rep has the role {text}")))
}

fn status_of(text: &str) -> Result<RepStatus, StoreError> {
    let found = [RepStatus::Active, RepStatus::Suspended].into_iter().find(|status| status.name() == text);
    found.ok_or_else(|| StoreError::Damaged(format!("a rep has the status {text}")))
}

pub(super) async fn add(
    store: &SqliteStore,
    account: i64,
    person: NewPerson,
    now_s: i64,
) -> Result<Option<i64>, StoreError> {
    let NewPerson { user, name, role, password_hash } = person;
    let mut transaction = store.write().await?;
    let known = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM accounts WHERE id = ?)").bind(account);
    let known: bool = known.fetch_one(&mut *transaction).await.map_err(failed)?;
    if !known {
        return Err(StoreError::NoAccount(account.to_string()));
    }
    if user_ids::owner(&mut transaction, &user).await?.is_some() {
        return Ok(None);
    }
    let rep: i64 = sqlx::query_scalar(
        "INSERT INTO reps (account, user, name, password_hash, role, must_change, created_s)
         VALUES (?, ?, ?, ?, ?, 1, ?) RETURNING id",
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
    Ok(Some(rep))
}

pub(super) async fn edit(store: &SqliteStore, rep: i64, seen: &str, edit: PersonEdit) -> Result<Edited, StoreError> {
    let PersonEdit { name, role, status } = edit;
    let mut transaction = store.write().await?;
    let row = sqlx::query(
        "SELECT id, account, user, name, role, status, must_change, 0 AS sign_ins, NULL AS used_s FROM reps WHERE id = ?",
    );
    let row = row.bind(rep).fetch_optional(&mut *transaction).await.map_err(failed)?;
    let Some(row) = row else { return Err(StoreError::NoRep(rep.to_string())) };
    if person_of(&row)?.revision() != seen {
        return Ok(Edited::Outdated);
    }
    sqlx::query("UPDATE reps SET name = ?, role = ?, status = ? WHERE id = ?")
        .bind(name)
        .bind(role.name())
        .bind(status.name())
        .bind(rep)
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
    transaction.commit().await.map_err(failed)?;
    Ok(Edited::Done)
}

pub(super) async fn end_all_sign_ins(store: &SqliteStore, rep: i64) -> Result<(), StoreError> {
    let mut transaction = store.write().await?;
    let ended = sqlx::query("UPDATE reps SET signed_out = (SELECT sign_in FROM counters) WHERE id = ?").bind(rep);
    ended.execute(&mut *transaction).await.map_err(failed)?;
    passwords::end_sign_ins(&mut transaction, rep).await?;
    transaction.commit().await.map_err(failed)
}
