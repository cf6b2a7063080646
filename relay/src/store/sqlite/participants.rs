//! Who took part in a customer's session, in SQLite.

use super::reports::session_of;
use super::{failed, hand_overs};
use crate::store::participants::{Attendance, participants};
use crate::store::{PARTICIPANTS_MAX, Participant, StoreError};
use lotse_protocol::control::SessionId;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

/// Of the sessions that this one was the first of.
pub(super) async fn of(connection: &mut SqliteConnection, first: SessionId) -> Result<Vec<Participant>, StoreError> {
    let rows = sqlx::query(
        "SELECT sessions.id, joined, started_s, ended_s, end_reason, reps.name AS rep_name, reps.user AS rep_user
         FROM sessions JOIN reps ON reps.id = sessions.rep WHERE sessions.id = ?1 OR beside = ?1
         ORDER BY started_s, sessions.rowid LIMIT ?2",
    );
    let rows = rows.bind(first.0.to_vec()).bind(PARTICIPANTS_MAX).fetch_all(&mut *connection).await.map_err(failed)?;
    let mut all: Vec<Attendance> = rows.iter().map(attendance).collect::<Result<_, _>>()?;
    let rows = sqlx::query(
        "SELECT take_overs.session AS session, place_of, at_s FROM take_overs JOIN sessions ON sessions.id = take_overs.session
         WHERE sessions.id = ?1 OR beside = ?1 ORDER BY at_s LIMIT ?2",
    );
    let rows = rows.bind(first.0.to_vec()).bind(PARTICIPANTS_MAX).fetch_all(&mut *connection).await.map_err(failed)?;
    for row in &rows {
        let by = session_of(row.try_get("session").map_err(failed)?)?;
        let place_of = session_of(row.try_get("place_of").map_err(failed)?)?;
        let at_s: i64 = row.try_get("at_s").map_err(failed)?;
        if let Some(of) = all.iter_mut().find(|of| of.session == by) {
            of.took.push((place_of, at_s));
        }
    }
    Ok(participants(&all))
}

fn attendance(row: &SqliteRow) -> Result<Attendance, StoreError> {
    Ok(Attendance {
        session: session_of(row.try_get("id").map_err(failed)?)?,
        rep_name: row.try_get("rep_name").map_err(failed)?,
        rep_user: row.try_get("rep_user").map_err(failed)?,
        purpose: hand_overs::purpose(row)?,
        took: vec![],
        started_s: row.try_get("started_s").map_err(failed)?,
        ended_s: row.try_get("ended_s").map_err(failed)?,
        end_reason: row.try_get("end_reason").map_err(failed)?,
    })
}
