//! `plugin release`: gives a plugin's id free, on the database itself. A running relay sees it at its next start.

use super::people::open_existing;
use super::{CliError, PluginReleaseOptions};
use crate::store::Store;

pub(super) async fn release(options: PluginReleaseOptions) -> Result<(), CliError> {
    let PluginReleaseOptions { data, id } = options;
    let store = open_existing(&data).await?;
    let released = store.release_plugin(&id).await;
    store.close().await;
    if !released? {
        return Err(CliError::NoOwner(id));
    }
    println!("{id} belongs to no key now. When the relay is started next, it belongs to whoever signed its packages.");
    Ok(())
}
