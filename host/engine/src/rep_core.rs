//! The rep's core.

use crate::program::Context;
use crate::rep::{RepCommand, RepConfig, RepView};
use crate::surface::SurfaceHost;
use std::sync::Arc;

pub(crate) async fn run(_config: RepConfig, _surfaces: Arc<dyn SurfaceHost>, mut context: Context<RepView, RepCommand>) {
    while context.commands.recv().await.is_some() {}
}
