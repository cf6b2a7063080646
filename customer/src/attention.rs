//! Brings the window to the front when it has something to ask, out of the taskbar or from beneath another window.
//!
//! Works while the window is hidden and nothing of it is drawn. A window manager may decline for a moment, when somebody
//! types elsewhere: it is asked again a few times, and the taskbar is told in any case. It is no fight: who minimises a
//! question that they have seen is left alone.

use egui::{UserAttentionType, ViewportCommand, WindowLevel};
use lotse_engine::view::{SessionState, View};
use lotse_engine::{Value, setting};
use std::time::{Duration, Instant};

/// How often one matter brings the window forward, and how long is waited in between.
const TRIES_MAX: u8 = 4;
const AGAIN_AFTER: Duration = Duration::from_secs(1);
/// A plugin that asks and stops asking, again and again, gets attention no oftener than this.
const PLUGINS_PAUSE: Duration = Duration::from_secs(10);

/// What the person in front of the screen must decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Matter {
    /// The prompt with this id.
    Question(u64),
    /// A plugin shows something that waits for the customer's word.
    Plugin,
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
}

impl Attention {
    /// To be called whenever there may be something new, drawn or not.
    pub(crate) fn tend(&mut self, context: &egui::Context, session: Option<&View>, now: Instant) {
        let Some(matter) = session.and_then(matter) else {
            if self.raised.take().is_some() {
                context.send_viewport_cmd(ViewportCommand::WindowLevel(WindowLevel::Normal));
            }
            return;
        };
        let hidden = context.input(|input| input.viewport().visible()) == Some(false);
        match self.raised.as_mut().filter(|raised| raised.matter == matter) {
            None => self.first(context, matter, now),
            Some(raised) if raised.seen || !hidden => raised.seen |= !hidden,
            Some(raised) if raised.tries >= TRIES_MAX => {}
            Some(raised) => {
                let rest = AGAIN_AFTER.saturating_sub(now.saturating_duration_since(raised.at));
                if rest.is_zero() {
                    (raised.tries, raised.at) = (raised.tries + 1, now);
                    raise(context);
                } else {
                    context.request_repaint_after(rest);
                }
            }
        }
    }

    fn first(&mut self, context: &egui::Context, matter: Matter, now: Instant) {
        if matter == Matter::Plugin {
            let rest = |at| PLUGINS_PAUSE.saturating_sub(now.saturating_duration_since(at));
            if let Some(rest) = self.plugin_at.map(rest).filter(|rest| !rest.is_zero()) {
                return context.request_repaint_after(rest);
            }
            self.plugin_at = Some(now);
        }
        self.raised = Some(Raised { matter, tries: 1, at: now, seen: false });
        raise(context);
    }
}

fn raise(context: &egui::Context) {
    context.send_viewport_cmd(ViewportCommand::Minimized(false));
    context.send_viewport_cmd(ViewportCommand::WindowLevel(WindowLevel::AlwaysOnTop));
    context.send_viewport_cmd(ViewportCommand::Focus);
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
        let context = egui::Context::default();
        let mut input = RawInput::default();
        let window = input.viewports.entry(ViewportId::ROOT).or_default();
        (window.minimized, window.occluded) = (Some(hidden), Some(false));
        let output = context.run_logic(&input, |context| attention.tend(context, Some(session), now));
        output.viewport_commands.get(&ViewportId::ROOT).cloned().unwrap_or_default()
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
        let mut asks = calm.clone();
        let line = samples::node("", "text", &[("attention", Value::Flag(true))], &[]);
        asks.places.insert("menu", vec![samples::contribution("p", vec![line])]);
        assert!(!asked(&mut attention, true, &asks, now).is_empty());
        let mut times = 0;
        for _ in 0..20 {
            asked(&mut attention, true, &calm, now);
            times += usize::from(!asked(&mut attention, true, &asks, now).is_empty());
            now += PLUGINS_PAUSE / 10;
        }
        assert_eq!(times, 1, "in twice the pause, after the first");
    }
}
