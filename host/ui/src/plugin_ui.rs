//! Draws what plugins contribute: their node trees become egui menus, toolbars and panels, and what a person does with
//! a node becomes [`Command::Act`] for the plugin that owns it.
//!
//! Trees come from plugins and are not trusted: indexes are checked, depth is bounded, links are only those of the web.
//! A kind nobody knows is shown as its label, so that old programs survive new plugins.

mod activity;
mod bubble;
mod entry;
mod links;
mod menus;
mod panel;
mod tree;
mod window;

use lotse_engine::view::{Command, Composed, Contribution};
use lotse_engine::{Settings, Value, setting};
use lotse_protocol::control::SessionId;

pub use links::open_link;
pub use menus::{buttons, items, menu_bar, menu_button, reason, toolbar};
pub use panel::panels;
pub use window::{PluginWindow, windows};

/// What people did in this frame.
#[derive(Debug)]
pub struct Acts {
    pub commands: Vec<Command>,
    /// Sessions run the same plugins: what is being written belongs to one of them.
    scope: egui::Id,
    read_only: bool,
    /// Words for the first field that sends something.
    composed: Option<Composed>,
}

impl Acts {
    #[must_use]
    pub fn of(session: Option<SessionId>) -> Self {
        Self {
            commands: Vec::new(),
            scope: egui::Id::unique(("plugins of", session.map(|id| id.0))),
            read_only: false,
            composed: None,
        }
    }

    /// A plugin's words go into the chat's field.
    #[must_use]
    pub fn composing(self, composed: Option<&Composed>) -> Self {
        Self { composed: composed.cloned(), ..self }
    }

    /// What was said stays to be read, and nothing more can be written: the session is over.
    #[must_use]
    pub fn read_only(self) -> Self {
        Self { read_only: true, ..self }
    }

    fn act(&mut self, plugin: &str, node: &str, what: Settings) {
        self.commands.push(Command::Act { plugin: plugin.to_owned(), node: node.to_owned(), what });
    }
}

/// Whether any plugin has something to show here.
#[must_use]
pub fn is_empty(contributions: &[Contribution]) -> bool {
    contributions.iter().all(|contribution| contribution.nodes.is_empty())
}

/// Whether any plugin says something here, in a text or a badge, in the colour of caution or danger.
#[must_use]
pub fn cautions(contributions: &[Contribution]) -> bool {
    contributions.iter().flat_map(|contribution| contribution.nodes.iter()).any(|node| {
        let tone = setting(&node.properties, "tone");
        matches!(node.kind.as_str(), "text" | "badge")
            && matches!(tone, Some(Value::Text(tone)) if matches!(tone.as_str(), "caution" | "danger"))
    })
}

#[cfg(test)]
#[path = "plugin_ui_tests.rs"]
mod tests;
