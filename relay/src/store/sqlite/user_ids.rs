//! User IDs in SQLite: each is one person's, rep or operator.

use super::failed;
use crate::store::StoreError;
use sqlx::{Sqlite, Transaction};

/// Who has a user ID.
pub(super) enum Owner {
    /// A rep of the account of this name.
    Rep(String),
    Operator,
}

/// Who has a lower-case user ID; `None`: nobody. Whoever adds a person asks in the same transaction.
pub(super) async fn owner(
    transaction: &mut Transaction<'static, Sqlite>,
    user: &str,
) -> Result<Option<Owner>, StoreError> {
    let found: Option<Option<String>> = sqlx::query_scalar(
        "SELECT accounts.name FROM reps JOIN accounts ON accounts.id = reps.account WHERE reps.user = ?1
         UNION ALL SELECT NULL FROM operators WHERE operators.user = ?1",
    )
    .bind(user.to_owned())
    .fetch_optional(&mut **transaction)
    .await
    .map_err(failed)?;
    Ok(found.map(|account| account.map_or(Owner::Operator, Owner::Rep)))
}
