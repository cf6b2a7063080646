//! The store on SQLite in WAL mode: one writer at a time, readers never wait, and the command line may write beside a
//! running relay.

mod accounts;
mod api;
mod center;
mod codes;
mod copy;
mod hand_overs;
mod licences;
mod messages;

#[cfg(test)]
mod interrupted_tests;
#[cfg(test)]
mod old_data_tests;
mod operators;
mod owners;
mod participants;
mod passwords;
mod people;
mod plugin_rules;
mod portals;
mod questions;
mod reports;
mod running;
mod seats;
mod second_factors;
mod shared_values;
mod sign_in_list;
mod sign_in_locks;
mod teams;
mod user_ids;
mod web;
mod web_people;
mod web_sessions;
mod webhooks;

use super::{
    AUDIT_LINES_MAX, Account, AccountChange, ENDED_SESSION_S, ENDED_SIGN_IN_S, MESSAGE_S, NewAccount, NewRep, Rep,
    RepChange, SIGN_IN_UNUSED_S, Store, StoreError,
};
use crate::hub::{AuditLine, Change, CodeRecord, People, SeatRecord, SessionRecord};
use crate::registry::PluginOwners;
use crate::store::api::{API_ANSWER_S, API_TOKEN_KEPT_S};
use crate::store::web::WEB_SESSION_S;
use crate::token::TokenHash;
use sqlx::migrate::MigrateError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, Transaction};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

/// Name of the database in the data folder.
pub const FILE: &str = "lotse.db";
/// How long a write waits for another's.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Connections: one writes, a few read.
const CONNECTIONS_MAX: u32 = 4;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// Accounts and sessions in `lotse.db`.
pub struct SqliteStore {
    pool: SqlitePool,
}

impl SqliteStore {
    /// Opens the database of a data folder, makes it if it is missing, checks it and brings it up to date.
    pub async fn open(folder: &Path) -> Result<Self, StoreError> {
        let file = folder.join(FILE);
        let options = SqliteConnectOptions::new()
            .filename(&file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // In WAL mode this loses at most the last moments on a power cut, and never the file.
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT);
        let pool = SqlitePoolOptions::new()
            .max_connections(CONNECTIONS_MAX)
            .acquire_timeout(BUSY_TIMEOUT * 2)
            .connect_with(options)
            .await;
        let store = Self { pool: pool.map_err(|error| opening(folder, error))? };
        store.check().await?;
        MIGRATIONS.run(&store.pool).await.map_err(migrating)?;
        private(&file);
        Ok(store)
    }

    /// Writes the database of a data folder into `file`, which must not be there, as it is at one moment; a relay may run on
    /// it.
    pub async fn copy(folder: &Path, file: &Path) -> Result<(), StoreError> {
        copy::write(folder, file).await
    }

    /// Whether `file` is a whole database of this version or an earlier one. It is not changed.
    pub async fn examine(file: &Path) -> Result<(), StoreError> {
        copy::examine(file).await
    }

    #[cfg(test)]
    pub(super) fn pool(&self) -> &SqlitePool {
        &self.pool
    }

    /// As if a later version had brought the database up to date.
    #[cfg(test)]
    pub(crate) async fn pretend_newer(&self) {
        let later = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
            VALUES (9999, 'later', 1, x'00', 0)";
        assert!(sqlx::query(later).execute(&self.pool).await.is_ok());
    }

    async fn check(&self) -> Result<(), StoreError> {
        let verdict: String =
            sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&self.pool).await.map_err(failed)?;
        if verdict == "ok" { Ok(()) } else { Err(StoreError::Damaged(verdict)) }
    }

    /// A transaction that writes: it takes the lock at once, so that it never fails half-way for having read first.
    async fn write(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(failed)
    }
}

/// The file holds password hashes; others on the machine need not read it. Best effort: the folder is private too.
fn private(file: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if let Err(error) = std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)) {
            tracing::warn!(%error, "the database's file mode cannot be set");
        }
    }
    #[cfg(not(unix))]
    let _ = file;
}

#[async_trait::async_trait]
impl Store for SqliteStore {
    async fn add_rep(&self, rep: NewRep, now_s: i64) -> Result<(i64, i64), StoreError> {
        people::add_rep(self, rep, now_s).await
    }

    async fn rep_by_user(&self, user: &str) -> Result<Option<Rep>, StoreError> {
        people::rep_by_user(self, user).await
    }

    async fn reps(&self) -> Result<Vec<Rep>, StoreError> {
        people::reps(self).await
    }

    async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        accounts::all(self).await
    }

    async fn add_account(&self, account: NewAccount, now_s: i64) -> Result<i64, StoreError> {
        accounts::add(self, account, now_s).await
    }

    async fn change_account(&self, name: &str, change: AccountChange) -> Result<i64, StoreError> {
        accounts::change(self, name, change).await
    }

    async fn change_rep(&self, user: &str, change: RepChange) -> Result<(i64, i64), StoreError> {
        people::change_rep(self, user, change).await
    }

    async fn reset_password(&self, user: &str, password_hash: String) -> Result<(i64, i64), StoreError> {
        passwords::reset(self, user, password_hash).await
    }

    async fn choose_password(&self, rep: i64, old_hash: &str, password_hash: String) -> Result<bool, StoreError> {
        passwords::choose(self, rep, old_hash, password_hash).await
    }

    async fn people_version(&self) -> Result<i64, StoreError> {
        sqlx::query_scalar("SELECT people FROM counters").fetch_one(&self.pool).await.map_err(failed)
    }

    async fn people(&self) -> Result<(i64, People), StoreError> {
        people::all_standing(self).await
    }

    async fn add_sign_in(&self, rep: i64, token: TokenHash, now_s: i64) -> Result<i64, StoreError> {
        people::add_sign_in(self, rep, token, now_s).await
    }

    async fn use_sign_in(&self, token: TokenHash, now_s: i64) -> Result<Option<(i64, Rep)>, StoreError> {
        people::use_sign_in(self, token, now_s).await
    }

    async fn sign_in_stands(&self, sign_in: i64) -> Result<bool, StoreError> {
        sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM sign_ins JOIN reps ON reps.id = sign_ins.rep
             JOIN accounts ON accounts.id = reps.account
             WHERE sign_ins.id = ? AND reps.status = 'active' AND accounts.status = 'active')",
        )
        .bind(sign_in)
        .fetch_one(&self.pool)
        .await
        .map_err(failed)
    }

    async fn remove_sign_in(&self, sign_in: i64) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sign_ins WHERE id = ?")
            .bind(sign_in)
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(failed)
    }

    async fn features_of(&self, account: i64, now_s: i64) -> Result<BTreeSet<String>, StoreError> {
        licences::features_of(self, account, now_s).await
    }

    async fn add_features(&self, features: &[String], now_s: i64) -> Result<(), StoreError> {
        licences::add_features(self, features, now_s).await
    }

    async fn plugin_owners(&self) -> Result<PluginOwners, StoreError> {
        owners::all(self).await
    }

    async fn add_plugin_owners(&self, owners: &PluginOwners) -> Result<(), StoreError> {
        owners::add(self, owners).await
    }

    async fn release_plugin(&self, id: &str) -> Result<bool, StoreError> {
        owners::release(self, id).await
    }

    async fn running_sessions(&self) -> Result<Vec<SessionRecord>, StoreError> {
        running::all(self).await
    }

    async fn unused_codes(&self, now_s: i64) -> Result<Vec<CodeRecord>, StoreError> {
        codes::unused(self, now_s).await
    }

    async fn seats(&self, now_s: i64) -> Result<Vec<SeatRecord>, StoreError> {
        seats::all(self, now_s).await
    }

    async fn change_sessions(&self, changes: &[Change], now_s: i64) -> Result<(), StoreError> {
        running::change(self, changes, now_s).await
    }

    async fn write_audit(&self, lines: &[AuditLine], now_s: i64) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        for line in lines {
            sqlx::query("INSERT INTO audit (at_s, kind, account, rep, session, detail) VALUES (?, ?, ?, ?, ?, ?)")
                .bind(now_s)
                .bind(line.kind.name())
                .bind(line.account)
                .bind(line.rep)
                .bind(line.session.map(|session| session.0.to_vec()))
                .bind(&line.detail)
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
        }
        transaction.commit().await.map_err(failed)
    }

    async fn answers(&self) -> Result<(), StoreError> {
        let _: i64 =
            sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM accounts)").fetch_one(&self.pool).await.map_err(failed)?;
        Ok(())
    }

    async fn prune(&self, now_s: i64) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let bounds = [
            ("DELETE FROM sign_ins WHERE used_s < ?", now_s.saturating_sub(SIGN_IN_UNUSED_S)),
            ("DELETE FROM web_sessions WHERE created_s < ?", now_s.saturating_sub(WEB_SESSION_S)),
            ("DELETE FROM api_tokens WHERE expires_s < ?", now_s.saturating_sub(API_TOKEN_KEPT_S)),
            ("DELETE FROM api_answers WHERE at_s < ?", now_s.saturating_sub(API_ANSWER_S)),
            ("DELETE FROM codes WHERE expires_s <= ?", now_s),
            ("DELETE FROM sign_in_locks WHERE until_s <= ?", now_s),
            ("DELETE FROM ended_sign_ins WHERE at_s < ?", now_s.saturating_sub(ENDED_SIGN_IN_S)),
            ("DELETE FROM sessions WHERE ended_s < ?", now_s.saturating_sub(ENDED_SESSION_S)),
            ("DELETE FROM messages WHERE at_s < ?", now_s.saturating_sub(MESSAGE_S)),
            ("DELETE FROM audit WHERE id <= (SELECT max(id) FROM audit) - ?", AUDIT_LINES_MAX),
        ];
        for (statement, bound) in bounds {
            sqlx::query(statement).bind(bound).execute(&mut *transaction).await.map_err(failed)?;
        }
        transaction.commit().await.map_err(failed)
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}

/// SQLite's primary result codes that have advice of their own (sqlite.org/rescode.html).
fn failed(error: sqlx::Error) -> StoreError {
    let code = match &error {
        sqlx::Error::Database(database) => {
            database.code().and_then(|code| code.parse::<u32>().ok()).map(|code| code & 0xff)
        }
        sqlx::Error::PoolTimedOut => Some(5),
        _ => None,
    };
    match code {
        Some(5 | 6) => StoreError::Busy,
        Some(11 | 26) => StoreError::Damaged(error.to_string()),
        Some(13) => StoreError::DiskFull,
        _ => StoreError::Other(error.to_string()),
    }
}

fn opening(folder: &Path, error: sqlx::Error) -> StoreError {
    match failed(error) {
        // Cannot open, read-only, no permission: all are about the folder.
        StoreError::Other(text) => StoreError::Folder(folder.to_owned(), text),
        known => known,
    }
}

fn migrating(error: MigrateError) -> StoreError {
    match error {
        MigrateError::VersionMissing(_) | MigrateError::VersionMismatch(_) => StoreError::Newer,
        MigrateError::Execute(error) => failed(error),
        MigrateError::ExecuteMigration(error, version) => match failed(error) {
            StoreError::Other(why) => StoreError::Update { version, why },
            known => known,
        },
        // Each update is one transaction with the note that it was made: this is nothing that a relay leaves.
        MigrateError::Dirty(version) => StoreError::HalfUpdated(version),
        other => StoreError::Other(other.to_string()),
    }
}
