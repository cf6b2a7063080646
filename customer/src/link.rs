//! Joining by a link: through a relay that sessions were reached through before at once, through another after a question.
//!
//! Whoever writes a link chooses the relay in it, and a browser hands it on without a word. So nothing is connected to a new
//! relay before the customer has said so, and a link that cannot be read is refused in words.

use crate::wishes::Wishes;
use egui::{RichText, Ui};
use lotse_engine::customer::CustomerCommand;
use lotse_engine::{JoinLink, JoinLinkError, KnownRelays, RelayUrl};
use lotse_ui::tokens::{Palette, space};
use lotse_ui::widgets::{Button, heading, sign};
use lotse_ui::words::Trouble;
use lotse_ui::{icons, t};
use std::path::Path;

/// What became of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkState {
    Joins,
    /// The customer is asked about this relay.
    Asks {
        relay: String,
    },
    /// It makes no sense, for this reason.
    Refused {
        why: String,
    },
}

/// Links of one window.
#[derive(Default)]
pub(crate) struct Links {
    known: Option<KnownRelays>,
    /// The relay that the program was started for.
    home: Option<RelayUrl>,
    asked: Option<Box<JoinLink>>,
    refused: Option<JoinLinkError>,
}

impl Links {
    /// `home`: the address that the program was started with, if any.
    pub(crate) fn within(data_dir: &Path, home: Option<&str>) -> Self {
        let home = home.and_then(|relay| relay.parse().ok());
        Self { known: Some(KnownRelays::within(data_dir)), home, ..Self::default() }
    }

    /// Takes a link. `name`: what the customer is called where the link does not say.
    pub(crate) fn take(&mut self, text: &str, name: &str, wishes: &mut Wishes) -> LinkState {
        (self.asked, self.refused) = (None, None);
        let mut link = match text.parse::<JoinLink>() {
            Ok(link) => link,
            Err(error) => {
                let why = error.to_string();
                self.refused = Some(error);
                return LinkState::Refused { why };
            }
        };
        if link.name.is_empty() {
            name.trim().clone_into(&mut link.name);
        }
        if self.is_known(&link.relay) {
            wishes.commands.push(CustomerCommand::Follow(Box::new(link)));
            return LinkState::Joins;
        }
        let relay = shown(&link.relay);
        self.asked = Some(Box::new(link));
        LinkState::Asks { relay }
    }

    fn is_known(&self, relay: &RelayUrl) -> bool {
        self.home.as_ref() == Some(relay) || self.known.as_ref().is_some_and(|known| known.has(relay))
    }

    /// A session is there or on its way: the question is asked no more. True: there was one.
    pub(crate) fn drop_question(&mut self) -> bool {
        self.asked.take().is_some()
    }

    /// Whether a question stands.
    pub(crate) fn asks(&self) -> bool {
        self.asked.is_some()
    }

    /// Why the last link led nowhere.
    pub(crate) fn trouble(&self) -> Option<Trouble> {
        let what = match self.refused.as_ref()? {
            JoinLinkError::NoCode | JoinLinkError::Code(_) => t!("link-no-code"),
            JoinLinkError::Relay(_) => t!("link-no-relay"),
            JoinLinkError::Scheme
            | JoinLinkError::TooLong
            | JoinLinkError::Path
            | JoinLinkError::Twice(_)
            | JoinLinkError::Escape => t!("link-broken"),
        };
        Some(Trouble { what, next: t!("link-broken-next") })
    }

    /// Something else is typed.
    pub(crate) fn forget_trouble(&mut self) {
        self.refused = None;
    }

    /// Asks whether to go on. True: the customer did.
    pub(crate) fn ask(&mut self, ui: &mut Ui, wishes: &mut Wishes) -> bool {
        let Some(link) = &self.asked else { return false };
        ui.add_space(space::S);
        sign(ui, icons::LINK, 32.0, Palette::of(ui).accent);
        heading(ui, t!("link-asks", "relay" => shown(&link.relay)));
        ui.add(egui::Label::new(RichText::new(t!("link-asks-body"))).wrap());
        ui.add_space(space::M);
        // Of equal weight, and neither has the keyboard: an Enter that was meant for a page answers nothing.
        let width = ui.available_width();
        let go_on = Button::secondary(t!("link-go-on")).width(width).height(40.0).show(ui).clicked();
        let not_now = Button::secondary(t!("link-not-now")).width(width).height(40.0).show(ui).clicked();
        if !go_on && !not_now {
            return false;
        }
        let link = self.asked.take();
        wishes.commands.extend(link.filter(|_| go_on).map(CustomerCommand::Follow));
        go_on
    }
}

/// A relay as people read it: without the port that all have.
fn shown(relay: &RelayUrl) -> String {
    if relay.port == 443 { relay.host.clone() } else { format!("{}:{}", relay.host, relay.port) }
}
