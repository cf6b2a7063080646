//! The database as one file: copied while a relay writes to it, and looked through before anything trusts it.

use super::{BUSY_TIMEOUT, FILE, MIGRATIONS, StoreError, failed, opening, private};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use std::path::Path;

/// Writes the database of a data folder into `file`, which must not be there, as it is at one moment. A relay may go on
/// writing meanwhile. Nothing is brought up to date: the copy has the version that the original has.
pub(super) async fn write(folder: &Path, file: &Path) -> Result<(), StoreError> {
    let options = SqliteConnectOptions::new().filename(folder.join(FILE)).busy_timeout(BUSY_TIMEOUT);
    let mut connection = options.connect().await.map_err(|error| opening(folder, error))?;
    let name = file.to_str().ok_or_else(|| StoreError::Other(format!("{} is no name in UTF-8", file.display())))?;
    // A reader as any other: in WAL mode it holds up no writer.
    let copied = sqlx::query("VACUUM INTO ?").bind(name).execute(&mut connection).await;
    // The copy counts; what closing says changes nothing about it.
    let _ = connection.close().await;
    copied.map_err(failed)?;
    private(file);
    Ok(())
}

/// Whether `file` is a whole database that this program can work with.
pub(super) async fn examine(file: &Path) -> Result<(), StoreError> {
    // Nobody else uses the file, so nothing may be made beside it.
    let options = SqliteConnectOptions::new().filename(file).read_only(true).immutable(true);
    let mut connection = options.connect().await.map_err(|error| opening(file, error))?;
    let looked = look(&mut connection).await;
    let _ = connection.close().await;
    looked
}

async fn look(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let verdict: String =
        sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&mut *connection).await.map_err(failed)?;
    if verdict != "ok" {
        return Err(StoreError::Damaged(verdict));
    }
    let newest: Result<Option<i64>, sqlx::Error> =
        sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(&mut *connection).await;
    let strange = || StoreError::Damaged("it is no database of lotse-relay".into());
    let newest = newest.map_err(|_| strange())?.ok_or_else(strange)?;
    let half: Option<i64> = sqlx::query_scalar("SELECT min(version) FROM _sqlx_migrations WHERE NOT success")
        .fetch_one(&mut *connection)
        .await
        .map_err(failed)?;
    if let Some(version) = half {
        return Err(StoreError::HalfUpdated(version));
    }
    let known = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default();
    if newest > known { Err(StoreError::Newer) } else { Ok(()) }
}
