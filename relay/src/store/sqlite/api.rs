//! The HTTP API's storage in SQLite.

use super::{SqliteStore, accounts, failed};
use crate::store::api::{
    API_ANSWER_S, API_ANSWERS_MAX, API_REQUEST_LOST_S, API_TOKENS_MAX, Api, ApiToken, Begun, KeptAnswer, NewApiToken,
};
use crate::store::web::Edited;
use crate::store::{AccountChange, StoreError};
use crate::token::TokenHash;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

#[async_trait::async_trait]
impl Api for SqliteStore {
    async fn add_api_token(&self, token: NewApiToken, now_s: i64) -> Result<Option<i64>, StoreError> {
        let NewApiToken { hash, name, account, scopes, addresses, expires_s } = token;
        sqlx::query_scalar(
            "INSERT INTO api_tokens (token_hash, name, account, scopes, addresses, created_s, expires_s)
             SELECT ?, ?, ?, ?, ?, ?, ? WHERE (SELECT count(*) FROM api_tokens) < ? RETURNING id",
        )
        .bind(hash.0.to_vec())
        .bind(name)
        .bind(account)
        .bind(scopes)
        .bind(addresses)
        .bind(now_s)
        .bind(expires_s)
        .bind(API_TOKENS_MAX)
        .fetch_optional(&self.pool)
        .await
        .map_err(failed)
    }

    async fn api_tokens(&self, account: Option<i64>) -> Result<Vec<ApiToken>, StoreError> {
        let rows = sqlx::query(
            "SELECT api_tokens.*, accounts.name AS account_name FROM api_tokens
             LEFT JOIN accounts ON accounts.id = api_tokens.account
             WHERE ?1 IS NULL OR account = ?1 ORDER BY api_tokens.id",
        );
        rows.bind(account).fetch_all(&self.pool).await.map_err(failed)?.iter().map(token_of).collect()
    }

    async fn api_token(&self, hash: TokenHash, now_s: i64) -> Result<Option<ApiToken>, StoreError> {
        let row = sqlx::query(
            "SELECT api_tokens.*, accounts.name AS account_name FROM api_tokens
             LEFT JOIN accounts ON accounts.id = api_tokens.account
             WHERE token_hash = ? AND expires_s > ? AND (account IS NULL OR accounts.status = 'active')",
        );
        let row = row.bind(hash.0.to_vec()).bind(now_s).fetch_optional(&self.pool).await.map_err(failed)?;
        row.map(|row| token_of(&row)).transpose()
    }

    async fn note_api_token(&self, token: i64, from: &str, now_s: i64) -> Result<(), StoreError> {
        sqlx::query("UPDATE api_tokens SET used_s = ?, used_from = ? WHERE id = ?")
            .bind(now_s)
            .bind(from.to_owned())
            .bind(token)
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(failed)
    }

    async fn revoke_api_token(&self, token: i64, account: Option<i64>) -> Result<Option<ApiToken>, StoreError> {
        let mut transaction = self.write().await?;
        let row = sqlx::query(
            "SELECT api_tokens.*, accounts.name AS account_name FROM api_tokens
             LEFT JOIN accounts ON accounts.id = api_tokens.account
             WHERE api_tokens.id = ?1 AND (?2 IS NULL OR account = ?2)",
        );
        let row = row.bind(token).bind(account).fetch_optional(&mut *transaction).await.map_err(failed)?;
        let Some(row) = row else { return Ok(None) };
        let revoked = token_of(&row)?;
        let gone = sqlx::query("DELETE FROM api_tokens WHERE id = ?").bind(token);
        gone.execute(&mut *transaction).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(Some(revoked))
    }

    async fn begin_api_request(
        &self,
        token: i64,
        key: &str,
        request: [u8; 32],
        now_s: i64,
    ) -> Result<Begun, StoreError> {
        let mut transaction = self.write().await?;
        // What is over its time counts as if it were not there.
        sqlx::query(
            "DELETE FROM api_answers WHERE token = ? AND key = ? AND (at_s < ? OR (status IS NULL AND at_s < ?))",
        )
        .bind(token)
        .bind(key.to_owned())
        .bind(now_s.saturating_sub(API_ANSWER_S))
        .bind(now_s.saturating_sub(API_REQUEST_LOST_S))
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        let there = sqlx::query("SELECT request, status, body FROM api_answers WHERE token = ? AND key = ?");
        let there = there.bind(token).bind(key.to_owned()).fetch_optional(&mut *transaction).await.map_err(failed)?;
        if let Some(row) = there {
            return begun_before(&row, request);
        }
        let oldest = sqlx::query(
            "DELETE FROM api_answers WHERE token = ?1 AND key IN
             (SELECT key FROM api_answers WHERE token = ?1 ORDER BY at_s DESC, key LIMIT -1 OFFSET ?2)",
        );
        oldest.bind(token).bind(API_ANSWERS_MAX - 1).execute(&mut *transaction).await.map_err(failed)?;
        sqlx::query("INSERT INTO api_answers (token, key, request, at_s) VALUES (?, ?, ?, ?)")
            .bind(token)
            .bind(key.to_owned())
            .bind(request.to_vec())
            .bind(now_s)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(Begun::New)
    }

    async fn keep_api_answer(&self, token: i64, key: &str, answer: &KeptAnswer) -> Result<(), StoreError> {
        sqlx::query("UPDATE api_answers SET status = ?, body = ? WHERE token = ? AND key = ?")
            .bind(i64::from(answer.status))
            .bind(answer.body.clone())
            .bind(token)
            .bind(key.to_owned())
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(failed)
    }

    async fn forget_api_request(&self, token: i64, key: &str) -> Result<(), StoreError> {
        let gone = sqlx::query("DELETE FROM api_answers WHERE token = ? AND key = ?");
        gone.bind(token).bind(key.to_owned()).execute(&self.pool).await.map(drop).map_err(failed)
    }

    async fn change_account_seen(&self, account: i64, seen: &str, change: AccountChange) -> Result<Edited, StoreError> {
        accounts::change_seen(self, account, seen, change).await
    }
}

fn begun_before(row: &SqliteRow, request: [u8; 32]) -> Result<Begun, StoreError> {
    let of: Vec<u8> = row.try_get("request").map_err(failed)?;
    if of != request {
        return Ok(Begun::OtherRequest);
    }
    let status: Option<i64> = row.try_get("status").map_err(failed)?;
    let body: Option<String> = row.try_get("body").map_err(failed)?;
    let Some(status) = status else { return Ok(Begun::UnderWay) };
    let status = u16::try_from(status)
        .map_err(|_| StoreError::Damaged(format!("an answer of the API has the status {status}")))?;
    Ok(Begun::Again(KeptAnswer { status, body: body.unwrap_or_default() }))
}

fn token_of(row: &SqliteRow) -> Result<ApiToken, StoreError> {
    Ok(ApiToken {
        id: row.try_get("id").map_err(failed)?,
        name: row.try_get("name").map_err(failed)?,
        account: row.try_get("account").map_err(failed)?,
        account_name: row.try_get("account_name").map_err(failed)?,
        scopes: row.try_get("scopes").map_err(failed)?,
        addresses: row.try_get("addresses").map_err(failed)?,
        created_s: row.try_get("created_s").map_err(failed)?,
        expires_s: row.try_get("expires_s").map_err(failed)?,
        used_s: row.try_get("used_s").map_err(failed)?,
        used_from: row.try_get("used_from").map_err(failed)?,
    })
}
