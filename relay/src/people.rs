//! Notices what the command line or another program changes in accounts, reps, teams and portals while the relay runs, and
//! tells the hub.
//!
//! The store counts such changes; one number is read each second. When the store cannot be read everybody stays as they
//! are, and it is looked at again.

use crate::hub::Input;
use crate::store::{Store, StoreError};
use crate::switchboard::{Ending, Switchboard};
use std::sync::Arc;
use std::time::Duration;

/// How often the number is read: what is changed acts within two seconds.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Tells the hub who is there now; the number of that.
pub async fn tell_all(store: &dyn Store, switchboard: &Switchboard) -> Result<i64, StoreError> {
    let (version, people) = store.people().await?;
    // Read after the version: what is changed in between is of a later one, and read again.
    let routes = store.routes().await?;
    // Refused only when the relay ends; then nobody needs to know.
    let _: Result<(), Ending> = switchboard.tell(Input::People(people)).await;
    let _: Result<(), Ending> = switchboard.tell(Input::Routes(routes)).await;
    Ok(version)
}

/// Looks until it is stopped. `seen` is the number of what the hub knows.
pub async fn watch(store: Arc<dyn Store>, switchboard: Switchboard, mut seen: i64) {
    let mut readable = true;
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let looked = look(&*store, &switchboard, seen).await;
        // Once, and not every second as long as it lasts.
        if let Err(error) = &looked
            && readable
        {
            tracing::warn!(%error, "changes to accounts and reps cannot be read; it is tried again");
        }
        readable = looked.is_ok();
        seen = looked.unwrap_or(seen);
    }
}

async fn look(store: &dyn Store, switchboard: &Switchboard, seen: i64) -> Result<i64, StoreError> {
    if store.people_version().await? == seen {
        return Ok(seen);
    }
    let version = tell_all(store, switchboard).await?;
    tracing::info!(event = "people", version, "changes to accounts and reps act from now on");
    Ok(version)
}
