//! The session windows together: what plugins want of them, where they stand, which is in front, and who is told of what
//! came in another.
//!
//! Plugins ask by the interface `desk`; the console draws. Geometry is in [`crate::arrange`], the window with tabs in
//! [`crate::stack_window`].

use crate::arrange::{LEAST, beside, cascade, tile};
use crate::corner;
use crate::session_window::SessionWindow;
use crate::settings::Settings;
use crate::stack_window::StackWindow;
use egui::{Context, Rect, UserAttentionType, Vec2, ViewportCommand, ViewportId};
use lotse_engine::rep::{DeskWish, FeatureView, RepSession, RepView, Windows};
use lotse_engine::view::{PluginView, SessionState};
use lotse_engine::{Arrangement, Capability};
use lotse_protocol::control::SessionId;
use lotse_ui::windows::bring_back_window;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Some systems never say what frame a window has.
const PATIENCE: u8 = 5;
const LOOK_AGAIN: Duration = Duration::from_millis(60);

#[derive(Default)]
pub(crate) struct Desk {
    /// The last order that was carried out.
    done: u64,
    /// Windows that were there when they were last placed.
    placed: BTreeSet<SessionId>,
    /// All are to be placed, wherever people have put them.
    anew: bool,
    /// Windows that have just opened, and how often their frames were not known yet.
    frameless: BTreeMap<SessionId, u8>,
    told: Option<Windows>,
    /// What was unread in each when that was last looked at.
    unread: BTreeMap<SessionId, u32>,
}

/// How the windows stand. Where no plugin may arrange them, each session is in a window of its own.
pub(crate) fn arrangement(view: &RepView, settings: &Settings) -> Arrangement {
    if is_arranged(view, settings) { settings.arrangement() } else { Arrangement::Apart }
}

/// A plugin of some session may arrange windows, or the account still has what arranged them last: before the first session's
/// plugins are here nothing else is known of them.
fn is_arranged(view: &RepView, settings: &Settings) -> bool {
    let has = |feature: &FeatureView| feature.licensed && feature.name == settings.arranged_with;
    let still = || settings.arranged_free || view.licence.features.iter().any(has);
    arranger(view).is_some() || still()
}

/// Keeps by what windows are arranged while something arranges them, so that the first one of the next start stands there at once.
pub(crate) fn remember(view: &RepView, settings: &mut Settings) {
    let Some(plugin) = arranger(view) else {
        settings.arranged_free &= !knows_none(view);
        return;
    };
    let feature = plugin.feature.as_deref().unwrap_or_default();
    settings.arranged_free = feature.is_empty();
    if settings.arranged_with != feature {
        feature.clone_into(&mut settings.arranged_with);
    }
}

/// A session runs with all its plugins, and none of any session's would arrange windows.
fn knows_none(view: &RepView) -> bool {
    let runs = |session: &RepSession| session.view.state == SessionState::Active && !session.view.plugins.is_empty();
    let mut plugins = view.sessions.iter().flat_map(|session| &session.view.plugins);
    view.sessions.iter().any(runs) && !plugins.any(|plugin| plugin.asks.contains(Capability::Desk))
}

/// A plugin that may arrange windows, whichever it is.
fn arranger(view: &RepView) -> Option<&PluginView> {
    let mut plugins = view.sessions.iter().flat_map(|session| &session.view.plugins);
    plugins.find(|plugin| plugin.runs_with(Capability::Desk))
}

/// The window that a session is in.
pub(crate) fn window_of(session: SessionId, arrangement: Arrangement) -> ViewportId {
    match arrangement {
        Arrangement::Stack => StackWindow::viewport(),
        Arrangement::Cascade | Arrangement::Tile | Arrangement::Apart => SessionWindow::viewport(session),
    }
}

impl Desk {
    /// Something that plugins want is to be carried out. Only drawing does that.
    pub(crate) fn is_behind(&self, view: &RepView) -> bool {
        view.orders.iter().any(|order| order.serial > self.done)
    }

    /// What plugins want and was not carried out yet.
    pub(crate) fn wishes(&mut self, view: &RepView) -> Vec<DeskWish> {
        let done = self.done;
        let new = view.orders.iter().filter(|order| order.serial > done);
        let wishes = new.clone().map(|order| order.wish).collect();
        self.done = new.map(|order| order.serial).max().unwrap_or(done);
        wishes
    }

    /// Chosen anew: windows that were moved go back, too.
    pub(crate) fn arrange(&mut self, how: Arrangement, view: &RepView, settings: &mut Settings) {
        how.name().clone_into(&mut settings.arrangement);
        remember(view, settings);
        self.anew = true;
    }

    /// Puts windows into their places where there is something to do. `viewers`: windows not to be covered for nothing.
    pub(crate) fn place(
        &mut self,
        context: &Context,
        open: &[SessionId],
        viewers: &[ViewportId],
        how: Arrangement,
        size: [f32; 2],
    ) {
        let new: Vec<bool> = open.iter().map(|id| !self.placed.contains(id)).collect();
        let anew = std::mem::take(&mut self.anew);
        self.placed = open.iter().copied().collect();
        let all = match how {
            Arrangement::Cascade => anew,
            Arrangement::Tile => anew || new.contains(&true),
            Arrangement::Stack | Arrangement::Apart => return,
        };
        // Where windows are drawn within another one, as in tests, there is no screen to stand on.
        if context.embed_viewports() || !(all || new.contains(&true)) {
            return;
        }
        let Some(room) = corner::free_area(context.pixels_per_point()) else { return };
        let room = beside(room, &outer_rects(context, viewers));
        let tiles = tile(room, open.len());
        for (at, (id, is_new)) in open.iter().zip(new).enumerate() {
            let window = SessionWindow::viewport(*id);
            let frame = frame_of(context, window);
            // The remembered size is the one within the frame.
            let whole = Vec2::from(size) + frame.unwrap_or_default();
            let place = match how {
                Arrangement::Tile => tiles.get(at).copied(),
                Arrangement::Cascade => (all || is_new).then(|| cascade(room, whole, at)),
                Arrangement::Stack | Arrangement::Apart => None,
            };
            if let Some(place) = place {
                put(context, window, place, frame.unwrap_or_default());
                self.await_frame(context, *id, frame.is_some());
            }
        }
        self.frameless.retain(|id, _| open.contains(id));
    }

    /// A window that was placed without its frame is placed once more when that is known.
    fn await_frame(&mut self, context: &Context, id: SessionId, known: bool) {
        let tries = self.frameless.entry(id).or_default();
        if known {
            self.frameless.remove(&id);
        } else if *tries < PATIENCE {
            *tries += 1;
            self.placed.remove(&id);
            context.request_repaint_after_for(LOOK_AGAIN, ViewportId::ROOT);
        }
    }

    /// How the windows stand, if that was not told yet.
    pub(crate) fn news(&mut self, windows: Windows) -> Option<Windows> {
        let news = self.told.as_ref() != Some(&windows);
        news.then(|| self.told.insert(windows).clone())
    }

    /// Calls for attention once where something came in a window that is not in front. True: the sound is to be played.
    /// Called while nothing is drawn, too.
    pub(crate) fn alert(&mut self, context: &Context, view: &RepView, settings: &Settings) -> bool {
        let how = arrangement(view, settings);
        let mut sound = false;
        let mut seen = BTreeMap::new();
        for session in &view.sessions {
            let before = self.unread.get(&session.id).copied().unwrap_or(0);
            if session.unread > 0 && before == 0 {
                sound |= settings.unread_sound;
                if settings.unread_attention {
                    let attention = ViewportCommand::RequestUserAttention(UserAttentionType::Informational);
                    context.send_viewport_cmd_to(window_of(session.id, how), attention);
                }
            }
            seen.insert(session.id, session.unread);
        }
        self.unread = seen;
        sound
    }
}

/// Where windows stand with their frames, as far as is known.
fn outer_rects(context: &Context, windows: &[ViewportId]) -> Vec<Rect> {
    context.input(|input| {
        let rect = |id: &ViewportId| {
            let info = input.raw.viewports.get(id)?;
            info.outer_rect.filter(|_| info.minimized != Some(true))
        };
        windows.iter().filter_map(rect).collect()
    })
}

/// How much larger a window is with its frame; `None` as long as that is not known.
fn frame_of(context: &Context, window: ViewportId) -> Option<Vec2> {
    context.input(|input| {
        let info = input.raw.viewports.get(&window)?;
        Some((info.outer_rect?.size() - info.inner_rect?.size()).max(Vec2::ZERO))
    })
}

/// A window with its frame into a place.
fn put(context: &Context, window: ViewportId, place: Rect, frame: Vec2) {
    bring_back_window(context, window, false);
    context.send_viewport_cmd_to(window, ViewportCommand::Maximized(false));
    context.send_viewport_cmd_to(window, ViewportCommand::OuterPosition(place.min));
    context.send_viewport_cmd_to(window, ViewportCommand::InnerSize((place.size() - frame).max(LEAST)));
}

#[cfg(test)]
#[path = "desk_tests.rs"]
mod tests;
