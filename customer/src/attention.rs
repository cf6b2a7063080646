//! Brings the window to the front when it has something to ask, out of the taskbar or from beneath another window.
//!
//! Works while the window is hidden and nothing of it is drawn. A question lies above other windows and leaves the keyboard
//! where it is, unless the window has to come out of the taskbar or is still covered a moment later. What a plugin shows
//! comes out of the taskbar at most, and a few times a session. A window manager may decline for a moment, when somebody
//! types elsewhere: it is asked again a few times, and the taskbar is told in any case. It is no fight: who minimises a
//! question that they have seen is left alone.

use egui::{UserAttentionType, ViewportCommand, WindowLevel};
use lotse_engine::view::{SessionState, View};
use lotse_engine::{Value, setting};
use lotse_protocol::control::SessionId;
use lotse_ui::windows::{bring_back, is_minimised};
use std::time::{Duration, Instant};

/// How often one matter brings the window forward, and how long is waited in between.
const TRIES_MAX: u8 = 4;
const AGAIN_AFTER: Duration = Duration::from_secs(1);
/// A plugin that asks and stops asking, again and again, gets attention no oftener than this.
const PLUGINS_PAUSE: Duration = Duration::from_secs(10);
/// And so often in a session: as often as it may ask the customer for the same thing.
const PLUGINS_MAX: u8 = 3;

/// What the person in front of the screen must decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Matter {
    /// The prompt with this id.
    Question(u64),
    /// The question about files with this id.
    Files(u64),
    /// A plugin shows something that waits for the customer's word.
    Plugin,
}

impl Matter {
    /// The host asks, and only an answer ends it.
    fn is_asked(self) -> bool {
        match self {
            Self::Question(_) | Self::Files(_) => true,
            Self::Plugin => false,
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Raised {
    matter: Matter,
    tries: u8,
    at: Instant,
    /// The window has been seen since.
    seen: bool,
}

#[derive(Default)]
pub(crate) struct Attention {
    raised: Option<Raised>,
    /// When a plugin last got it.
    plugin_at: Option<Instant>,
    /// The session of which plugins got it, and how often.
    session: Option<SessionId>,
    plugins: u8,
}

impl Attention {
    /// To be called whenever there may be something new, drawn or not.
    pub(crate) fn tend(&mut self, context: &egui::Context, session: Option<&View>, now: Instant) {
        let id = session.and_then(|session| session.session);
        if id.is_some() && id != self.session {
            (self.session, self.plugins) = (id, 0);
        }
        let matter = session.and_then(matter);
        self.step_back(context, matter);
        let Some(matter) = matter else { return };
        let hidden = is_hidden(context, matter);
        match self.raised.as_mut() {
            None => self.first(context, matter, now),
            Some(raised) if raised.seen || !hidden => raised.seen |= !hidden,
            Some(raised) if raised.tries >= TRIES_MAX => {}
            Some(raised) => {
                let rest = AGAIN_AFTER.saturating_sub(now.saturating_duration_since(raised.at));
                if rest.is_zero() {
                    (raised.tries, raised.at) = (raised.tries + 1, now);
                    raise(context, matter, true);
                } else {
                    context.request_repaint_after(rest);
                }
            }
        }
    }

    /// Forgets what is no longer the matter. Only a question had put the window above the others.
    fn step_back(&mut self, context: &egui::Context, next: Option<Matter>) {
        let Some(over) = self.raised.take_if(|raised| Some(raised.matter) != next) else { return };
        if over.matter.is_asked() && !next.is_some_and(Matter::is_asked) {
            context.send_viewport_cmd(ViewportCommand::WindowLevel(WindowLevel::Normal));
        }
    }

    fn first(&mut self, context: &egui::Context, matter: Matter, now: Instant) {
        if matter == Matter::Plugin {
            if self.plugins >= PLUGINS_MAX {
                return;
            }
            let rest = |at| PLUGINS_PAUSE.saturating_sub(now.saturating_duration_since(at));
            if let Some(rest) = self.plugin_at.map(rest).filter(|rest| !rest.is_zero()) {
                return context.request_repaint_after(rest);
            }
            (self.plugin_at, self.plugins) = (Some(now), self.plugins + 1);
        }
        self.raised = Some(Raised { matter, tries: 1, at: now, seen: false });
        raise(context, matter, false);
    }
}

/// Whether this matter is worth asking the window manager again. Nothing of a plugin's comes from beneath another window.
fn is_hidden(context: &egui::Context, matter: Matter) -> bool {
    match matter {
        Matter::Question(_) | Matter::Files(_) => context.input(|input| input.viewport().visible()) == Some(false),
        Matter::Plugin => is_minimised(context, context.viewport_id()),
    }
}

/// `again`: lying above the others was not enough, or the window manager declined.
fn raise(context: &egui::Context, matter: Matter, again: bool) {
    match matter {
        Matter::Question(_) | Matter::Files(_) => {
            context.send_viewport_cmd(ViewportCommand::WindowLevel(WindowLevel::AlwaysOnTop));
            // Whoever types elsewhere goes on typing there as long as the question can be seen.
            bring_back(context, again || is_minimised(context, context.viewport_id()));
        }
        Matter::Plugin => bring_back(context, false),
    }
    context.send_viewport_cmd(ViewportCommand::RequestUserAttention(UserAttentionType::Informational));
    // Whether that was enough is looked at, even if nothing else happens.
    context.request_repaint_after(AGAIN_AFTER);
}

fn matter(session: &View) -> Option<Matter> {
    match session.state {
        SessionState::AwaitingConsent | SessionState::Active | SessionState::Lost { .. } => {}
        SessionState::Waiting
        | SessionState::Connecting { .. }
        | SessionState::Ended { .. }
        | SessionState::Failed { .. } => return None,
    }
    if let Some(prompt) = &session.prompt {
        return Some(Matter::Question(prompt.id));
    }
    if let Some(question) = lotse_ui::files::question(session) {
        return Some(Matter::Files(question.id));
    }
    let mut nodes = session.places.values().flatten().flat_map(|contribution| contribution.nodes.iter());
    nodes
        .any(|node| matches!(setting(&node.properties, "attention"), Some(Value::Flag(true))))
        .then_some(Matter::Plugin)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use egui::{RawInput, ViewportId};
    use lotse_ui::samples;

    /// What the window manager is asked for while the window is hidden or not.
    fn asked(attention: &mut Attention, hidden: bool, session: &View, now: Instant) -> Vec<ViewportCommand> {
        asked_when(attention, (hidden, false), session, now)
    }

    /// The same for a window that is minimised, or covered, or neither.
    fn asked_when(
        attention: &mut Attention,
        (minimised, covered): (bool, bool),
        session: &View,
        now: Instant,
    ) -> Vec<ViewportCommand> {
        let context = egui::Context::default();
        let mut input = RawInput::default();
        let window = input.viewports.entry(ViewportId::ROOT).or_default();
        (window.minimized, window.occluded) = (Some(minimised), Some(covered));
        let output = context.run_logic(&input, |context| attention.tend(context, Some(session), now));
        output.viewport_commands.get(&ViewportId::ROOT).cloned().unwrap_or_default()
    }

    fn takes_the_keyboard(commands: &[ViewportCommand]) -> bool {
        // On X11 coming out of the taskbar is activation, too.
        commands.contains(&ViewportCommand::Focus) || commands.contains(&ViewportCommand::Minimized(false))
    }

    fn attention_of_a_plugin() -> View {
        let mut asks = samples::session(false, SessionState::Active, false);
        let line = samples::node("", "text", &[("attention", Value::Flag(true))], &[]);
        asks.places.insert("menu", vec![samples::contribution("p", vec![line])]);
        asks
    }

    fn question(id: u64) -> View {
        let mut view = samples::session(false, SessionState::Active, false);
        let mut prompt = samples::prompt_to_begin();
        prompt.id = id;
        view.prompt = Some(prompt);
        view
    }

    #[test]
    fn c5_a_hidden_window_comes_forward_for_each_question_and_then_steps_back() {
        let (mut attention, now) = (Attention::default(), Instant::now());
        let calm = samples::session(false, SessionState::Active, false);
        assert!(asked(&mut attention, true, &calm, now).is_empty());
        for id in [1, 2] {
            let commands = asked(&mut attention, true, &question(id), now);
            assert!(commands.contains(&ViewportCommand::Minimized(false)), "{commands:?}");
            assert!(commands.contains(&ViewportCommand::WindowLevel(WindowLevel::AlwaysOnTop)), "{commands:?}");
            assert!(asked(&mut attention, true, &question(id), now).is_empty(), "once");
        }
        let commands = asked(&mut attention, false, &calm, now);
        assert_eq!(commands, [ViewportCommand::WindowLevel(WindowLevel::Normal)]);
    }

    #[test]
    fn a_window_manager_that_declines_is_asked_again_a_few_times() {
        let (mut attention, mut now) = (Attention::default(), Instant::now());
        let mut times = 0;
        for _ in 0..20 {
            times += usize::from(!asked(&mut attention, true, &question(1), now).is_empty());
            now += AGAIN_AFTER;
        }
        assert_eq!(times, usize::from(TRIES_MAX));
        // Seen and minimised by hand: left alone.
        let mut attention = Attention::default();
        assert!(!asked(&mut attention, true, &question(1), now).is_empty());
        asked(&mut attention, false, &question(1), now);
        assert!(asked(&mut attention, true, &question(1), now + AGAIN_AFTER).is_empty());
    }

    #[test]
    fn a_plugin_gets_attention_and_not_too_often() {
        let (mut attention, mut now) = (Attention::default(), Instant::now());
        let calm = samples::session(false, SessionState::Active, false);
        let asks = attention_of_a_plugin();
        assert!(!asked(&mut attention, true, &asks, now).is_empty());
        let mut times = 0;
        for _ in 0..20 {
            asked(&mut attention, true, &calm, now);
            times += usize::from(!asked(&mut attention, true, &asks, now).is_empty());
            now += PLUGINS_PAUSE / 10;
        }
        assert_eq!(times, 1, "in twice the pause, after the first");
    }

    /// Each question took the keyboard from whatever the customer was typing in.
    #[test]
    fn c5_a_question_that_can_be_seen_leaves_the_keyboard_where_it_is() {
        let above = ViewportCommand::WindowLevel(WindowLevel::AlwaysOnTop);
        let hint = ViewportCommand::RequestUserAttention(UserAttentionType::Informational);
        let (mut attention, now) = (Attention::default(), Instant::now());
        assert_eq!(asked_when(&mut attention, (false, false), &question(1), now), [above.clone(), hint.clone()]);
        assert!(asked_when(&mut attention, (false, false), &question(1), now + AGAIN_AFTER).is_empty());
        // Covered, it first comes up without; minimised it has no other way.
        let mut attention = Attention::default();
        assert_eq!(asked_when(&mut attention, (false, true), &question(1), now), [above, hint]);
        assert!(takes_the_keyboard(&asked_when(&mut attention, (false, true), &question(1), now + AGAIN_AFTER)));
        let mut attention = Attention::default();
        assert!(takes_the_keyboard(&asked_when(&mut attention, (true, false), &question(1), now)));
    }

    /// A plugin's text kept the window above all others for as long as it stood, and came back every ten seconds.
    #[test]
    fn a_plugin_neither_stays_on_top_nor_comes_back_for_ever() {
        let calm = samples::session(false, SessionState::Active, false);
        let (mut asks, mut now) = (attention_of_a_plugin(), Instant::now());
        let (mut attention, mut times) = (Attention::default(), 0);
        for _ in 0..10 {
            let commands = asked(&mut attention, true, &asks, now);
            let level = |command: &ViewportCommand| matches!(command, ViewportCommand::WindowLevel(_));
            assert!(!commands.contains(&ViewportCommand::Focus) && !commands.iter().any(level), "{commands:?}");
            times += u8::from(!commands.is_empty());
            assert!(asked(&mut attention, true, &calm, now).is_empty(), "there is nothing to step back from");
            now += PLUGINS_PAUSE;
        }
        assert_eq!(times, PLUGINS_MAX);
        // A window that is not minimised is left where it is, in the next session as well.
        asks.session = Some(SessionId([8; 16]));
        let commands = asked_when(&mut attention, (false, true), &asks, now);
        assert!(!commands.is_empty() && !takes_the_keyboard(&commands), "{commands:?}");
        assert!(asked_when(&mut attention, (false, true), &asks, now + AGAIN_AFTER).is_empty());
    }

    #[test]
    fn a_question_that_gives_way_to_a_plugin_lets_the_window_down() {
        let (mut attention, now) = (Attention::default(), Instant::now());
        asked(&mut attention, false, &question(1), now);
        let commands = asked(&mut attention, false, &attention_of_a_plugin(), now);
        assert!(commands.contains(&ViewportCommand::WindowLevel(WindowLevel::Normal)), "{commands:?}");
    }
}
