//! Portals of accounts: added, changed, removed.

use super::{By, note};
use crate::clock::unix_s;
use crate::hub::{AuditKind, AuditLine};
use crate::store::center::PortalSettings;
use crate::store::web::Edited;
use crate::store::{NewPortal, PortalChange, Store, StoreError};
use lotse_protocol::tidy;

/// Longest greeting, in characters.
const GREETING_CHARS_MAX: usize = 500;

/// A greeting in one tidy line, cut where it is too long.
pub fn greeting(text: &str) -> String {
    tidy(text, GREETING_CHARS_MAX)
}

/// Adds a portal; its number.
pub async fn add_portal(store: &dyn Store, portal: NewPortal, by: &By) -> Result<i64, StoreError> {
    let slug = portal.slug.clone();
    let (account, id) = store.add_portal(portal, unix_s()).await?;
    line(store, by, account, format!("portal {slug}: added")).await?;
    Ok(id)
}

/// Changes the portal of this address; its number.
pub async fn change_portal(store: &dyn Store, slug: &str, change: PortalChange, by: &By) -> Result<i64, StoreError> {
    let words = portal_changes(&change).join(", ");
    let (account, id) = store.change_portal(slug, change).await?;
    line(store, by, account, format!("portal {slug}: {words}")).await?;
    Ok(id)
}

/// Removes a portal; its number.
pub async fn remove_portal(store: &dyn Store, slug: &str, by: &By) -> Result<i64, StoreError> {
    let (account, id) = store.remove_portal(slug).await?;
    line(store, by, account, format!("portal {slug}: removed")).await?;
    Ok(id)
}

/// Changes an account's portal if it stands as it was seen; nothing is told where nothing changes.
pub async fn edit_portal(
    store: &dyn Store,
    account: i64,
    portal: &PortalSettings,
    seen: &str,
    change: PortalChange,
    by: &By,
) -> Result<Edited, StoreError> {
    let words = portal_changes(&change).join(", ");
    let edited = store.edit_portal(account, portal.id, seen, change).await?;
    if edited == Edited::Done && !words.is_empty() {
        line(store, by, account, format!("portal {}: {words}", portal.slug)).await?;
    }
    Ok(edited)
}

/// Removes an account's portal if it stands as it was seen.
pub async fn remove_portal_seen(
    store: &dyn Store,
    account: i64,
    portal: &PortalSettings,
    seen: &str,
    by: &By,
) -> Result<Edited, StoreError> {
    let removed = store.remove_portal_seen(account, portal.id, seen).await?;
    if removed == Edited::Done {
        line(store, by, account, format!("portal {}: removed", portal.slug)).await?;
    }
    Ok(removed)
}

/// What changes, in words.
pub fn portal_changes(change: &PortalChange) -> Vec<String> {
    let PortalChange { name, greeting, language, team } = change;
    let name = name.as_ref().map(|name| format!("name {name}"));
    let greeting = greeting.as_ref().map(|_| "greeting changed".to_owned());
    let language = language.map(|language| format!("language {}", language.unwrap_or("the account's")));
    let team = team.as_ref().map(|team| format!("team {}", team.as_deref().unwrap_or("everybody")));
    [name, greeting, language, team].into_iter().flatten().collect()
}

async fn line(store: &dyn Store, by: &By, account: i64, detail: String) -> Result<(), StoreError> {
    note(store, by, AuditLine { account: Some(account), detail, ..AuditLine::new(AuditKind::PortalChanged) }).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_is_said_in_words() {
        assert!(portal_changes(&PortalChange::default()).is_empty());
        let change = PortalChange { team: Some(None), language: Some(Some("de")), ..PortalChange::default() };
        assert_eq!(portal_changes(&change), ["language de", "team everybody"]);
    }
}
