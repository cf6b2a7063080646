//! The frame round what a rep shows, with a tab that ends it: as a customer's screen has one.
//!
//! Started when something is shown for the first time. Where the desktop has no room for it, the strip in the session's
//! window says the same.

use lotse_desktop::{Frame, FrameEvent, Label, Round, X11Windows};
use lotse_engine::rep::RepView;
use lotse_engine::view::{ShowSource, Shown};
use lotse_ui::lettering::{self, Lettering};
use lotse_ui::{system_fonts, t};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[derive(Default)]
pub(crate) struct ShowingFrame {
    /// `None`: none was needed yet, or none can be had.
    frame: Option<Frame>,
    /// Told of the frame's windows; `None`: nobody else asks.
    own: Option<Arc<X11Windows>>,
    tried: bool,
    /// The tab was clicked.
    clicked: Arc<AtomicBool>,
    shown: bool,
    /// What stands on the tab, how large, and with how many fonts of the system.
    said: Option<(String, f32, usize)>,
}

impl ShowingFrame {
    /// Its windows are told to `own`.
    pub(crate) fn among(own: Option<Arc<X11Windows>>) -> Self {
        Self { own, ..Self::default() }
    }

    /// Keeps the frame round what is shown. True when the rep clicked its tab.
    pub(crate) fn tend(&mut self, context: &egui::Context, view: &RepView) -> bool {
        let shown: Vec<&Shown> = view.sessions.iter().flat_map(|session| &session.view.showing).collect();
        if !shown.is_empty() {
            self.start(context);
            self.say(context);
        }
        if let Some(frame) = &self.frame {
            if !shown.is_empty() {
                frame.surround(Some(shown.iter().filter_map(|shown| round(shown)).collect()));
            }
            if self.shown == shown.is_empty() {
                self.shown = !shown.is_empty();
                frame.show(self.shown);
            }
        }
        self.clicked.swap(false, Ordering::AcqRel)
    }

    fn start(&mut self, context: &egui::Context) {
        if std::mem::replace(&mut self.tried, true) {
            return;
        }
        let (clicked, context) = (self.clicked.clone(), context.clone());
        let on_frame = move |event: FrameEvent| match event {
            FrameEvent::Clicked => {
                clicked.store(true, Ordering::Release);
                context.request_repaint();
            }
            FrameEvent::Lost => {}
        };
        let windows = self.own.clone().map_or_else(|| X11Windows::start(None), Ok);
        let started = windows.and_then(|windows| Frame::start(None, windows, Arc::new(on_frame)));
        self.frame =
            started.inspect_err(|error| tracing::warn!(%error, "no frame can be put round what is shown")).ok();
    }

    fn say(&mut self, context: &egui::Context) {
        let Some(frame) = &self.frame else { return };
        let system = system_fonts::of(context);
        let (words, scale) = (t!("showing-tab"), context.pixels_per_point());
        let loaded = system.as_ref().map_or(0, |fonts| fonts.count());
        let said = Some((words, scale, loaded));
        if self.said == said {
            return;
        }
        let (all, short) = (t!("showing-tab"), t!("showing-tab-short"));
        let label = |Lettering { width, height, pixels }| Label { words: all.clone(), width, height, pixels };
        frame.label(lettering::draw(&[all.as_str(), short.as_str()], scale, system).into_iter().map(label).collect());
        self.said = said;
    }
}

/// `None`: the number is none of X11's.
fn round(shown: &Shown) -> Option<Round> {
    Some(match shown.source {
        ShowSource::Display(_) => Round::Area { x: shown.x, y: shown.y, width: shown.width, height: shown.height },
        ShowSource::Window(window) => Round::Window(u32::try_from(window).ok()?),
    })
}
