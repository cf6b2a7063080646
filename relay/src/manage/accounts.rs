//! Accounts: added and changed.

use super::{By, note};
use crate::clock::unix_s;
use crate::hub::{AuditKind, AuditLine};
use crate::store::web::{AccountEdit, Edited};
use crate::store::{Account, AccountChange, NewAccount, Store, StoreError};

/// Adds an account with every known feature; its number.
pub async fn add_account(store: &dyn Store, account: NewAccount, by: &By) -> Result<i64, StoreError> {
    let id = store.add_account(account, unix_s()).await?;
    line(store, by, AuditKind::AccountAdded, id, String::new()).await?;
    Ok(id)
}

/// Changes the account of this name, without regard to case; its number.
pub async fn change_account(store: &dyn Store, name: &str, change: AccountChange, by: &By) -> Result<i64, StoreError> {
    let words = changes(&change).join(", ");
    let id = store.change_account(name, change).await?;
    line(store, by, AuditKind::AccountChanged, id, words).await?;
    Ok(id)
}

/// Changes an account if it stands as it was seen.
pub async fn change_account_seen(
    store: &dyn Store,
    account: i64,
    seen: &str,
    change: AccountChange,
    by: &By,
) -> Result<Edited, StoreError> {
    let words = changes(&change).join(", ");
    let edited = store.change_account_seen(account, seen, change).await?;
    if edited == Edited::Done {
        line(store, by, AuditKind::AccountChanged, account, words).await?;
    }
    Ok(edited)
}

/// Sets all that a page has of an account, which was as `before`, if it stands as it was seen; nothing is told where nothing
/// changes.
pub async fn edit_account(
    store: &dyn Store,
    before: &Account,
    seen: &str,
    edit: AccountEdit,
    by: &By,
) -> Result<Edited, StoreError> {
    let AccountEdit { status, seats, contact, language, time_zone } = edit.clone();
    let change = AccountChange {
        status: (before.status != status).then_some(status),
        seats: (before.seats != seats).then_some(seats),
        contact: (before.contact != contact).then_some(contact),
        language: (before.language != language).then_some(language),
        time_zone: (before.time_zone != time_zone).then_some(time_zone),
        second_factor_required: None,
        managers_watch: None,
    };
    let words = changes(&change).join(", ");
    let edited = store.edit_account(before.id, seen, edit).await?;
    if edited == Edited::Done && !words.is_empty() {
        line(store, by, AuditKind::AccountChanged, before.id, words).await?;
    }
    Ok(edited)
}

/// Lets an account's managers look on at its sessions, or does not. False: there is no such account.
pub async fn let_managers_watch(store: &dyn Store, account: i64, on: bool, by: &By) -> Result<bool, StoreError> {
    let there = store.set_managers_watch(account, on).await?;
    if there {
        line(store, by, AuditKind::AccountChanged, account, watching(on).to_owned()).await?;
    }
    Ok(there)
}

/// The same in words.
const fn watching(on: bool) -> &'static str {
    if on { "managers may look on at sessions" } else { "managers may not look on at sessions" }
}

/// What changes, in words.
pub fn changes(change: &AccountChange) -> Vec<String> {
    let AccountChange { status, seats, contact, language, time_zone, second_factor_required, managers_watch } = change;
    let words = [
        status.map(|status| status.name().to_owned()),
        seats.map(|seats| seats.map_or("any number of seats".to_owned(), |seats| format!("{seats} seats"))),
        contact.as_ref().map(|_| "another contact".to_owned()),
        language.map(|language| format!("language {language}")),
        time_zone.as_ref().map(|zone| format!("time zone {zone}")),
        second_factor_required
            .map(|required| format!("second factor {}", if required { "required" } else { "optional" })),
        managers_watch.map(|on| watching(on).to_owned()),
    ];
    words.into_iter().flatten().collect()
}

async fn line(store: &dyn Store, by: &By, kind: AuditKind, account: i64, detail: String) -> Result<(), StoreError> {
    note(store, by, AuditLine { account: Some(account), detail, ..AuditLine::new(kind) }).await
}
