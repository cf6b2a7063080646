//! Hands the session over to another rep, or brings one in beside. Runs on the rep's side; the host asks the customer.
//!
//! `handoff` is the state machine, `view` how it looks; this file joins them to the host.

mod handoff;
mod view;

use lotse_sdk::directory;
use lotse_sdk::prelude::*;

use crate::handoff::{Colleague, Colleagues, Handoff, Kind};

struct SessionHandoff(Handoff);

/// The host's directory.
struct HostDirectory;

impl Colleagues for HostDirectory {
    fn hand_over(&mut self, to: &str, note: &str) -> Result<u64, Error> {
        directory::hand_over(to, note)
    }

    fn invite(&mut self, to: &str, note: &str, observing: bool) -> Result<u64, Error> {
        directory::invite(to, note, observing)
    }

    fn withdraw(&mut self, request: u64) {
        directory::withdraw(request);
    }
}

impl SessionHandoff {
    fn read(&mut self) {
        let colleague = |target: directory::Target| {
            let directory::Target { id, kind, name, available } = target;
            Some(Colleague { id, kind: Kind::from_name(&kind)?, name, available })
        };
        self.0.colleagues = directory::targets().into_iter().filter_map(colleague).collect();
        ui::invalidate();
    }
}

impl Plugin for SessionHandoff {
    fn init(_restored: Option<Vec<u8>>) -> Self {
        let mut plugin = Self(Handoff::new());
        plugin.read();
        plugin
    }
}

impl Directories for SessionHandoff {
    fn changed(&mut self) {
        self.read();
    }

    fn answered(&mut self, request: u64, outcome: String, by: String) {
        self.0.answered(request, &outcome, by);
        ui::invalidate();
    }
}

impl Ui for SessionHandoff {
    fn render(&mut self, place: Place) -> Option<Node> {
        match place {
            Place::Menu => Some(view::menu(&self.0)),
            Place::Chat => view::panel(&self.0),
            Place::Viewer | Place::Tools | Place::Preferences => None,
        }
    }

    fn action(&mut self, node: &str, what: Settings) {
        match node {
            view::NOTE => {
                if let Some(note) = what.text("text") {
                    self.0.ask(note, &mut HostDirectory);
                }
            }
            view::ASK => self.0.ask("", &mut HostDirectory),
            view::CANCEL => self.0.cancel(&mut HostDirectory),
            chosen => {
                self.0.choose(chosen);
            }
        }
        ui::invalidate();
    }
}

plugin!(SessionHandoff: Directories, Ui);
