//! What the Center's pages look up and edit, in SQLite. What an edit does is where the command line's function is.

use super::{SqliteStore, failed, licences, plugin_rules, portals, teams};
use crate::hub::Origin;
use crate::registry::Rule;
use crate::store::center::{Center, PortalSettings, rule_revision, term_revision};
use crate::store::web::Edited;
use crate::store::{ListedPortal, PortalChange, StoreError, Team, TeamChange, TermChange};
use lotse_protocol::control::SessionId;
use sqlx::SqliteConnection;

#[async_trait::async_trait]
impl Center for SqliteStore {
    async fn teams_of(&self, account: i64) -> Result<Vec<Team>, StoreError> {
        let mut connection = self.pool.acquire().await.map_err(failed)?;
        teams_in(&mut connection, account).await
    }

    async fn portals_of(&self, account: i64) -> Result<Vec<PortalSettings>, StoreError> {
        let mut connection = self.pool.acquire().await.map_err(failed)?;
        portals_in(&mut connection, account).await
    }

    async fn listed_portals_of(&self, account: i64) -> Result<Vec<ListedPortal>, StoreError> {
        portals::listed_of(self, account).await
    }

    async fn edit_team(&self, account: i64, team: i64, seen: &str, change: TeamChange) -> Result<Edited, StoreError> {
        let mut transaction = self.write().await?;
        let now = teams_in(&mut transaction, account).await?.into_iter().find(|of| of.id == team);
        let now = now.ok_or_else(|| StoreError::NoTeam(team.to_string()))?;
        if now.revision() != seen {
            return Ok(Edited::Outdated);
        }
        teams::change_in(&mut transaction, account, team, change).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(Edited::Done)
    }

    async fn edit_portal(
        &self,
        account: i64,
        portal: i64,
        seen: &str,
        change: PortalChange,
    ) -> Result<Edited, StoreError> {
        let mut transaction = self.write().await?;
        let now = portals_in(&mut transaction, account).await?.into_iter().find(|of| of.id == portal);
        let now = now.ok_or_else(|| StoreError::NoPortal(portal.to_string()))?;
        if now.revision() != seen {
            return Ok(Edited::Outdated);
        }
        portals::change_in(&mut transaction, &now.slug, change).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(Edited::Done)
    }

    async fn remove_team_seen(&self, account: i64, team: i64, seen: &str) -> Result<Edited, StoreError> {
        let mut transaction = self.write().await?;
        let now = teams_in(&mut transaction, account).await?.into_iter().find(|of| of.id == team);
        let now = now.ok_or_else(|| StoreError::NoTeam(team.to_string()))?;
        if now.revision() != seen {
            return Ok(Edited::Outdated);
        }
        teams::remove_in(&mut transaction, team, &now.name).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(Edited::Done)
    }

    async fn remove_portal_seen(&self, account: i64, portal: i64, seen: &str) -> Result<Edited, StoreError> {
        let mut transaction = self.write().await?;
        let now = portals_in(&mut transaction, account).await?.into_iter().find(|of| of.id == portal);
        let now = now.ok_or_else(|| StoreError::NoPortal(portal.to_string()))?;
        if now.revision() != seen {
            return Ok(Edited::Outdated);
        }
        let delete = sqlx::query("DELETE FROM portals WHERE id = ?").bind(portal);
        delete.execute(&mut *transaction).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(Edited::Done)
    }

    async fn edit_term(
        &self,
        account: &str,
        feature: &str,
        seen: &str,
        change: TermChange,
    ) -> Result<Edited, StoreError> {
        let mut transaction = self.write().await?;
        let now = licences::one(&mut transaction, account).await?;
        if term_revision(now.terms.get(feature)) != seen {
            return Ok(Edited::Outdated);
        }
        licences::change_in(&mut transaction, account, feature, change).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(Edited::Done)
    }

    async fn edit_plugin_rule(
        &self,
        account: &str,
        plugin: &str,
        seen: &str,
        rule: Option<&Rule>,
    ) -> Result<Edited, StoreError> {
        let mut transaction = self.write().await?;
        let id = teams::account_of(&mut transaction, account).await?;
        let now = plugin_rules::rule_in(&mut transaction, id, plugin).await?;
        if rule_revision(now.as_ref()) != seen {
            return Ok(Edited::Outdated);
        }
        plugin_rules::set_in(&mut transaction, (id, account), plugin, rule).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(Edited::Done)
    }

    async fn origin_of(&self, session: SessionId) -> Result<Origin, StoreError> {
        let found: Option<(String, String)> = sqlx::query_as("SELECT question, portal FROM sessions WHERE id = ?")
            .bind(session.0.to_vec())
            .fetch_optional(&self.pool)
            .await
            .map_err(failed)?;
        Ok(found.map(|(question, portal)| Origin { question, portal }).unwrap_or_default())
    }
}

async fn teams_in(connection: &mut SqliteConnection, account: i64) -> Result<Vec<Team>, StoreError> {
    let rows: Vec<(i64, String, String, Option<String>)> = sqlx::query_as(
        "SELECT teams.id, accounts.name, teams.name, reps.user FROM teams
         JOIN accounts ON accounts.id = teams.account
         LEFT JOIN team_reps ON team_reps.team = teams.id LEFT JOIN reps ON reps.id = team_reps.rep
         WHERE teams.account = ? ORDER BY teams.name, teams.id, reps.user",
    )
    .bind(account)
    .fetch_all(connection)
    .await
    .map_err(failed)?;
    let mut teams: Vec<Team> = vec![];
    for (id, account_name, name, user) in rows {
        if teams.last().is_none_or(|team| team.id != id) {
            teams.push(Team { id, account, account_name, name, users: vec![] });
        }
        if let (Some(team), Some(user)) = (teams.last_mut(), user) {
            team.users.push(user);
        }
    }
    Ok(teams)
}

async fn portals_in(connection: &mut SqliteConnection, account: i64) -> Result<Vec<PortalSettings>, StoreError> {
    let rows: Vec<(i64, String, String, String, Option<String>, Option<String>)> = sqlx::query_as(
        "SELECT portals.id, slug, portals.name, greeting, language, teams.name FROM portals
         LEFT JOIN teams ON teams.id = portals.team WHERE portals.account = ? ORDER BY slug",
    )
    .bind(account)
    .fetch_all(connection)
    .await
    .map_err(failed)?;
    let portal =
        |(id, slug, name, greeting, language, team)| PortalSettings { id, slug, name, greeting, language, team };
    Ok(rows.into_iter().map(portal).collect())
}
