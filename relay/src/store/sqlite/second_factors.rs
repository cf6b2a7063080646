//! Second factors in SQLite.

use super::{SqliteStore, failed, sign_in_list, web_sessions};
use crate::store::{Factor, FactorStanding, SecondFactors, StoreError};
use crate::token::TokenHash;
use crate::totp::{SECRET_BYTES, TotpSecret};
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

#[async_trait::async_trait]
impl SecondFactors for SqliteStore {
    async fn second_factor(&self, rep: i64) -> Result<Option<FactorStanding>, StoreError> {
        let row = sqlx::query(
            "SELECT reps.user, accounts.second_factor = 'required' AS required, secret, last_step, since_s,
             (SELECT count(*) FROM recovery_codes WHERE recovery_codes.rep = reps.id) AS codes_left
             FROM reps JOIN accounts ON accounts.id = reps.account
             LEFT JOIN second_factors ON second_factors.rep = reps.id WHERE reps.id = ?",
        );
        let row = row.bind(rep).fetch_optional(&self.pool).await.map_err(failed)?;
        row.map(|row| standing(&row)).transpose()
    }

    async fn add_second_factor(
        &self,
        rep: i64,
        secret: &TotpSecret,
        step: i64,
        recovery_codes: &[TokenHash],
        now_s: i64,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.write().await?;
        let added = sqlx::query(
            "INSERT INTO second_factors (rep, secret, last_step, since_s) VALUES (?, ?, ?, ?) ON CONFLICT (rep) DO NOTHING",
        );
        let added = added.bind(rep).bind(secret.bytes().to_vec()).bind(step).bind(now_s);
        if added.execute(&mut *transaction).await.map_err(failed)?.rows_affected() == 0 {
            return Ok(false);
        }
        keep_codes(&mut transaction, rep, recovery_codes).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(true)
    }

    async fn renew_recovery_codes(&self, rep: i64, recovery_codes: &[TokenHash]) -> Result<bool, StoreError> {
        let mut transaction = self.write().await?;
        let there: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM second_factors WHERE rep = ?)")
            .bind(rep)
            .fetch_one(&mut *transaction)
            .await
            .map_err(failed)?;
        if !there {
            return Ok(false);
        }
        let void = sqlx::query("DELETE FROM recovery_codes WHERE rep = ?").bind(rep);
        void.execute(&mut *transaction).await.map_err(failed)?;
        keep_codes(&mut transaction, rep, recovery_codes).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(true)
    }

    async fn use_code(&self, rep: i64, step: i64) -> Result<bool, StoreError> {
        let used = sqlx::query("UPDATE second_factors SET last_step = ? WHERE rep = ? AND last_step < ?");
        let used = used.bind(step).bind(rep).bind(step).execute(&self.pool).await.map_err(failed)?;
        Ok(used.rows_affected() > 0)
    }

    async fn use_recovery_code(&self, rep: i64, code: TokenHash) -> Result<Option<u32>, StoreError> {
        let mut transaction = self.write().await?;
        let used = sqlx::query("DELETE FROM recovery_codes WHERE rep = ? AND hash = ?").bind(rep).bind(code.0.to_vec());
        if used.execute(&mut *transaction).await.map_err(failed)?.rows_affected() == 0 {
            return Ok(None);
        }
        let left: u32 = sqlx::query_scalar("SELECT count(*) FROM recovery_codes WHERE rep = ?")
            .bind(rep)
            .fetch_one(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(Some(left))
    }

    async fn remove_second_factor(&self, rep: i64) -> Result<bool, StoreError> {
        let mut transaction = self.write().await?;
        let removed = sqlx::query("DELETE FROM second_factors WHERE rep = ?").bind(rep);
        if removed.execute(&mut *transaction).await.map_err(failed)?.rows_affected() == 0 {
            return Ok(false);
        }
        // The console that does it stays; a browser that came in with the factor does not.
        web_sessions::end_all(&mut transaction, rep).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(true)
    }

    async fn reset_second_factor(&self, user: &str, now_s: i64) -> Result<Option<(i64, i64)>, StoreError> {
        let mut transaction = self.write().await?;
        let (account, rep) = sign_in_list::rep_of(&mut transaction, user).await?;
        let removed = sqlx::query("DELETE FROM second_factors WHERE rep = ?").bind(rep);
        if removed.execute(&mut *transaction).await.map_err(failed)?.rows_affected() == 0 {
            return Ok(None);
        }
        sign_in_list::end_all(&mut transaction, rep, now_s).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(Some((account, rep)))
    }
}

async fn keep_codes(connection: &mut SqliteConnection, rep: i64, codes: &[TokenHash]) -> Result<(), StoreError> {
    for code in codes {
        let kept = sqlx::query("INSERT INTO recovery_codes (rep, hash) VALUES (?, ?)");
        kept.bind(rep).bind(code.0.to_vec()).execute(&mut *connection).await.map_err(failed)?;
    }
    Ok(())
}

fn standing(row: &SqliteRow) -> Result<FactorStanding, StoreError> {
    let secret: Option<Vec<u8>> = row.try_get("secret").map_err(failed)?;
    let factor = match secret {
        None => None,
        Some(bytes) => {
            // Without one that makes sense nobody gets in by the password alone.
            let bytes: [u8; SECRET_BYTES] =
                bytes.try_into().map_err(|_| StoreError::Damaged("a second factor has another length".into()))?;
            Some(Factor {
                secret: TotpSecret::of(bytes),
                last_step: row.try_get("last_step").map_err(failed)?,
                since_s: row.try_get("since_s").map_err(failed)?,
                recovery_codes_left: row.try_get("codes_left").map_err(failed)?,
            })
        }
    };
    let user = row.try_get("user").map_err(failed)?;
    Ok(FactorStanding { user, required: row.try_get("required").map_err(failed)?, factor })
}
