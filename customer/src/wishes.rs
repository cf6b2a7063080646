//! What a page wants, gathered while it is drawn.
//!
//! Every page writes into it; the window sends and closes afterwards. Pages know it and not the window that shows them.

use lotse_engine::customer::CustomerCommand;
use lotse_engine::view::Command;

/// What a page wants.
#[derive(Default)]
pub(crate) struct Wishes {
    pub commands: Vec<CustomerCommand>,
    pub close: bool,
}

impl Wishes {
    pub(crate) fn session(&mut self, command: Command) {
        self.commands.push(CustomerCommand::Session(command));
    }
}
