//! Browsers in which a rep is signed in to the Management Center: signed out one by one.

use super::{By, note};
use crate::hub::{AuditKind, AuditLine};
use crate::store::web::Holder;
use crate::store::{Store, StoreError};

/// Signs one browser of an account's rep out. `of`: the account's row and the rep's. False: it is none of the rep's.
pub async fn end_browser(store: &dyn Store, of: (i64, i64), browser: i64, by: &By) -> Result<bool, StoreError> {
    let ended = store.end_web_session(Holder::Rep(of.1), browser).await?;
    if ended {
        let (account, rep, detail) = (Some(of.0), Some(of.1), format!("browser {browser}"));
        note(store, by, AuditLine { account, rep, detail, ..AuditLine::new(AuditKind::RepSignedOut) }).await?;
    }
    Ok(ended)
}
