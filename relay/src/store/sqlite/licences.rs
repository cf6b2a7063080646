//! Licences in SQLite. Limits that make no sense are damage and not the absence of limits.

use super::{SqliteStore, failed};
use crate::store::{AccountTerms, Licences, StoreError, TermChange};
use lotse_protocol::licence::{LIMITS_MAX, Term};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use std::collections::{BTreeMap, BTreeSet};

#[async_trait::async_trait]
impl Licences for SqliteStore {
    async fn licences_version(&self) -> Result<i64, StoreError> {
        sqlx::query_scalar("SELECT licences FROM counters").fetch_one(&self.pool).await.map_err(failed)
    }

    /// In one look, so that the version is of what stands beside it.
    async fn licences(&self) -> Result<(i64, Vec<AccountTerms>), StoreError> {
        let mut transaction = self.pool.begin().await.map_err(failed)?;
        let version: i64 =
            sqlx::query_scalar("SELECT licences FROM counters").fetch_one(&mut *transaction).await.map_err(failed)?;
        let accounts = all(&mut transaction).await?;
        transaction.commit().await.map_err(failed)?;
        Ok((version, accounts))
    }

    async fn licence_of(&self, account: &str) -> Result<AccountTerms, StoreError> {
        let mut connection = self.pool.acquire().await.map_err(failed)?;
        one(&mut connection, account).await
    }

    async fn known_features(&self) -> Result<Vec<String>, StoreError> {
        sqlx::query_scalar("SELECT name FROM features ORDER BY name").fetch_all(&self.pool).await.map_err(failed)
    }

    async fn know_feature(&self, feature: &str, now_s: i64) -> Result<bool, StoreError> {
        let mut transaction = self.write().await?;
        let new = know(&mut transaction, feature, false, now_s).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(new)
    }

    async fn change_licence(
        &self,
        account: &str,
        feature: &str,
        change: TermChange,
    ) -> Result<AccountTerms, StoreError> {
        let mut transaction = self.write().await?;
        let after = change_in(&mut transaction, account, feature, change).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(after)
    }
}

/// Those that an account's licence covers at that moment, as [`Term::holds`] says.
pub(super) async fn features_of(store: &SqliteStore, account: i64, now_s: i64) -> Result<BTreeSet<String>, StoreError> {
    let names = sqlx::query_scalar(
        "SELECT feature FROM account_features WHERE account = ?1
         AND (from_s IS NULL OR from_s <= ?2) AND (until_s IS NULL OR until_s > ?2)",
    );
    let names: Vec<String> = names.bind(account).bind(now_s).fetch_all(&store.pool).await.map_err(failed)?;
    Ok(names.into_iter().collect())
}

/// Makes features known that plugins ask for. Each that is new is given to every account whose licence has room for it.
pub(super) async fn add_features(store: &SqliteStore, features: &[String], now_s: i64) -> Result<(), StoreError> {
    let mut transaction = store.write().await?;
    let mut new = Vec::new();
    for feature in features {
        if know(&mut transaction, feature, true, now_s).await? {
            new.push(feature.clone());
        }
    }
    if !new.is_empty() {
        for mut terms in all(&mut transaction).await? {
            give(&mut transaction, &mut terms, &new).await?;
        }
    }
    transaction.commit().await.map_err(failed)
}

/// Gives a new account what every account has from the start.
pub(super) async fn give_to_new(connection: &mut SqliteConnection, account: i64) -> Result<(), StoreError> {
    let given: Vec<String> = sqlx::query_scalar("SELECT name FROM features WHERE given ORDER BY name")
        .fetch_all(&mut *connection)
        .await
        .map_err(failed)?;
    let row = sqlx::query("SELECT id, name, contact FROM accounts WHERE id = ?").bind(account);
    let row = row.fetch_one(&mut *connection).await.map_err(failed)?;
    let mut terms = account_of(&row, BTreeMap::new())?;
    give(connection, &mut terms, &given).await
}

/// Gives features without an end, as far as the licence stays one that can be issued.
async fn give(
    connection: &mut SqliteConnection,
    terms: &mut AccountTerms,
    features: &[String],
) -> Result<(), StoreError> {
    for feature in features {
        terms.terms.insert(feature.clone(), Term::default());
        if terms.can_be_issued() {
            keep(connection, terms.account, feature, &Term::default()).await?;
        } else {
            terms.terms.remove(feature);
            let account = terms.account;
            tracing::warn!(account, feature, "a feature is not given to an account: its licence has no room for more");
        }
    }
    Ok(())
}

/// Notes a feature. False: it is known already.
async fn know(connection: &mut SqliteConnection, feature: &str, given: bool, now_s: i64) -> Result<bool, StoreError> {
    sqlx::query("INSERT INTO features (name, added_s, given) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING")
        .bind(feature.to_owned())
        .bind(now_s)
        .bind(given)
        .execute(connection)
        .await
        .map(|done| done.rows_affected() > 0)
        .map_err(failed)
}

/// Every account's, by row.
async fn all(connection: &mut SqliteConnection) -> Result<Vec<AccountTerms>, StoreError> {
    let mut terms: BTreeMap<i64, BTreeMap<String, Term>> = BTreeMap::new();
    let rows = sqlx::query("SELECT * FROM account_features").fetch_all(&mut *connection).await.map_err(failed)?;
    for row in &rows {
        let account: i64 = row.try_get("account").map_err(failed)?;
        let (feature, term) = term_of(row)?;
        terms.entry(account).or_default().insert(feature, term);
    }
    let rows = sqlx::query("SELECT id, name, contact FROM accounts ORDER BY id");
    let rows = rows.fetch_all(&mut *connection).await.map_err(failed)?;
    let mut accounts = Vec::with_capacity(rows.len());
    for row in &rows {
        let account: i64 = row.try_get("id").map_err(failed)?;
        accounts.push(account_of(row, terms.remove(&account).unwrap_or_default())?);
    }
    Ok(accounts)
}

/// Changes one feature of the account of this name; how its licence stands then.
pub(super) async fn change_in(
    connection: &mut SqliteConnection,
    account: &str,
    feature: &str,
    change: TermChange,
) -> Result<AccountTerms, StoreError> {
    let before = one(connection, account).await?;
    let known: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM features WHERE name = ?)")
        .bind(feature.to_owned())
        .fetch_one(&mut *connection)
        .await
        .map_err(failed)?;
    if !known {
        return Err(StoreError::NoFeature(feature.to_owned()));
    }
    match changed(before.terms.get(feature), change) {
        Some(term) => keep(connection, before.account, feature, &term).await?,
        None => {
            sqlx::query("DELETE FROM account_features WHERE account = ? AND feature = ?")
                .bind(before.account)
                .bind(feature.to_owned())
                .execute(&mut *connection)
                .await
                .map_err(failed)?;
        }
    }
    let after = one(connection, account).await?;
    // Else every document from here on would fail, and the account would keep what it had for ever.
    let limits = after.terms.get(feature).map_or(0, |term| term.limits.len());
    if limits > LIMITS_MAX {
        let (account, feature) = (after.name, feature.to_owned());
        return Err(StoreError::TooManyLimits { account, feature, max: LIMITS_MAX });
    }
    if !after.can_be_issued() {
        return Err(StoreError::LicenceTooLong(after.name));
    }
    Ok(after)
}

/// The term as it stands after a change; `None`: the account has the feature no more.
fn changed(before: Option<&Term>, change: TermChange) -> Option<Term> {
    let TermChange { on, from_s, until_s, limits } = change;
    if on == Some(false) {
        return None;
    }
    let mut term = before.cloned().unwrap_or_default();
    term.from_s = from_s.unwrap_or(term.from_s);
    term.until_s = until_s.unwrap_or(term.until_s);
    for (name, limit) in limits {
        match limit {
            Some(limit) => drop(term.limits.insert(name, limit)),
            None => drop(term.limits.remove(&name)),
        }
    }
    Some(term)
}

async fn keep(connection: &mut SqliteConnection, account: i64, feature: &str, term: &Term) -> Result<(), StoreError> {
    let limits = serde_json::to_string(&term.limits).map_err(|error| StoreError::Other(error.to_string()))?;
    sqlx::query(
        "INSERT INTO account_features (account, feature, from_s, until_s, limits) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (account, feature)
         DO UPDATE SET from_s = excluded.from_s, until_s = excluded.until_s, limits = excluded.limits",
    )
    .bind(account)
    .bind(feature.to_owned())
    .bind(term.from_s)
    .bind(term.until_s)
    .bind(limits)
    .execute(connection)
    .await
    .map(drop)
    .map_err(failed)
}

/// What stands in the licence of the account of this name.
pub(super) async fn one(connection: &mut SqliteConnection, account: &str) -> Result<AccountTerms, StoreError> {
    let row = sqlx::query("SELECT id, name, contact FROM accounts WHERE name = ?")
        .bind(account.to_owned())
        .fetch_optional(&mut *connection)
        .await
        .map_err(failed)?
        .ok_or_else(|| StoreError::NoAccount(account.to_owned()))?;
    let id: i64 = row.try_get("id").map_err(failed)?;
    let rows = sqlx::query("SELECT * FROM account_features WHERE account = ?").bind(id);
    let rows = rows.fetch_all(&mut *connection).await.map_err(failed)?;
    account_of(&row, rows.iter().map(term_of).collect::<Result<_, _>>()?)
}

fn account_of(row: &SqliteRow, terms: BTreeMap<String, Term>) -> Result<AccountTerms, StoreError> {
    Ok(AccountTerms {
        account: row.try_get("id").map_err(failed)?,
        name: row.try_get("name").map_err(failed)?,
        contact: row.try_get("contact").map_err(failed)?,
        terms,
    })
}

fn term_of(row: &SqliteRow) -> Result<(String, Term), StoreError> {
    let feature: String = row.try_get("feature").map_err(failed)?;
    let limits: String = row.try_get("limits").map_err(failed)?;
    let limits = serde_json::from_str(&limits)
        .map_err(|_| StoreError::Damaged(format!("the limits of the feature {feature} are no numbers")))?;
    let (from_s, until_s) = (row.try_get("from_s").map_err(failed)?, row.try_get("until_s").map_err(failed)?);
    Ok((feature, Term { from_s, until_s, limits }))
}
