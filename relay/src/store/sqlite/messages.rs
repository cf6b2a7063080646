//! Messages of customers in SQLite.

use super::{SqliteStore, failed};
use crate::store::messages::MESSAGES_PAGE_MAX;
use crate::store::{Message, MessageStore, NewMessage, StoreError};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

#[async_trait::async_trait]
impl MessageStore for SqliteStore {
    async fn add_message(&self, portal: i64, message: NewMessage, now_s: i64) -> Result<Option<i64>, StoreError> {
        let NewMessage { name, reply_to, text, language } = message;
        sqlx::query_scalar(
            "INSERT INTO messages (account, portal, portal_name, name, reply_to, text, language, at_s)
             SELECT account, id, name, ?, ?, ?, ?, ? FROM portals WHERE id = ? RETURNING id",
        )
        .bind(name)
        .bind(reply_to)
        .bind(text)
        .bind(language)
        .bind(now_s)
        .bind(portal)
        .fetch_optional(&self.pool)
        .await
        .map_err(failed)
    }

    async fn messages(
        &self,
        account: Option<i64>,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError> {
        let query = match account {
            Some(account) => sqlx::query(
                "SELECT messages.*, accounts.name AS account_name FROM messages
                 JOIN accounts ON accounts.id = messages.account
                 WHERE messages.account = ? AND messages.id < ? ORDER BY messages.id DESC LIMIT ?",
            )
            .bind(account),
            None => sqlx::query(
                "SELECT messages.*, accounts.name AS account_name FROM messages
                 JOIN accounts ON accounts.id = messages.account
                 WHERE messages.id < ? ORDER BY messages.id DESC LIMIT ?",
            ),
        };
        let rows = query.bind(before.unwrap_or(i64::MAX)).bind(i64::from(limit.min(MESSAGES_PAGE_MAX + 1)));
        rows.fetch_all(&self.pool).await.map_err(failed)?.iter().map(message_of).collect()
    }

    async fn mark_message(&self, account: i64, message: i64, read: bool, now_s: i64) -> Result<bool, StoreError> {
        let marked = sqlx::query(
            "UPDATE messages SET read_s = CASE WHEN ? THEN coalesce(read_s, ?) ELSE NULL END WHERE id = ? AND account = ?",
        );
        let marked = marked.bind(read).bind(now_s).bind(message).bind(account).execute(&self.pool).await;
        marked.map(|done| done.rows_affected() > 0).map_err(failed)
    }

    async fn unread_messages(&self, account: i64) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM messages WHERE account = ? AND read_s IS NULL")
            .bind(account)
            .fetch_one(&self.pool)
            .await
            .map_err(failed)?;
        Ok(u64::try_from(count).unwrap_or(0))
    }
}

fn message_of(row: &SqliteRow) -> Result<Message, StoreError> {
    let read_s: Option<i64> = row.try_get("read_s").map_err(failed)?;
    Ok(Message {
        id: row.try_get("id").map_err(failed)?,
        account: row.try_get("account").map_err(failed)?,
        account_name: row.try_get("account_name").map_err(failed)?,
        portal_name: row.try_get("portal_name").map_err(failed)?,
        message: NewMessage {
            name: row.try_get("name").map_err(failed)?,
            reply_to: row.try_get("reply_to").map_err(failed)?,
            text: row.try_get("text").map_err(failed)?,
            language: row.try_get("language").map_err(failed)?,
        },
        at_s: row.try_get("at_s").map_err(failed)?,
        read: read_s.is_some(),
    })
}
