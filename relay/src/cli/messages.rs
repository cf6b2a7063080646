//! `message list`: what customers left while nobody was there.

use super::CliError;
use super::people::{open_existing, print};
use crate::api::{Shape, shown};
use crate::store::{MESSAGES_PAGE_MAX, Message, MessageStore, NewMessage, Store, StoreError};
use serde_json::Value;
use std::path::PathBuf;

#[derive(Debug, clap::Subcommand)]
pub(super) enum MessageCommand {
    /// Lists messages, the newest first, at most 200.
    List(MessageListOptions),
}

#[derive(Debug, clap::Args)]
pub(super) struct MessageListOptions {
    /// The relay's data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Those of this account alone.
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// Those before the message with this number.
    #[arg(long, value_name = "NUMBER")]
    before: Option<i64>,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(command: MessageCommand) -> Result<(), CliError> {
    match command {
        MessageCommand::List(options) => list(options).await,
    }
}

async fn list(options: MessageListOptions) -> Result<(), CliError> {
    let MessageListOptions { data, account, before, json } = options;
    let store = open_existing(&data).await?;
    let account = match account {
        None => None,
        Some(name) => {
            let accounts = store.accounts().await?;
            let found = accounts.iter().find(|account| account.name.eq_ignore_ascii_case(&name));
            Some(found.ok_or(StoreError::NoAccount(name))?.id)
        }
    };
    let messages = store.messages(account, before, MESSAGES_PAGE_MAX).await?;
    store.close().await;
    if json {
        print(&Value::Array(messages.into_iter().map(|message| shown::Message::of(message).write()).collect()));
        return Ok(());
    }
    if messages.is_empty() {
        println!("There is no message.");
    }
    for Message { id, account_name, portal_name, message, read, .. } in &messages {
        let new = if *read { "" } else { " · new" };
        let NewMessage { name, reply_to, text, .. } = message;
        println!("{id} · {account_name} · {portal_name}{new} · {name} ({reply_to})\n{text}\n");
    }
    Ok(())
}
