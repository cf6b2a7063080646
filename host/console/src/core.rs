//! What the windows need of the program core: a view and a way to ask. [`Rep`] is it; tests and screenshots put views
//! made by hand in its place.

use lotse_engine::rep::{Rep, RepCommand, RepView, Windows};
use std::sync::Arc;

pub trait Core {
    fn view(&self) -> Arc<RepView>;
    fn send(&self, command: RepCommand);

    /// How the session windows stand now, whenever that is another.
    fn stand(&self, windows: Windows) {
        self.send(RepCommand::Windows(windows));
    }
}

impl Core for Rep {
    fn view(&self) -> Arc<RepView> {
        Rep::view(self)
    }

    fn send(&self, command: RepCommand) {
        Rep::send(self, command);
    }
}
