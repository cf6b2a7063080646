//! Menus for a rep with several sessions: how their windows stand, and which of them comes to the front.
//!
//! Runs on the rep's side alone, once in each session. `menus` knows how it looks; this file joins it to the host. When it
//! fails it is started again: it keeps nothing, since all it shows is asked of the host.

mod menus;

use lotse_sdk::desk;
use lotse_sdk::prelude::*;

use crate::menus::{Beside, Chosen, Desk};

/// What was shown last, so that news that change nothing here draw nothing.
struct MultiChat {
    desk: Desk,
}

impl MultiChat {
    fn look() -> Desk {
        let beside = |row: desk::Beside| {
            let desk::Beside { number, customer, unread, state, this } = row;
            Beside { number, customer, unread, over: matches!(state.as_str(), "ended" | "failed"), this }
        };
        Desk { sessions: desk::sessions().into_iter().map(beside).collect(), arrangement: desk::arrangement() }
    }
}

impl Plugin for MultiChat {
    fn init(_restored: Option<Vec<u8>>) -> Self {
        ui::invalidate();
        Self { desk: Self::look() }
    }
}

impl Desks for MultiChat {
    fn changed(&mut self) {
        let desk = Self::look();
        if desk != self.desk {
            self.desk = desk;
            ui::invalidate();
        }
    }
}

impl Ui for MultiChat {
    fn render(&mut self, place: Place) -> Option<Node> {
        match place {
            Place::Menu => Some(menus::both(&self.desk)),
            Place::Chat | Place::Viewer | Place::Tools | Place::Preferences => None,
        }
    }

    fn action(&mut self, node: &str, what: Settings) {
        let done = match menus::chosen(node, what.text("choice")) {
            Some(Chosen::Arrange(how)) => desk::arrange(how),
            Some(Chosen::Show(number)) => desk::show(number),
            None => return,
        };
        if let Err(error) = done {
            session::log(Level::Warn, &format!("the windows were not moved: {error:?}"));
        }
    }
}

plugin!(MultiChat: Desks, Ui);
