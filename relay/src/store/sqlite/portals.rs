//! Portals in SQLite.

use super::teams::{account_of, team_of};
use super::{SqliteStore, failed};
use crate::hub::{Route, Routes};
use crate::store::portals::PORTALS_PER_ACCOUNT;
use crate::store::{ListedPortal, NewPortal, Portal, PortalChange, PortalStore, StoreError};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, Sqlite, Transaction};

/// A row of this begins every query that reads a whole portal.
const PORTAL: &str = "SELECT portals.id, portals.account, accounts.name AS account_name, slug, portals.name, greeting,
    coalesce(portals.language, accounts.language) AS language, contact, teams.name AS team_name,
    accounts.status = 'active' AS active
    FROM portals JOIN accounts ON accounts.id = portals.account LEFT JOIN teams ON teams.id = portals.team";

#[async_trait::async_trait]
impl PortalStore for SqliteStore {
    async fn add_portal(&self, portal: NewPortal, now_s: i64) -> Result<(i64, i64), StoreError> {
        let NewPortal { account, slug, name, greeting, language, team } = portal;
        let mut transaction = self.write().await?;
        let account = account_of(&mut transaction, &account).await?;
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM portals WHERE account = ?")
            .bind(account)
            .fetch_one(&mut *transaction)
            .await
            .map_err(failed)?;
        if count >= PORTALS_PER_ACCOUNT {
            return Err(StoreError::TooManyPortals);
        }
        let team = match team {
            None => None,
            Some(team) => Some(team_of(&mut transaction, account, &team).await?),
        };
        let added: Option<i64> = sqlx::query_scalar(
            "INSERT INTO portals (account, slug, name, greeting, language, team, created_s)
             VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (slug) DO NOTHING RETURNING id",
        )
        .bind(account)
        .bind(slug.clone())
        .bind(name)
        .bind(greeting)
        .bind(language)
        .bind(team)
        .bind(now_s)
        .fetch_optional(&mut *transaction)
        .await
        .map_err(failed)?;
        let portal = added.ok_or(StoreError::PortalTaken(slug))?;
        transaction.commit().await.map_err(failed)?;
        Ok((account, portal))
    }

    async fn change_portal(&self, slug: &str, change: PortalChange) -> Result<(i64, i64), StoreError> {
        let mut transaction = self.write().await?;
        let changed = change_in(&mut transaction, slug, change).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(changed)
    }

    async fn remove_portal(&self, slug: &str) -> Result<(i64, i64), StoreError> {
        let removed: Option<(i64, i64)> = sqlx::query_as("DELETE FROM portals WHERE slug = ? RETURNING account, id")
            .bind(slug.to_owned())
            .fetch_optional(&self.pool)
            .await
            .map_err(failed)?;
        removed.ok_or_else(|| StoreError::NoPortal(slug.to_owned()))
    }

    async fn portals(&self) -> Result<Vec<ListedPortal>, StoreError> {
        let query = sqlx::AssertSqlSafe(format!("{PORTAL} ORDER BY accounts.name, slug"));
        let rows = sqlx::query(query).fetch_all(&self.pool).await.map_err(failed)?;
        rows.iter().map(listed).collect()
    }

    async fn portal_by_slug(&self, slug: &str) -> Result<Option<Portal>, StoreError> {
        let query = sqlx::AssertSqlSafe(format!("{PORTAL} WHERE slug = ? AND accounts.status = 'active'"));
        let row = sqlx::query(query).bind(slug.to_owned()).fetch_optional(&self.pool).await.map_err(failed)?;
        row.map(|row| portal_of(&row)).transpose()
    }

    async fn routes(&self) -> Result<Routes, StoreError> {
        let mut transaction = self.pool.begin().await.map_err(failed)?;
        let portals: Vec<(i64, i64, String, Option<i64>)> = sqlx::query_as(
            "SELECT portals.id, portals.account, portals.name, portals.team FROM portals
             JOIN accounts ON accounts.id = portals.account WHERE accounts.status = 'active' ORDER BY portals.id",
        )
        .fetch_all(&mut *transaction)
        .await
        .map_err(failed)?;
        let members: Vec<(i64, i64)> =
            sqlx::query_as("SELECT rep, team FROM team_reps").fetch_all(&mut *transaction).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        let route = |(portal, account, name, team)| Route { portal, account, name, team };
        let mut routes = Routes { portals: portals.into_iter().map(route).collect(), ..Routes::default() };
        for (rep, team) in members {
            routes.teams.entry(rep).or_default().insert(team);
        }
        Ok(routes)
    }
}

/// Those of one account, by address.
pub(super) async fn listed_of(store: &SqliteStore, account: i64) -> Result<Vec<ListedPortal>, StoreError> {
    let query = sqlx::AssertSqlSafe(format!("{PORTAL} WHERE portals.account = ? ORDER BY slug"));
    let rows = sqlx::query(query).bind(account).fetch_all(&store.pool).await.map_err(failed)?;
    rows.iter().map(listed).collect()
}

fn listed(row: &SqliteRow) -> Result<ListedPortal, StoreError> {
    Ok(ListedPortal {
        portal: portal_of(row)?,
        team: row.try_get("team_name").map_err(failed)?,
        active: row.try_get("active").map_err(failed)?,
    })
}

/// Changes the portal of this address. The account's row and the portal's.
pub(super) async fn change_in(
    transaction: &mut Transaction<'static, Sqlite>,
    slug: &str,
    change: PortalChange,
) -> Result<(i64, i64), StoreError> {
    let PortalChange { name, greeting, language, team } = change;
    let found: Option<i64> = sqlx::query_scalar("SELECT account FROM portals WHERE slug = ?")
        .bind(slug.to_owned())
        .fetch_optional(&mut **transaction)
        .await
        .map_err(failed)?;
    let account = found.ok_or_else(|| StoreError::NoPortal(slug.to_owned()))?;
    let changes_team = team.is_some();
    let team = match team.flatten() {
        None => None,
        Some(team) => Some(team_of(transaction, account, &team).await?),
    };
    let portal: i64 = sqlx::query_scalar(
        "UPDATE portals SET name = coalesce(?, name), greeting = coalesce(?, greeting),
         language = CASE WHEN ? THEN ? ELSE language END, team = CASE WHEN ? THEN ? ELSE team END
         WHERE slug = ? RETURNING id",
    )
    .bind(name)
    .bind(greeting)
    .bind(language.is_some())
    .bind(language.flatten())
    .bind(changes_team)
    .bind(team)
    .bind(slug.to_owned())
    .fetch_one(&mut **transaction)
    .await
    .map_err(failed)?;
    Ok((account, portal))
}

fn portal_of(row: &SqliteRow) -> Result<Portal, StoreError> {
    Ok(Portal {
        id: row.try_get("id").map_err(failed)?,
        account: row.try_get("account").map_err(failed)?,
        account_name: row.try_get("account_name").map_err(failed)?,
        slug: row.try_get("slug").map_err(failed)?,
        name: row.try_get("name").map_err(failed)?,
        language: row.try_get("language").map_err(failed)?,
        greeting: row.try_get("greeting").map_err(failed)?,
        contact: row.try_get("contact").map_err(failed)?,
    })
}
