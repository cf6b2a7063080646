//! Reps: added, changed, given another password, signed out, unlocked.

use super::{By, note};
use crate::clock::unix_s;
use crate::hub::{AuditKind, AuditLine};
use crate::store::web::{Edited, NewPerson, Person, PersonEdit};
use crate::store::{NewRep, RepChange, RepStatus, Role, SignInsEnded, Store, StoreError, user_hash};

/// Adds a rep, and the account if it is not there. The numbers of both.
pub async fn add_rep(store: &dyn Store, rep: NewRep, by: &By) -> Result<(i64, i64), StoreError> {
    let role = rep.role;
    let added = store.add_rep(rep, unix_s()).await?;
    line(store, by, AuditKind::RepAdded, added, role.name().to_owned()).await?;
    Ok(added)
}

/// Adds somebody to an account, who must choose another password at the first sign-in; their number. `None`: the user is
/// taken.
pub async fn add_person(
    store: &dyn Store,
    account: i64,
    person: NewPerson,
    by: &By,
) -> Result<Option<i64>, StoreError> {
    let role = person.role;
    let Some(rep) = store.add_person(account, person, unix_s()).await? else { return Ok(None) };
    line(store, by, AuditKind::RepAdded, (account, rep), role.name().to_owned()).await?;
    Ok(Some(rep))
}

/// Changes the rep of this lower-case user; what changed, in words.
pub async fn change_rep(store: &dyn Store, user: &str, change: RepChange, by: &By) -> Result<String, StoreError> {
    let (status, role) = (change.status, change.role);
    let changed = store.change_rep(user, change).await?;
    let words: Vec<&str> = status.map(RepStatus::name).into_iter().chain(role.map(Role::name)).collect();
    let words = words.join(", ");
    line(store, by, AuditKind::RepChanged, changed, words.clone()).await?;
    Ok(words)
}

/// Changes an account's rep if they stand as they were seen. `words`: what changes, for the audit log; empty: nothing.
pub async fn edit_person(
    store: &dyn Store,
    of: (i64, i64),
    seen: &str,
    edit: PersonEdit,
    words: String,
    by: &By,
) -> Result<Edited, StoreError> {
    let edited = store.edit_person(of.1, seen, edit).await?;
    if edited == Edited::Done && !words.is_empty() {
        line(store, by, AuditKind::RepChanged, of, words).await?;
    }
    Ok(edited)
}

/// What changes in somebody, in words.
pub fn person_changes(before: &Person, edit: &PersonEdit) -> String {
    let words = [
        (before.status != edit.status).then(|| edit.status.name()),
        (before.role != edit.role).then(|| edit.role.name()),
        (before.name != edit.name).then_some("another name"),
    ];
    words.into_iter().flatten().collect::<Vec<&str>>().join(", ")
}

/// Sets a password that is good for one sign-in, and ends those that stand.
pub async fn reset_password(store: &dyn Store, user: &str, password_hash: String, by: &By) -> Result<(), StoreError> {
    let changed = store.reset_password(user, password_hash).await?;
    line(store, by, AuditKind::PasswordReset, changed, String::new()).await
}

/// Ends one sign-in of a lower-case user, or all and with them those of browsers.
pub async fn end_sign_ins(
    store: &dyn Store,
    user: &str,
    only: Option<i64>,
    by: &By,
) -> Result<SignInsEnded, StoreError> {
    let ended = store.end_sign_ins(user, only, unix_s()).await?;
    let numbers: Vec<String> = ended.numbers.iter().map(i64::to_string).collect();
    let consoles = (!numbers.is_empty()).then(|| format!("sign-in {}", numbers.join(", ")));
    let browsers = (ended.browsers > 0).then(|| format!("browsers: {}", ended.browsers));
    let detail = consoles.into_iter().chain(browsers).collect::<Vec<_>>().join(", ");
    if !detail.is_empty() {
        line(store, by, AuditKind::RepSignedOut, (ended.account, ended.rep), detail).await?;
    }
    Ok(ended)
}

/// Ends all sign-ins of an account's rep, those of consoles and of browsers.
pub async fn sign_out(store: &dyn Store, of: (i64, i64), by: &By) -> Result<(), StoreError> {
    store.end_all_sign_ins(of.1).await?;
    line(store, by, AuditKind::RepSignedOut, of, "everywhere".to_owned()).await
}

/// Takes the second factor of a lower-case user away, and ends their sign-ins. False: there is none.
pub async fn remove_second_factor(store: &dyn Store, user: &str, by: &By) -> Result<bool, StoreError> {
    let Some(of) = store.reset_second_factor(user, unix_s()).await? else { return Ok(false) };
    let detail = match by {
        By::CommandLine => "by the operator".to_owned(),
        By::Token { .. } | By::Person { .. } => String::new(),
    };
    line(store, by, AuditKind::SecondFactorRemoved, of, detail).await?;
    Ok(true)
}

/// Lets a lower-case user sign in again who is locked. False: they were not.
pub async fn unlock(store: &dyn Store, user: &str, by: &By) -> Result<bool, StoreError> {
    let rep = store.rep_by_user(user).await?;
    let rep = rep.ok_or_else(|| StoreError::NoRep(user.to_owned()))?;
    // An earlier relay let an operator have a rep's ID. Whose lock it is then, nobody but the operator decides.
    let at_the_relay = matches!(by, By::CommandLine);
    if !at_the_relay && store.operator_by_user(user).await?.is_some() {
        return Err(StoreError::OperatorsUser(user.to_owned()));
    }
    let was_locked = store.unlock_user(user_hash(user), unix_s()).await?;
    if was_locked {
        line(store, by, AuditKind::RepUnlocked, (rep.account, rep.id), String::new()).await?;
    }
    Ok(was_locked)
}

async fn line(store: &dyn Store, by: &By, kind: AuditKind, of: (i64, i64), detail: String) -> Result<(), StoreError> {
    let (account, rep) = (Some(of.0), Some(of.1));
    note(store, by, AuditLine { account, rep, detail, ..AuditLine::new(kind) }).await
}
