//! Webhooks in SQLite. What they are to be told is read from the audit log.

use super::reports::entry_of;
use super::{SqliteStore, failed};
use crate::store::webhooks::{
    Attempted, Delivery, NewWebhook, WEBHOOK_DELIVERIES_MAX, WEBHOOK_WAITING_MAX, WEBHOOKS_MAX, Webhook, Webhooks,
};
use crate::store::{AuditEntry, StoreError};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

#[async_trait::async_trait]
impl Webhooks for SqliteStore {
    async fn add_webhook(&self, webhook: NewWebhook, now_s: i64) -> Result<Option<i64>, StoreError> {
        let NewWebhook { account, url, secret, events } = webhook;
        sqlx::query_scalar(
            "INSERT INTO webhooks (account, url, secret, events, created_s, seen)
             SELECT ?1, ?2, ?3, ?4, ?5, (SELECT coalesce(max(id), 0) FROM audit)
             WHERE (SELECT count(*) FROM webhooks WHERE account = ?1) < ?6 RETURNING id",
        )
        .bind(account)
        .bind(url)
        .bind(secret)
        .bind(events)
        .bind(now_s)
        .bind(WEBHOOKS_MAX)
        .fetch_optional(&self.pool)
        .await
        .map_err(failed)
    }

    async fn webhooks(&self, account: Option<i64>) -> Result<Vec<Webhook>, StoreError> {
        let rows = sqlx::query(
            "SELECT webhooks.*, accounts.name AS account_name FROM webhooks
             JOIN accounts ON accounts.id = webhooks.account
             WHERE ?1 IS NULL OR account = ?1 ORDER BY webhooks.id",
        );
        rows.bind(account).fetch_all(&self.pool).await.map_err(failed)?.iter().map(webhook_of).collect()
    }

    async fn remove_webhook(&self, webhook: i64, account: Option<i64>) -> Result<Option<i64>, StoreError> {
        let removed =
            sqlx::query_scalar("DELETE FROM webhooks WHERE id = ?1 AND (?2 IS NULL OR account = ?2) RETURNING account");
        removed.bind(webhook).bind(account).fetch_optional(&self.pool).await.map_err(failed)
    }

    async fn due_webhooks(&self, now_s: i64) -> Result<Vec<Webhook>, StoreError> {
        let rows = sqlx::query(
            "SELECT webhooks.*, accounts.name AS account_name FROM webhooks
             JOIN accounts ON accounts.id = webhooks.account
             WHERE off = 0 AND next_s <= ? AND accounts.status = 'active'
             AND EXISTS (SELECT 1 FROM audit WHERE audit.account = webhooks.account AND audit.id > webhooks.seen)
             ORDER BY (SELECT coalesce(max(at_s), 0) FROM webhook_deliveries WHERE webhook = webhooks.id), webhooks.id",
        );
        rows.bind(now_s).fetch_all(&self.pool).await.map_err(failed)?.iter().map(webhook_of).collect()
    }

    async fn next_for_webhook(&self, webhook: i64, kinds: &[&'static str]) -> Result<Option<AuditEntry>, StoreError> {
        let kinds = serde_json::to_string(kinds).map_err(|error| StoreError::Other(error.to_string()))?;
        let mut transaction = self.write().await?;
        let place: Option<(i64, i64)> = sqlx::query_as("SELECT account, seen FROM webhooks WHERE id = ?")
            .bind(webhook)
            .fetch_optional(&mut *transaction)
            .await
            .map_err(failed)?;
        let Some((account, mut seen)) = place else { return Ok(None) };
        let too_old = sqlx::query_scalar(
            "SELECT id FROM audit WHERE account = ?1 AND id > ?2 AND kind IN (SELECT value FROM json_each(?3))
             ORDER BY id DESC LIMIT 1 OFFSET ?4",
        );
        let too_old = too_old.bind(account).bind(seen).bind(kinds.clone()).bind(WEBHOOK_WAITING_MAX);
        if let Some(last) = too_old.fetch_optional(&mut *transaction).await.map_err(failed)? {
            sqlx::query(
                "UPDATE webhooks SET attempts = 0, seen = ?2, dropped = dropped + (SELECT count(*) FROM audit
                 WHERE account = ?3 AND id > ?4 AND id <= ?2 AND kind IN (SELECT value FROM json_each(?5)))
                 WHERE id = ?1",
            )
            .bind(webhook)
            .bind(last)
            .bind(account)
            .bind(seen)
            .bind(kinds.clone())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
            seen = last;
        }
        let row = sqlx::query(
            "SELECT audit.*, accounts.name AS account_name, reps.name AS rep_name, reps.user AS rep_user FROM audit
             LEFT JOIN accounts ON accounts.id = audit.account LEFT JOIN reps ON reps.id = audit.rep
             WHERE audit.account = ?1 AND audit.id > ?2 AND audit.kind IN (SELECT value FROM json_each(?3))
             ORDER BY audit.id LIMIT 1",
        );
        let row = row.bind(account).bind(seen).bind(kinds).fetch_optional(&mut *transaction).await.map_err(failed)?;
        let next = row.map(|row| entry_of(&row)).transpose()?;
        if next.is_none() {
            // Lines of other kinds are not looked at again.
            let passed = sqlx::query(
                "UPDATE webhooks SET seen = max(seen, (SELECT coalesce(max(id), 0) FROM audit WHERE account = ?2))
                 WHERE id = ?1",
            );
            passed.bind(webhook).bind(account).execute(&mut *transaction).await.map_err(failed)?;
        }
        transaction.commit().await.map_err(failed)?;
        Ok(next)
    }

    async fn webhook_attempted(&self, attempted: Attempted, now_s: i64) -> Result<(), StoreError> {
        let Attempted { webhook, line, event, done, outcome, next_s, off } = attempted;
        let mut transaction = self.write().await?;
        let noted = sqlx::query(
            "UPDATE webhooks SET seen = CASE WHEN ?2 THEN max(seen, ?3) ELSE seen END,
             attempts = CASE WHEN ?2 THEN 0 ELSE attempts + 1 END, next_s = CASE WHEN ?2 THEN 0 ELSE ?4 END,
             failing_s = CASE WHEN ?2 THEN NULL ELSE coalesce(failing_s, ?5) END, off = ?6 WHERE id = ?1",
        );
        let noted = noted.bind(webhook).bind(done).bind(line).bind(next_s).bind(now_s).bind(off);
        if noted.execute(&mut *transaction).await.map_err(failed)?.rows_affected() == 0 {
            // It was removed meanwhile.
            return Ok(());
        }
        sqlx::query(
            "INSERT INTO webhook_deliveries (webhook, line, event, at_s, attempts, done, outcome)
             VALUES (?, ?, ?, ?, 1, ?, ?) ON CONFLICT (webhook, line) DO UPDATE
             SET at_s = excluded.at_s, attempts = attempts + 1, done = excluded.done, outcome = excluded.outcome",
        )
        .bind(webhook)
        .bind(line)
        .bind(event)
        .bind(now_s)
        .bind(done)
        .bind(outcome)
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        let old = sqlx::query(
            "DELETE FROM webhook_deliveries WHERE webhook = ?1 AND line IN
             (SELECT line FROM webhook_deliveries WHERE webhook = ?1 ORDER BY line DESC LIMIT -1 OFFSET ?2)",
        );
        old.bind(webhook).bind(WEBHOOK_DELIVERIES_MAX).execute(&mut *transaction).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    async fn webhook_deliveries(&self, webhook: i64) -> Result<Vec<Delivery>, StoreError> {
        let rows = sqlx::query("SELECT * FROM webhook_deliveries WHERE webhook = ? ORDER BY line DESC").bind(webhook);
        rows.fetch_all(&self.pool).await.map_err(failed)?.iter().map(delivery_of).collect()
    }
}

fn webhook_of(row: &SqliteRow) -> Result<Webhook, StoreError> {
    Ok(Webhook {
        id: row.try_get("id").map_err(failed)?,
        account: row.try_get("account").map_err(failed)?,
        account_name: row.try_get("account_name").map_err(failed)?,
        url: row.try_get("url").map_err(failed)?,
        secret: row.try_get("secret").map_err(failed)?,
        events: row.try_get("events").map_err(failed)?,
        created_s: row.try_get("created_s").map_err(failed)?,
        seen: row.try_get("seen").map_err(failed)?,
        attempts: row.try_get("attempts").map_err(failed)?,
        next_s: row.try_get("next_s").map_err(failed)?,
        failing_s: row.try_get("failing_s").map_err(failed)?,
        off: row.try_get("off").map_err(failed)?,
        dropped: row.try_get("dropped").map_err(failed)?,
    })
}

fn delivery_of(row: &SqliteRow) -> Result<Delivery, StoreError> {
    Ok(Delivery {
        line: row.try_get("line").map_err(failed)?,
        event: row.try_get("event").map_err(failed)?,
        at_s: row.try_get("at_s").map_err(failed)?,
        attempts: row.try_get("attempts").map_err(failed)?,
        done: row.try_get("done").map_err(failed)?,
        outcome: row.try_get("outcome").map_err(failed)?,
    })
}
