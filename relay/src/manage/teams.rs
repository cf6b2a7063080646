//! Teams of accounts: added, changed, removed.

use super::{By, note};
use crate::hub::{AuditKind, AuditLine};
use crate::store::web::Edited;
use crate::store::{Store, StoreError, Team, TeamChange};

/// Adds a team with its reps, whose user IDs are lower case; the team's number.
pub async fn add_team(
    store: &dyn Store,
    account: &str,
    name: &str,
    users: &[String],
    by: &By,
) -> Result<i64, StoreError> {
    let (account, id) = store.add_team(account, name, users).await?;
    line(store, by, account, format!("team {name}: added")).await?;
    Ok(id)
}

/// Changes the team of this name; its number.
pub async fn change_team(
    store: &dyn Store,
    account: &str,
    name: &str,
    change: TeamChange,
    by: &By,
) -> Result<i64, StoreError> {
    let words = team_changes(&change).join(", ");
    let (account, id) = store.change_team(account, name, change).await?;
    line(store, by, account, format!("team {name}: {words}")).await?;
    Ok(id)
}

/// Removes a team that no portal leads to; its number.
pub async fn remove_team(store: &dyn Store, account: &str, name: &str, by: &By) -> Result<i64, StoreError> {
    let (account, id) = store.remove_team(account, name).await?;
    line(store, by, account, format!("team {name}: removed")).await?;
    Ok(id)
}

/// Changes an account's team if it stands as it was seen; nothing is told where nothing changes.
pub async fn edit_team(
    store: &dyn Store,
    team: &Team,
    seen: &str,
    change: TeamChange,
    by: &By,
) -> Result<Edited, StoreError> {
    let words = team_changes(&change).join(", ");
    let edited = store.edit_team(team.account, team.id, seen, change).await?;
    if edited == Edited::Done && !words.is_empty() {
        line(store, by, team.account, format!("team {}: {words}", team.name)).await?;
    }
    Ok(edited)
}

/// Removes an account's team that no portal leads to, if it stands as it was seen.
pub async fn remove_team_seen(store: &dyn Store, team: &Team, seen: &str, by: &By) -> Result<Edited, StoreError> {
    let removed = store.remove_team_seen(team.account, team.id, seen).await?;
    if removed == Edited::Done {
        line(store, by, team.account, format!("team {}: removed", team.name)).await?;
    }
    Ok(removed)
}

/// What changes, in words.
pub fn team_changes(change: &TeamChange) -> Vec<String> {
    let TeamChange { name, add, remove } = change;
    let name = name.iter().map(|name| format!("name: {name}"));
    let with = add.iter().map(|user| format!("with {user}"));
    name.chain(with).chain(remove.iter().map(|user| format!("without {user}"))).collect()
}

async fn line(store: &dyn Store, by: &By, account: i64, detail: String) -> Result<(), StoreError> {
    note(store, by, AuditLine { account: Some(account), detail, ..AuditLine::new(AuditKind::TeamChanged) }).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_in_a_team_is_said_in_words() {
        let change = TeamChange { name: Some("Money".into()), add: vec!["a@x".into()], remove: vec!["b@x".into()] };
        assert_eq!(team_changes(&change), ["name: Money", "with a@x", "without b@x"]);
        assert!(team_changes(&TeamChange::default()).is_empty());
    }
}
