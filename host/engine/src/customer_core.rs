//! The customer's core.

use crate::customer::{CustomerCommand, CustomerConfig, CustomerView, OwnWindows};
use crate::program::Context;
use std::sync::Arc;

pub(crate) async fn run(_config: CustomerConfig, _windows: Arc<dyn OwnWindows>, mut context: Context<CustomerView, CustomerCommand>) {
    while context.commands.recv().await.is_some() {}
}
