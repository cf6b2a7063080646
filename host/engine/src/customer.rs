//! The customer's program without its window: one relay, one session at a time.

pub use crate::customer_view::{CustomerCommand, CustomerConfig, CustomerView};
pub use crate::occupied::is_occupied;
pub use crate::own_windows::OwnWindows;
pub use crate::way_back::RestartConfig;

use crate::drawing::DrawingHost;
use crate::surface::SurfaceHost;
use std::sync::Arc;

/// Handle on the running program core. Dropping the last one ends it.
#[derive(Clone)]
pub struct Customer {
    core: crate::program::Handle<CustomerView, CustomerCommand>,
}

impl Customer {
    /// Starts the core on threads of its own. `surfaces`: where a rep's screen is watched; none where no picture can be
    /// shown. `drawing`: draws over this computer's own screen, if anything can. `changed` is called, from any thread, when
    /// there is a newer view.
    pub fn start(
        config: CustomerConfig,
        windows: Arc<dyn OwnWindows>,
        surfaces: Option<Arc<dyn SurfaceHost>>,
        drawing: Option<Arc<dyn DrawingHost>>,
        changed: Arc<dyn Fn() + Send + Sync>,
    ) -> std::io::Result<Self> {
        let desktop = (windows, surfaces, drawing);
        let core = crate::program::start(changed, move |context| crate::customer_core::run(config, desktop, context))?;
        Ok(Self { core })
    }

    pub fn view(&self) -> Arc<CustomerView> {
        self.core.view()
    }

    pub fn send(&self, command: CustomerCommand) {
        self.core.send(command);
    }
}
