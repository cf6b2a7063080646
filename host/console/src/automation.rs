//! What the command line asks for, done as soon as it can be: sign in, make a code, write it down, show the screen.
//!
//! Runs on the watching thread beside the windows and prints the events. Asks for plugins' own nodes, as a click on their menus
//! would: `--view` for a node `show` of whichever plugin may open a picture here, `--control` for a node `control` of one that
//! may ask for input.

use crate::asked;
use crate::core::Core;
use crate::expired::ExpiryWatch;
use crate::seats;
use crate::settings::write_whole;
use lotse_engine::rep::{RepCommand, RepView, SignIn};
use lotse_engine::view::{Command, SessionState, View};
use lotse_engine::{Capability, Node};
use lotse_protocol::control::{Secret, SessionId};
use lotse_ui::events::{Event, LogFormat, RepEvents, print};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Instant;

/// What is clicked: a node, of a plugin with that right.
type Wanted = (&'static str, Capability);
const SHOW: Wanted = ("show", Capability::Surface);
const CONTROL: Wanted = ("control", Capability::Input);

/// What is to be done, once each.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    pub new_code: bool,
    pub code_file: Option<PathBuf>,
    pub second_factor_file: Option<PathBuf>,
    pub view: bool,
    pub control: bool,
    pub format: LogFormat,
}

/// Follows the views and does what is wished when its time has come.
pub struct Automation {
    wishes: Wishes,
    events: RepEvents,
    expiry: ExpiryWatch,
    code_asked: bool,
    /// Sessions whose code was written.
    codes_written: BTreeSet<SessionId>,
    /// What was last written of a second factor.
    factor_written: Vec<Secret>,
    /// What was clicked, by session and node.
    clicked: BTreeSet<(SessionId, &'static str)>,
}

impl Automation {
    #[must_use]
    pub fn new(wishes: Wishes) -> Self {
        Self {
            wishes,
            events: RepEvents::default(),
            expiry: ExpiryWatch::default(),
            code_asked: false,
            codes_written: BTreeSet::new(),
            factor_written: Vec::new(),
            clicked: BTreeSet::new(),
        }
    }

    /// Looks at the newest view.
    pub fn look(&mut self, core: &impl Core) {
        let view = core.view();
        print(self.wishes.format, &self.events.diff(&view));
        let expired = self.expiry.look(Instant::now(), &view);
        let event = |id: &SessionId| Event::new("code-expired").with("session", id.to_string());
        print(self.wishes.format, &expired.iter().map(event).collect::<Vec<_>>());
        self.make_code(&view, core);
        self.write_code(&view);
        self.write_second_factor(&view);
        for session in &view.sessions {
            for (wished, wanted) in [(self.wishes.view, SHOW), (self.wishes.control, CONTROL)] {
                let found =
                    find(&session.view, wanted).filter(|_| wished && session.view.state == SessionState::Active);
                let Some((plugin, node)) = found else { continue };
                if self.clicked.insert((session.id, wanted.0)) {
                    let (plugin, what) = (plugin.to_owned(), switched_on(node));
                    let act = Command::Act { plugin, node: node.id.clone(), what };
                    core.send(RepCommand::Session { session: session.id, command: act });
                }
            }
        }
    }

    fn make_code(&mut self, view: &RepView, core: &impl Core) {
        let may = matches!(view.sign_in, SignIn::In { reconnecting: false, .. }) && !seats::waits(view);
        if self.wishes.new_code && !self.code_asked && may {
            self.code_asked = true;
            core.send(RepCommand::NewCode);
        }
    }

    fn write_code(&mut self, view: &RepView) {
        let Some(path) = &self.wishes.code_file else { return };
        let mut read_aloud = view.sessions.iter().rev().filter(|session| !asked::began(session));
        let newest = read_aloud.find_map(|session| Some((session.id, session.code.as_ref()?)));
        let Some((id, code)) = newest.filter(|(id, _)| !self.codes_written.contains(id)) else { return };
        self.codes_written.insert(id);
        if let Err(error) = write_whole(path, format!("{code}\n").as_bytes()) {
            tracing::error!(%error, path = %path.display(), "the code could not be written");
            print(self.wishes.format, &[Event::new("code-file-failed").with("detail", error.to_string())]);
        }
    }
}

impl Automation {
    /// What is offered, and later the recovery codes, each time in place of what was written before.
    fn write_second_factor(&mut self, view: &RepView) {
        let Some(path) = &self.wishes.second_factor_file else { return };
        let known = &view.second_factor;
        let lines: Vec<Secret> = known.offer.iter().chain(&known.recovery_codes).cloned().collect();
        if lines.is_empty() || lines == self.factor_written {
            return;
        }
        let text: String = lines.iter().map(|line| format!("{}\n", line.0)).collect();
        self.factor_written = lines;
        if let Err(error) = write_whole(path, text.as_bytes()) {
            tracing::error!(%error, path = %path.display(), "the second factor could not be written");
            let event = Event::new("second-factor-file-failed").with("detail", error.to_string());
            print(self.wishes.format, &[event]);
        }
    }
}

/// The node, where a plugin with that right shows it and it can be clicked now, and which plugin that is.
fn find(view: &View, (id, right): Wanted) -> Option<(&str, &Node)> {
    let may = |plugin: &str| view.plugins.iter().any(|of| of.id == plugin && of.runs_with(right));
    let contributions = view.places.values().flatten().filter(|contribution| may(&contribution.plugin));
    let mut nodes = contributions.flat_map(|of| of.nodes.iter().map(move |node| (of.plugin.as_str(), node)));
    nodes.find(|(_, node)| node.id == id && is_enabled(node))
}

fn is_enabled(node: &Node) -> bool {
    !matches!(lotse_engine::setting(&node.properties, "enabled"), Some(lotse_engine::Value::Flag(false)))
}

/// A toggle is told to be on; an item needs no word.
fn switched_on(node: &Node) -> lotse_engine::Settings {
    if node.kind == "toggle" { vec![("on".to_owned(), lotse_engine::Value::Flag(true))] } else { Vec::new() }
}

#[cfg(test)]
#[path = "automation_tests.rs"]
mod tests;
