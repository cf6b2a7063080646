//! What the command line asks for, done as soon as it can be: sign in, make a code, write it down, show the screen.
//!
//! Runs on the watching thread beside the windows and prints the events. Asks for the plugin's own nodes, as a click on
//! its menu would.

use crate::asked;
use crate::core::Core;
use crate::expired::ExpiryWatch;
use crate::seats;
use crate::settings::write_whole;
use lotse_engine::rep::{RepCommand, RepView, SignIn};
use lotse_engine::view::{Command, SessionState, View};
use lotse_protocol::control::{Secret, SessionId};
use lotse_ui::events::{Event, LogFormat, RepEvents, print};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Instant;

/// The plugin whose nodes are clicked.
const SCREEN_SHARING: &str = "lotse.screen-sharing";

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
            for (wished, node) in [(self.wishes.view, "show"), (self.wishes.control, "control")] {
                if wished && can_click(&session.view, node) && self.clicked.insert((session.id, node)) {
                    let act = Command::Act {
                        plugin: SCREEN_SHARING.to_owned(),
                        node: node.to_owned(),
                        what: switched_on(&session.view, node),
                    };
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

/// The session is on and the plugin shows the node where it can be used.
fn can_click(view: &View, node: &str) -> bool {
    view.state == SessionState::Active
        && find(view, node).is_some_and(|found| {
            !matches!(lotse_engine::setting(&found.properties, "enabled"), Some(lotse_engine::Value::Flag(false)))
        })
}

fn find<'a>(view: &'a View, node: &str) -> Option<&'a lotse_engine::Node> {
    let contributions = view.places.values().flatten().filter(|contribution| contribution.plugin == SCREEN_SHARING);
    contributions.flat_map(|contribution| contribution.nodes.iter()).find(|found| found.id == node)
}

/// A toggle is told to be on; an item needs no word.
fn switched_on(view: &View, node: &str) -> lotse_engine::Settings {
    match find(view, node) {
        Some(found) if found.kind == "toggle" => vec![("on".to_owned(), lotse_engine::Value::Flag(true))],
        Some(_) | None => Vec::new(),
    }
}

#[cfg(test)]
#[path = "automation_tests.rs"]
mod tests;
