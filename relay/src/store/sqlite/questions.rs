//! Questions that stand, in SQLite. A row whose content makes no sense is left out and named.

use super::{SqliteStore, failed};
use crate::hub::{QuestionRecord, QuestionStage};
use crate::store::{QuestionStore, StoreError};
use crate::token::TokenHash;
use lotse_protocol::control::SessionId;
use lotse_protocol::question::QuestionId;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Row, Sqlite};

#[async_trait::async_trait]
impl QuestionStore for SqliteStore {
    async fn questions(&self, now_s: i64) -> Result<Vec<QuestionRecord>, StoreError> {
        let rows = sqlx::query(
            "SELECT questions.*, portals.account, portals.name AS portal_name
             FROM questions JOIN portals ON portals.id = questions.portal ORDER BY questions.rowid",
        );
        let rows = rows.fetch_all(&self.pool).await.map_err(failed)?;
        let mut questions = Vec::with_capacity(rows.len());
        for row in &rows {
            match record(row, now_s)? {
                Some(question) => questions.push(question),
                None => tracing::warn!("a stored question makes no sense and is left out"),
            }
        }
        Ok(questions)
    }
}

fn record(row: &SqliteRow, now_s: i64) -> Result<Option<QuestionRecord>, StoreError> {
    let id: Vec<u8> = row.try_get("id").map_err(failed)?;
    let token: Vec<u8> = row.try_get("token_hash").map_err(failed)?;
    let session: Option<Vec<u8>> = row.try_get("session").map_err(failed)?;
    let stage: String = row.try_get("stage").map_err(failed)?;
    let asked_s: i64 = row.try_get("asked_s").map_err(failed)?;
    let session = session.and_then(|bytes| <[u8; 16]>::try_from(bytes).ok()).map(SessionId);
    let stage = match (stage.as_str(), session) {
        ("waiting", None) => QuestionStage::Waiting,
        ("taken", Some(session)) => QuestionStage::Taken(session),
        ("running", Some(session)) => QuestionStage::Running(session),
        _ => return Ok(None),
    };
    let (Ok(id), Ok(token)) = (<[u8; 16]>::try_from(id), <[u8; 32]>::try_from(token)) else { return Ok(None) };
    Ok(Some(QuestionRecord {
        question: QuestionId(id),
        portal: row.try_get("portal").map_err(failed)?,
        account: row.try_get("account").map_err(failed)?,
        portal_name: row.try_get("portal_name").map_err(failed)?,
        token: TokenHash(token),
        name: row.try_get("name").map_err(failed)?,
        text: row.try_get("text").map_err(failed)?,
        language: row.try_get("language").map_err(failed)?,
        system: row.try_get("system").map_err(failed)?,
        page_key: row.try_get("page_key").map_err(failed)?,
        front: row.try_get("front").map_err(failed)?,
        stage,
        // A clock that was set back makes it new.
        waited_ms: u64::try_from(now_s.saturating_sub(asked_s)).unwrap_or(0).saturating_mul(1000),
    }))
}

type Query = sqlx::query::Query<'static, Sqlite, SqliteArguments>;

/// Writes a question or its newer state. One whose portal is gone goes with it.
pub(super) fn keep(question: &QuestionRecord, now_s: i64) -> Query {
    let waited_s = i64::try_from(question.waited_ms / 1000).unwrap_or(i64::MAX);
    sqlx::query(
        "INSERT INTO questions (id, portal, token_hash, name, text, language, system, page_key, front, stage, session, asked_s)
         SELECT ?, portals.id, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM portals WHERE portals.id = ?
         ON CONFLICT (id) DO UPDATE SET front = excluded.front, stage = excluded.stage, session = excluded.session",
    )
    .bind(question.question.0.to_vec())
    .bind(question.token.0.to_vec())
    .bind(question.name.clone())
    .bind(question.text.clone())
    .bind(question.language.clone())
    .bind(question.system.clone())
    .bind(question.page_key.clone())
    .bind(question.front)
    .bind(question.stage.name())
    .bind(question.stage.session().map(|session| session.0.to_vec()))
    .bind(now_s.saturating_sub(waited_s))
    .bind(question.portal)
}

pub(super) fn forget(question: QuestionId) -> Query {
    sqlx::query("DELETE FROM questions WHERE id = ?").bind(question.0.to_vec())
}
