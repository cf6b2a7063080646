//! Webhooks of accounts: added and removed.

use super::{By, note};
use crate::clock::unix_s;
use crate::hub::{AuditKind, AuditLine, system_random};
use crate::store::webhooks::NewWebhook;
use crate::store::{Store, StoreError};
use crate::token;
use crate::webhooks::{Event, HookUrl};
use lotse_protocol::control::Secret;
use std::collections::BTreeSet;

/// Adds a webhook, which is told what happens from now on; its number, and the secret that deliveries are signed with, which
/// nobody sees again. `None`: the account has as many as can be.
pub async fn add_webhook(
    store: &dyn Store,
    account: i64,
    url: &HookUrl,
    events: &BTreeSet<Event>,
    by: &By,
) -> Result<Option<(i64, Secret)>, StoreError> {
    let drawn = token::draw(system_random().as_mut());
    let digits = drawn.ok_or_else(|| StoreError::Other("the system has no randomness".into()))?;
    let secret = format!("whsec_{}", digits.0);
    let events: Vec<&str> = events.iter().map(|event| event.name()).collect();
    let events = events.join(" ");
    let new = NewWebhook { account, url: url.to_string(), secret: secret.clone(), events: events.clone() };
    let Some(id) = store.add_webhook(new, unix_s()).await? else { return Ok(None) };
    // Paths of such addresses are often secret.
    let detail = format!("{id} at {}: {events}", url.authority());
    note(store, by, AuditLine { account: Some(account), detail, ..AuditLine::new(AuditKind::WebhookAdded) }).await?;
    Ok(Some((id, Secret(secret))))
}

/// Removes a webhook, if it is of `account` or that is `None`. False: there is no such webhook.
pub async fn remove_webhook(
    store: &dyn Store,
    webhook: i64,
    account: Option<i64>,
    by: &By,
) -> Result<bool, StoreError> {
    let Some(account) = store.remove_webhook(webhook, account).await? else { return Ok(false) };
    let detail = webhook.to_string();
    note(store, by, AuditLine { account: Some(account), detail, ..AuditLine::new(AuditKind::WebhookRemoved) }).await?;
    Ok(true)
}
