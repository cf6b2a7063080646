//! Sessions in SQLite. A row whose content makes no sense is left out and named: the others can still be taken up.

use super::{SqliteStore, codes, failed, hand_overs, questions, seats};
use crate::hub::{Change, Origin, SessionRecord};
use crate::store::StoreError;
use crate::token::TokenHash;
use lotse_protocol::control::{PluginRef, SessionId};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

pub(super) async fn all(store: &SqliteStore) -> Result<Vec<SessionRecord>, StoreError> {
    let rows = sqlx::query(
        "SELECT sessions.*, reps.name AS rep_name, reps.account, accounts.name AS account_name
         FROM sessions JOIN reps ON reps.id = sessions.rep JOIN accounts ON accounts.id = reps.account
         WHERE ended_s IS NULL ORDER BY started_s",
    );
    let rows = rows.fetch_all(&store.pool).await.map_err(failed)?;
    let mut sessions = Vec::with_capacity(rows.len());
    for row in &rows {
        match record(row)? {
            Some(session) => sessions.push(session),
            None => tracing::warn!("a stored session makes no sense and is left out"),
        }
    }
    Ok(sessions)
}

fn record(row: &SqliteRow) -> Result<Option<SessionRecord>, StoreError> {
    let id: Vec<u8> = row.try_get("id").map_err(failed)?;
    let rep_token: Option<Vec<u8>> = row.try_get("rep_token").map_err(failed)?;
    let customer_token: Option<Vec<u8>> = row.try_get("customer_token").map_err(failed)?;
    let plugins: String = row.try_get("plugins").map_err(failed)?;
    let hash = |bytes: Option<Vec<u8>>| bytes.and_then(|bytes| bytes.try_into().ok()).map(TokenHash);
    let plugins: Option<Vec<PluginRef>> = serde_json::from_str(&plugins).ok();
    let (Ok(id), Some(rep_token), Some(customer_token), Some(plugins)) =
        (<[u8; 16]>::try_from(id), hash(rep_token), hash(customer_token), plugins)
    else {
        return Ok(None);
    };
    Ok(Some(SessionRecord {
        session: SessionId(id),
        rep: row.try_get("rep").map_err(failed)?,
        account: row.try_get("account").map_err(failed)?,
        rep_name: row.try_get("rep_name").map_err(failed)?,
        account_name: row.try_get("account_name").map_err(failed)?,
        customer: row.try_get("customer").map_err(failed)?,
        system: row.try_get("system").map_err(failed)?,
        rep_token,
        customer_token,
        plugins: plugins.into(),
        origin: Origin {
            question: row.try_get("question").map_err(failed)?,
            portal: row.try_get("portal").map_err(failed)?,
        },
    }))
}

pub(super) async fn change(store: &SqliteStore, changes: &[Change], now_s: i64) -> Result<(), StoreError> {
    let mut transaction = store.write().await?;
    for change in changes {
        let query = match change {
            Change::Started(session) => {
                let plugins = serde_json::to_string(&session.plugins.to_vec()).map_err(|error| StoreError::Other(error.to_string()))?;
                sqlx::query(
                    "INSERT INTO sessions (id, rep, customer, system, rep_token, customer_token, plugins, started_s, question, portal)
                     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
                )
                .bind(session.session.0.to_vec())
                .bind(session.rep)
                .bind(session.customer.clone())
                .bind(session.system.clone())
                .bind(session.rep_token.0.to_vec())
                .bind(session.customer_token.0.to_vec())
                .bind(plugins)
                .bind(now_s)
                .bind(session.origin.question.clone())
                .bind(session.origin.portal.clone())
            }
            Change::Ended { session, reason } => sqlx::query(
                "UPDATE sessions SET ended_s = ?, end_reason = ?, rep_token = NULL, customer_token = NULL WHERE id = ? AND ended_s IS NULL",
            )
            .bind(now_s)
            .bind(reason.clone())
            .bind(session.0.to_vec()),
            Change::Code(code) => codes::keep(code, now_s),
            Change::CodeGone { session } => codes::forget(*session),
            Change::Seat { sign_in, held } => seats::keep(*sign_in, *held, now_s),
            Change::SignInGone { sign_in } => seats::end(*sign_in),
            Change::Question(question) => questions::keep(question, now_s),
            Change::QuestionGone { question } => questions::forget(*question),
            Change::Beside { session, first, joined, from: _ } => hand_overs::keep(*session, *first, *joined),
            Change::NotesCarried { session, from } => hand_overs::carry_notes(*from, *session, now_s),
            Change::TookOver { session, place_of } => hand_overs::take_over(*session, *place_of, now_s),
        };
        query.execute(&mut *transaction).await.map_err(failed)?;
        if let Change::Beside { session, from, first: _, joined: _ } = change {
            hand_overs::carry_notes(*from, *session, now_s).execute(&mut *transaction).await.map_err(failed)?;
        }
    }
    transaction.commit().await.map_err(failed)
}
