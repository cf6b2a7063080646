//! The rep's program without its windows: one sign-in at one relay, and any number of sessions.

pub use crate::hand_over_view::AskedHandOver;
pub use crate::question_view::{Offer, Question, QuestionEnd, QuestionNews, Questions};
pub use crate::rep_view::{
    DeskOrder, DeskWish, FeatureView, LicenceView, NotesState, NotesView, RepCommand, RepConfig, RepSession, RepView,
    Seat, SeatHolder, SeatsTaken, SecondFactor, SignIn, Windows,
};

use crate::drawing::DrawingHost;
use crate::storage::Storage;
use crate::surface::SurfaceHost;
use std::sync::Arc;
use std::time::Duration;

/// How long a program that ends waits for its disk.
const SETTLE_PATIENCE: Duration = Duration::from_secs(3);

/// Handle on the running program core. Dropping the last one ends it.
#[derive(Clone)]
pub struct Rep {
    core: crate::program::Handle<RepView, RepCommand>,
    storage: Arc<Storage>,
}

impl Rep {
    /// Starts the core on threads of its own. `drawing`: draws over this computer's own screen, if anything can. `changed` is called, from any thread, when there is a newer view.
    pub fn start(
        config: RepConfig,
        surfaces: Arc<dyn SurfaceHost>,
        drawing: Option<Arc<dyn DrawingHost>>,
        changed: Arc<dyn Fn() + Send + Sync>,
    ) -> std::io::Result<Self> {
        let storage = Arc::new(Storage::lasting(config.data_dir.join("values")));
        let kept = storage.clone();
        let hosts = (surfaces, drawing);
        let core = crate::program::start(changed, move |context| crate::rep_core::run(config, kept, hosts, context))?;
        Ok(Self { core, storage })
    }

    pub fn view(&self) -> Arc<RepView> {
        self.core.view()
    }

    pub fn send(&self, command: RepCommand) {
        self.core.send(command);
    }

    /// The program ends: waits until what plugins keep is on the disk, a few seconds at most.
    pub fn settle(&self) {
        self.storage.settle(SETTLE_PATIENCE);
    }
}
