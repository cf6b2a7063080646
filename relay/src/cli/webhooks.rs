//! `webhook add`, `webhook list`, `webhook remove`, `webhook test`: on the database itself, also while a relay runs on it.

use super::people::{open_existing, print};
use super::reports::account_named;
use super::{CliError, ListOptions};
use crate::api::{Shape, shown};
use crate::audit::AuditTrail;
use crate::counters::Counters;
use crate::manage::{self, By};
use crate::store::webhooks::{WEBHOOKS_MAX, Webhook, Webhooks};
use crate::store::{SqliteStore, Store};
use crate::webhooks::{Event, HookUrl, Poster, Teller};
use clap::Subcommand;
use lotse_protocol::control::Secret;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Debug, Subcommand)]
pub(super) enum WebhookCommand {
    /// Adds a webhook, which is told what happens from now on, and shows once what its deliveries are signed with.
    Add(WebhookAddOptions),
    /// Lists webhooks and how they stand.
    List(ListOptions),
    /// Removes a webhook.
    Remove(WebhookRemoveOptions),
    /// Sends an event named ping to a webhook, from this computer and at once.
    Test(WebhookTestOptions),
}

#[derive(Debug, clap::Args)]
pub(super) struct WebhookAddOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Name of the account.
    #[arg(long, value_name = "NAME")]
    account: String,
    /// Where it is told something, such as https://example.com/lotse.
    #[arg(long, value_name = "URL")]
    url: HookUrl,
    /// What it is told, such as session.started; may be given several times.
    #[arg(long, value_name = "EVENT", required = true)]
    event: Vec<Event>,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct WebhookRemoveOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Its number in `webhook list`.
    #[arg(long, value_name = "N")]
    webhook: i64,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct WebhookTestOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Its number in `webhook list`.
    #[arg(long, value_name = "N")]
    webhook: i64,
    /// File with certificates, in PEM, of authorities that are trusted besides the public ones.
    #[arg(long, value_name = "FILE")]
    webhook_ca: Option<PathBuf>,
    /// Also to hosts that are not on the public Internet.
    #[arg(long)]
    webhooks_to_private: bool,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// Runs a command to its end.
pub(super) async fn run(command: WebhookCommand) -> Result<(), CliError> {
    match command {
        WebhookCommand::Add(options) => add(options).await,
        WebhookCommand::List(options) => list(options).await,
        WebhookCommand::Remove(options) => remove(options).await,
        WebhookCommand::Test(options) => test(options).await,
    }
}

async fn add(options: WebhookAddOptions) -> Result<(), CliError> {
    let WebhookAddOptions { data, account, url, event, json } = options;
    let events: BTreeSet<Event> = event.into_iter().collect();
    let store = open_existing(&data).await?;
    let account = account_named(&store, &account).await?;
    let added = manage::add_webhook(&store, account, &url, &events, &By::CommandLine).await?;
    store.close().await;
    let (id, Secret(secret)) = added.ok_or(CliError::TooManyWebhooks(WEBHOOKS_MAX))?;
    if json {
        let events: Vec<&str> = events.iter().map(|event| event.name()).collect();
        print(&json!({ "id": id, "url": url.to_string(), "events": events, "secret": secret }));
        return Ok(());
    }
    println!("{secret}");
    println!("This is shown once: deliveries of webhook {id} are signed with it.");
    Ok(())
}

async fn list(options: ListOptions) -> Result<(), CliError> {
    let store = open_existing(&options.data).await?;
    let webhooks = store.webhooks(None).await?;
    store.close().await;
    if options.json {
        print(&Value::Array(webhooks.iter().map(|webhook| shown::Webhook::of(webhook).write()).collect()));
        return Ok(());
    }
    if webhooks.is_empty() {
        println!("There is no webhook yet; add one with `lotse-relay webhook add`.");
    }
    for Webhook { id, account_name, url, events, failing_s, off, dropped, .. } in &webhooks {
        let state = match (off, failing_s) {
            (true, _) => " · off: nothing got through for a day; remove it and add it anew",
            (false, Some(_)) => " · nothing gets through",
            (false, None) => "",
        };
        let dropped = if *dropped > 0 { format!(" · {dropped} events passed over") } else { String::new() };
        println!("{id} · {account_name} · {url} · {events}{state}{dropped}");
    }
    Ok(())
}

async fn remove(options: WebhookRemoveOptions) -> Result<(), CliError> {
    let WebhookRemoveOptions { data, webhook, json } = options;
    let store = open_existing(&data).await?;
    let removed = manage::remove_webhook(&store, webhook, None, &By::CommandLine).await?;
    store.close().await;
    if !removed {
        return Err(CliError::NoWebhook(webhook));
    }
    if json {
        print(&json!({ "id": webhook, "removed": true }));
    } else {
        println!("Webhook {webhook} is removed.");
    }
    Ok(())
}

async fn test(options: WebhookTestOptions) -> Result<(), CliError> {
    let WebhookTestOptions { data, webhook, webhook_ca, webhooks_to_private, json } = options;
    let poster = Poster::new(webhook_ca.as_deref(), webhooks_to_private)?;
    let store: Arc<SqliteStore> = Arc::new(open_existing(&data).await?);
    let found = store.webhooks(None).await?.into_iter().find(|known| known.id == webhook);
    let found = found.ok_or(CliError::NoWebhook(webhook))?;
    // Nothing of a ping is for the log.
    let (audit, _) = AuditTrail::new(store.clone(), Arc::new(Counters::start()));
    let teller = Teller::new(store.clone(), audit, Arc::new(poster));
    let outcome = teller.ping(&found).await;
    store.close().await;
    let status = outcome.map_err(|error| CliError::Ping(error.to_string()))?;
    if json {
        print(&json!({ "id": webhook, "status": status }));
    } else {
        println!("Webhook {webhook} answered {status}.");
    }
    Ok(())
}
