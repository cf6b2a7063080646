//! Teams in SQLite.

use super::{SqliteStore, failed};
use crate::store::teams::TEAMS_PER_ACCOUNT;
use crate::store::{StoreError, Team, TeamChange, TeamStore};
use sqlx::{Sqlite, Transaction};
use std::collections::BTreeMap;

#[async_trait::async_trait]
impl TeamStore for SqliteStore {
    async fn add_team(&self, account: &str, name: &str, users: &[String]) -> Result<(i64, i64), StoreError> {
        let mut transaction = self.write().await?;
        let account = account_of(&mut transaction, account).await?;
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM teams WHERE account = ?")
            .bind(account)
            .fetch_one(&mut *transaction)
            .await
            .map_err(failed)?;
        if count >= TEAMS_PER_ACCOUNT {
            return Err(StoreError::TooManyTeams);
        }
        let added: Option<i64> = sqlx::query_scalar(
            "INSERT INTO teams (account, name) VALUES (?, ?) ON CONFLICT (account, name) DO NOTHING RETURNING id",
        )
        .bind(account)
        .bind(name.to_owned())
        .fetch_optional(&mut *transaction)
        .await
        .map_err(failed)?;
        let team = added.ok_or_else(|| StoreError::TeamTaken(name.to_owned()))?;
        add_reps(&mut transaction, account, team, users).await?;
        transaction.commit().await.map_err(failed)?;
        Ok((account, team))
    }

    async fn change_team(&self, account: &str, name: &str, change: TeamChange) -> Result<(i64, i64), StoreError> {
        let mut transaction = self.write().await?;
        let account = account_of(&mut transaction, account).await?;
        let team = team_of(&mut transaction, account, name).await?;
        change_in(&mut transaction, account, team, change).await?;
        transaction.commit().await.map_err(failed)?;
        Ok((account, team))
    }

    async fn remove_team(&self, account: &str, name: &str) -> Result<(i64, i64), StoreError> {
        let mut transaction = self.write().await?;
        let account = account_of(&mut transaction, account).await?;
        let team = team_of(&mut transaction, account, name).await?;
        remove_in(&mut transaction, team, name).await?;
        transaction.commit().await.map_err(failed)?;
        Ok((account, team))
    }

    async fn teams(&self) -> Result<Vec<Team>, StoreError> {
        let mut transaction = self.pool.begin().await.map_err(failed)?;
        let members: Vec<(i64, String)> = sqlx::query_as(
            "SELECT team_reps.team, reps.user FROM team_reps JOIN reps ON reps.id = team_reps.rep ORDER BY reps.user",
        )
        .fetch_all(&mut *transaction)
        .await
        .map_err(failed)?;
        let mut users: BTreeMap<i64, Vec<String>> = BTreeMap::new();
        for (team, user) in members {
            users.entry(team).or_default().push(user);
        }
        let rows: Vec<(i64, i64, String, String)> = sqlx::query_as(
            "SELECT teams.id, teams.account, accounts.name, teams.name FROM teams
             JOIN accounts ON accounts.id = teams.account ORDER BY accounts.name, teams.name",
        )
        .fetch_all(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        let team = |(id, account, account_name, name): (i64, i64, String, String)| {
            let users = users.remove(&id).unwrap_or_default();
            Team { id, account, account_name, name, users }
        };
        Ok(rows.into_iter().map(team).collect())
    }
}

/// Removes the team of this row and name, unless a portal leads to it.
pub(super) async fn remove_in(
    transaction: &mut Transaction<'static, Sqlite>,
    team: i64,
    name: &str,
) -> Result<(), StoreError> {
    let portal: Option<String> = sqlx::query_scalar("SELECT slug FROM portals WHERE team = ? ORDER BY slug LIMIT 1")
        .bind(team)
        .fetch_optional(&mut **transaction)
        .await
        .map_err(failed)?;
    if let Some(portal) = portal {
        return Err(StoreError::TeamInUse(name.to_owned(), portal));
    }
    let delete = sqlx::query("DELETE FROM teams WHERE id = ?").bind(team);
    delete.execute(&mut **transaction).await.map(drop).map_err(failed)
}

/// Changes the account's team of this row.
pub(super) async fn change_in(
    transaction: &mut Transaction<'static, Sqlite>,
    account: i64,
    team: i64,
    change: TeamChange,
) -> Result<(), StoreError> {
    let TeamChange { name, add, remove } = change;
    if let Some(name) = name {
        let taken: bool =
            sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM teams WHERE account = ? AND name = ? AND id <> ?)")
                .bind(account)
                .bind(name.clone())
                .bind(team)
                .fetch_one(&mut **transaction)
                .await
                .map_err(failed)?;
        if taken {
            return Err(StoreError::TeamTaken(name));
        }
        let rename = sqlx::query("UPDATE teams SET name = ? WHERE id = ?").bind(name).bind(team);
        rename.execute(&mut **transaction).await.map_err(failed)?;
    }
    add_reps(transaction, account, team, &add).await?;
    for user in remove {
        let rep = rep_of(transaction, account, &user).await?;
        let delete = sqlx::query("DELETE FROM team_reps WHERE team = ? AND rep = ?").bind(team).bind(rep);
        delete.execute(&mut **transaction).await.map_err(failed)?;
    }
    Ok(())
}

/// The row of the account of this name.
pub(super) async fn account_of(transaction: &mut Transaction<'static, Sqlite>, name: &str) -> Result<i64, StoreError> {
    let found: Option<i64> = sqlx::query_scalar("SELECT id FROM accounts WHERE name = ?")
        .bind(name.to_owned())
        .fetch_optional(&mut **transaction)
        .await
        .map_err(failed)?;
    found.ok_or_else(|| StoreError::NoAccount(name.to_owned()))
}

/// The row of the account's team of this name.
pub(super) async fn team_of(
    transaction: &mut Transaction<'static, Sqlite>,
    account: i64,
    name: &str,
) -> Result<i64, StoreError> {
    let found: Option<i64> = sqlx::query_scalar("SELECT id FROM teams WHERE account = ? AND name = ?")
        .bind(account)
        .bind(name.to_owned())
        .fetch_optional(&mut **transaction)
        .await
        .map_err(failed)?;
    found.ok_or_else(|| StoreError::NoTeam(name.to_owned()))
}

/// The row of the account's rep of this lower-case user.
async fn rep_of(transaction: &mut Transaction<'static, Sqlite>, account: i64, user: &str) -> Result<i64, StoreError> {
    let found: Option<(i64, i64)> = sqlx::query_as("SELECT id, account FROM reps WHERE user = ?")
        .bind(user.to_owned())
        .fetch_optional(&mut **transaction)
        .await
        .map_err(failed)?;
    match found {
        Some((rep, of)) if of == account => Ok(rep),
        Some(_) => Err(StoreError::OtherAccount(user.to_owned())),
        None => Err(StoreError::NoRep(user.to_owned())),
    }
}

async fn add_reps(
    transaction: &mut Transaction<'static, Sqlite>,
    account: i64,
    team: i64,
    users: &[String],
) -> Result<(), StoreError> {
    for user in users {
        let rep = rep_of(transaction, account, user).await?;
        let add = sqlx::query("INSERT INTO team_reps (team, rep) VALUES (?, ?) ON CONFLICT (team, rep) DO NOTHING");
        add.bind(team).bind(rep).execute(&mut **transaction).await.map_err(failed)?;
    }
    Ok(())
}
