//! Reports, notes and the audit log in SQLite. Each list is one statement whose filters are switched by `NULL`.

use super::{SqliteStore, failed, participants};
use crate::hub::{AuditKind, NotesRecord};
use crate::store::{
    AuditEntry, AuditFilter, AuditPage, NOTES_AFTER_END_S, Notes, PAGE_MAX, Report, ReportFilter, ReportKey,
    ReportPage, ReportPlugin, ReportRow, Reports, StoreError, TIMELINE_MAX,
};
use crate::token::hex;
use lotse_protocol::control::{PluginRef, SessionId};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

/// Sessions with all that a row of the list tells.
macro_rules! sessions_where {
    ($condition:literal) => {
        concat!(
            "SELECT sessions.*, reps.name AS rep_name, reps.user AS rep_user, reps.account, accounts.name AS account_name,
             coalesce(substr(notes.text, 1, 200), '') AS notes_begin
             FROM sessions JOIN reps ON reps.id = sessions.rep JOIN accounts ON accounts.id = reps.account
             LEFT JOIN notes ON notes.session = sessions.id WHERE ",
            $condition
        )
    };
}

/// Lines of the audit log with the names of today.
macro_rules! lines_where {
    ($condition:literal) => {
        concat!(
            "SELECT audit.*, accounts.name AS account_name, reps.name AS rep_name, reps.user AS rep_user
             FROM audit LEFT JOIN accounts ON accounts.id = audit.account LEFT JOIN reps ON reps.id = audit.rep WHERE ",
            $condition
        )
    };
}

/// The first condition is one that an index answers; the others are the filter's, the same for each.
macro_rules! newest_lines {
    ($first:literal) => {
        concat!(
            "SELECT audit.*, accounts.name AS account_name, reps.name AS rep_name, reps.user AS rep_user
             FROM audit LEFT JOIN accounts ON accounts.id = audit.account LEFT JOIN reps ON reps.id = audit.rep WHERE ",
            $first,
            " AND (?1 IS NULL OR audit.account = ?1) AND (?2 IS NULL OR audit.kind = ?2)
             AND (?3 IS NULL OR audit.session = ?3)
             AND (?4 IS NULL OR audit.at_s >= ?4) AND (?5 IS NULL OR audit.at_s < ?5)
             AND (?6 IS NULL OR audit.id < ?6) AND (?8 IS NULL OR audit.rep = ?8)
             ORDER BY audit.id DESC LIMIT ?7"
        )
    };
}

#[async_trait::async_trait]
impl Reports for SqliteStore {
    async fn keep_notes(&self, notes: &NotesRecord, now_s: i64) -> Result<Option<Notes>, StoreError> {
        let mut transaction = self.write().await?;
        let theirs: i64 = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM sessions WHERE id = ?1 AND rep = ?2 AND (ended_s IS NULL OR ended_s >= ?3))",
        )
        .bind(notes.session.0.to_vec())
        .bind(notes.rep)
        .bind(now_s.saturating_sub(NOTES_AFTER_END_S))
        .fetch_one(&mut *transaction)
        .await
        .map_err(failed)?;
        if theirs == 0 {
            return Ok(None);
        }
        let kept = notes_of(&mut transaction, notes.session).await?.unwrap_or_default();
        let revision = kept.revision.saturating_add(1);
        if notes.revision != revision {
            return Ok(Some(kept));
        }
        sqlx::query(
            "INSERT INTO notes (session, revision, text, changed_s) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (session)
             DO UPDATE SET revision = excluded.revision, text = excluded.text, changed_s = excluded.changed_s,
                 carried_from = NULL",
        )
        .bind(notes.session.0.to_vec())
        .bind(i64::try_from(revision).unwrap_or(i64::MAX))
        .bind(notes.text.clone())
        .bind(now_s)
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(Some(Notes { revision, text: notes.text.clone(), changed_s: now_s }))
    }

    async fn notes(&self, session: SessionId) -> Result<Option<Notes>, StoreError> {
        let mut connection = self.pool.acquire().await.map_err(failed)?;
        notes_of(&mut connection, session).await
    }

    async fn running_of(&self, account: i64) -> Result<Vec<ReportRow>, StoreError> {
        let rows = sqlx::query(sessions_where!(
            "sessions.ended_s IS NULL AND reps.account = ?1
             ORDER BY sessions.started_s DESC, sessions.id DESC LIMIT ?2"
        ));
        let rows = rows.bind(account).bind(PAGE_MAX).fetch_all(&self.pool).await.map_err(failed)?;
        rows.iter().map(row_of).collect()
    }

    async fn reports(
        &self,
        account: i64,
        filter: &ReportFilter,
        after: Option<ReportKey>,
        limit: u32,
    ) -> Result<ReportPage, StoreError> {
        let ReportFilter { from_s, to_s, rep, text } = filter;
        let limit = limit.clamp(1, PAGE_MAX);
        let rows = sqlx::query(sessions_where!(
            "reps.account = ?1
             AND (?2 IS NULL OR sessions.started_s >= ?2) AND (?3 IS NULL OR sessions.started_s < ?3)
             AND (?4 IS NULL OR sessions.rep = ?4)
             AND (?5 IS NULL OR instr(lower(sessions.customer), lower(?5)) > 0
                  OR instr(lower(sessions.system), lower(?5)) > 0 OR instr(lower(coalesce(notes.text, '')), lower(?5)) > 0)
             AND (?6 IS NULL OR sessions.started_s < ?6 OR (sessions.started_s = ?6 AND sessions.id < ?7))
             ORDER BY sessions.started_s DESC, sessions.id DESC LIMIT ?8"
        ))
        .bind(account)
        .bind(*from_s)
        .bind(*to_s)
        .bind(*rep)
        .bind(text.clone().filter(|text| !text.is_empty()))
        .bind(after.map(|key| key.started_s))
        .bind(after.map(|key| key.session.0.to_vec()))
        .bind(limit.saturating_add(1))
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        let mut rows: Vec<ReportRow> = rows.iter().map(row_of).collect::<Result<_, _>>()?;
        let more = shorten(&mut rows, limit);
        let last = rows.last().filter(|_| more);
        let next = last.map(|row| ReportKey { started_s: row.started_s, session: row.session });
        Ok(ReportPage { rows, next })
    }

    async fn report(&self, session: SessionId) -> Result<Option<Report>, StoreError> {
        let mut transaction = self.pool.begin().await.map_err(failed)?;
        let row = sqlx::query(sessions_where!("sessions.id = ?1"));
        let row = row.bind(session.0.to_vec()).fetch_optional(&mut *transaction).await.map_err(failed)?;
        let Some(row) = row else { return Ok(None) };
        let plugins: String = row.try_get("plugins").map_err(failed)?;
        let beside: Option<Vec<u8>> = row.try_get("beside").map_err(failed)?;
        let first = beside.map(session_of).transpose()?.unwrap_or(session);
        let row = row_of(&row)?;
        let notes = notes_of(&mut transaction, session).await?;
        let participants = participants::of(&mut transaction, first).await?;
        let lines = sqlx::query(lines_where!("audit.session = ?1 ORDER BY audit.id LIMIT ?2"));
        let lines = lines.bind(session.0.to_vec()).bind(TIMELINE_MAX).fetch_all(&mut *transaction).await;
        let timeline = lines.map_err(failed)?.iter().map(entry_of).collect::<Result<_, _>>()?;
        transaction.commit().await.map_err(failed)?;
        Ok(Some(Report { row, plugins: plugins_of(&plugins), notes, participants, timeline }))
    }

    async fn session_beginning(&self, first: &[u8]) -> Result<SessionId, StoreError> {
        let (mut low, mut high) = ([0_u8; 16], [u8::MAX; 16]);
        for (at, byte) in first.iter().take(low.len()).enumerate() {
            (low[at], high[at]) = (*byte, *byte);
        }
        let found = sqlx::query_scalar("SELECT id FROM sessions WHERE id BETWEEN ?1 AND ?2 LIMIT 2");
        let found: Vec<Vec<u8>> =
            found.bind(low.to_vec()).bind(high.to_vec()).fetch_all(&self.pool).await.map_err(failed)?;
        match found.as_slice() {
            [one] => session_of(one.clone()),
            [] => Err(StoreError::NoSession(hex(first))),
            _ => Err(StoreError::ManySessions(hex(first))),
        }
    }

    async fn audit(&self, filter: &AuditFilter, after: Option<i64>, limit: u32) -> Result<AuditPage, StoreError> {
        let AuditFilter { account, kind, rep, session, from_s, to_s } = *filter;
        let limit = limit.clamp(1, PAGE_MAX);
        let statement = match (session, account, kind) {
            (Some(_), _, _) => newest_lines!("audit.session = ?3"),
            (None, Some(_), Some(_)) => newest_lines!("audit.account = ?1 AND audit.kind = ?2"),
            (None, Some(_), None) => newest_lines!("audit.account = ?1"),
            (None, None, _) => newest_lines!("TRUE"),
        };
        let lines = sqlx::query(statement)
            .bind(account)
            .bind(kind.map(AuditKind::name))
            .bind(session.map(|session| session.0.to_vec()))
            .bind(from_s)
            .bind(to_s)
            .bind(after)
            .bind(limit.saturating_add(1))
            .bind(rep)
            .fetch_all(&self.pool)
            .await
            .map_err(failed)?;
        let mut lines: Vec<AuditEntry> = lines.iter().map(entry_of).collect::<Result<_, _>>()?;
        let more = shorten(&mut lines, limit);
        let next = lines.last().filter(|_| more).map(|line| line.id);
        Ok(AuditPage { lines, next })
    }
}

/// One row more than wanted was asked for: takes it off, and says whether it was there.
fn shorten<T>(rows: &mut Vec<T>, limit: u32) -> bool {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    more
}

async fn notes_of(connection: &mut SqliteConnection, session: SessionId) -> Result<Option<Notes>, StoreError> {
    let row = sqlx::query("SELECT revision, text, changed_s FROM notes WHERE session = ?1").bind(session.0.to_vec());
    let Some(row) = row.fetch_optional(connection).await.map_err(failed)? else { return Ok(None) };
    let revision: i64 = row.try_get("revision").map_err(failed)?;
    Ok(Some(Notes {
        revision: u64::try_from(revision).unwrap_or(0),
        text: row.try_get("text").map_err(failed)?,
        changed_s: row.try_get("changed_s").map_err(failed)?,
    }))
}

pub(super) fn session_of(bytes: Vec<u8>) -> Result<SessionId, StoreError> {
    let id = <[u8; 16]>::try_from(bytes);
    id.map(SessionId).map_err(|_| StoreError::Damaged("the id of a session has another length".to_owned()))
}

fn row_of(row: &SqliteRow) -> Result<ReportRow, StoreError> {
    Ok(ReportRow {
        session: session_of(row.try_get("id").map_err(failed)?)?,
        account: row.try_get("account").map_err(failed)?,
        account_name: row.try_get("account_name").map_err(failed)?,
        rep: row.try_get("rep").map_err(failed)?,
        rep_name: row.try_get("rep_name").map_err(failed)?,
        rep_user: row.try_get("rep_user").map_err(failed)?,
        customer: row.try_get("customer").map_err(failed)?,
        system: row.try_get("system").map_err(failed)?,
        started_s: row.try_get("started_s").map_err(failed)?,
        ended_s: row.try_get("ended_s").map_err(failed)?,
        end_reason: row.try_get("end_reason").map_err(failed)?,
        notes_begin: row.try_get("notes_begin").map_err(failed)?,
    })
}

pub(super) fn entry_of(row: &SqliteRow) -> Result<AuditEntry, StoreError> {
    let session: Option<Vec<u8>> = row.try_get("session").map_err(failed)?;
    Ok(AuditEntry {
        id: row.try_get("id").map_err(failed)?,
        at_s: row.try_get("at_s").map_err(failed)?,
        kind: row.try_get("kind").map_err(failed)?,
        account: row.try_get("account").map_err(failed)?,
        account_name: row.try_get("account_name").map_err(failed)?,
        rep: row.try_get("rep").map_err(failed)?,
        rep_name: row.try_get("rep_name").map_err(failed)?,
        rep_user: row.try_get("rep_user").map_err(failed)?,
        session: session.map(session_of).transpose()?,
        detail: row.try_get("detail").map_err(failed)?,
    })
}

/// Of a list that makes no sense nothing is told.
fn plugins_of(list: &str) -> Vec<ReportPlugin> {
    let plugins: Vec<PluginRef> = serde_json::from_str(list).unwrap_or_default();
    let plugin = |of: PluginRef| ReportPlugin { id: of.id, version: of.version.to_string(), licensed: of.licensed };
    plugins.into_iter().map(plugin).collect()
}
