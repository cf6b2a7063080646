//! What the rep shows: the chooser's answer, and the end of it by the rep's own hand.

use super::Task;
use crate::shared::Shared;
use crate::view::{AuditKind, Choosing, ShowSource};
use lotse_protocol::control::Side;
use lotse_runtime::Event as PluginEvent;
use std::sync::Arc;
use std::time::Instant;

/// Why a capture ended, in the language that is read here.
pub(crate) fn stopped_here(locale: &str) -> String {
    let german = locale.starts_with("de");
    if german { "Sie haben das Zeigen beendet." } else { "You stopped showing." }.to_owned()
}

/// The same, of a window.
pub(crate) fn window_closed(locale: &str) -> String {
    let german = locale.starts_with("de");
    if german { "Das gezeigte Fenster wurde geschlossen." } else { "The window that was shown was closed." }.to_owned()
}

/// Why a window that was chosen is not shown again, as after a lost line.
pub(crate) fn window_unseen(locale: &str) -> String {
    let german = locale.starts_with("de");
    let words = if german {
        "Das gewählte Fenster ist minimiert oder geschlossen. Öffnen Sie es, und geben Sie es erneut frei."
    } else {
        "The window that you chose is minimised or closed. Open it, and share it again."
    };
    words.to_owned()
}

impl Task {
    /// The chooser's word is the rep's consent: only now there is something to capture.
    pub(super) fn on_chosen(&mut self, request: u64, source: Option<ShowSource>) {
        let Some(shared) = self.shared.clone().filter(|_| self.config.side == Side::Rep) else { return };
        let Some((number, offer)) = shared.showing.answer(request, source, Instant::now()) else { return };
        self.dirty = true;
        let title = offer.as_ref().map(|offer| offer.title.clone()).unwrap_or_default();
        let what = offer.as_ref().map(|offer| match offer.source {
            ShowSource::Display(_) => "a display",
            ShowSource::Window(_) => "a window",
        });
        let capture = offer.map(|offer| shared.screens.open_chosen(&shared, number, offer));
        if let (Some(what), Some(plugin)) = (what, self.plugins.get(number)) {
            let id = plugin.view.id.clone();
            let text = format!("plugin {id}: the rep chose {what} to be shown");
            self.audit(AuditKind::Granted, id, "showing".to_owned(), text);
        }
        let heard = shared
            .instance(number)
            .map(|instance| instance.try_send(PluginEvent::Chosen { request, capture, title }).is_ok());
        if let (Some(capture), Some(false) | None) = (capture, heard) {
            shared.screens.close(capture);
        }
    }

    /// The rep ends all of it, whatever plugins do.
    pub(super) fn stop_showing(&mut self) {
        let Some(shared) = self.shared.clone().filter(|_| self.config.side == Side::Rep) else { return };
        for (plugin, capture) in shared.screens.chosen() {
            shared.screens.close(capture);
            shared.boards.end_capture(&shared, capture);
            shared.seen.end_capture(capture);
            let reason = stopped_here(&self.config.locale);
            shared.try_tell(plugin, PluginEvent::CaptureStalled { capture, reason });
        }
        self.dirty = true;
    }

    pub(super) fn on_hidden(&mut self, plugin: usize, capture: u64, on: bool) {
        if let Some(shared) = &self.shared {
            shared.screens.set_hidden(capture, on);
            shared.try_tell(plugin, PluginEvent::CaptureHidden { capture, on });
        }
        self.dirty = true;
    }

    pub(super) fn choosing(&self, shared: &Arc<Shared>) -> Option<Choosing> {
        let asked = shared.showing.asked()?;
        let plugin = self.plugins.get(asked.plugin).map(|plugin| plugin.view.name.clone()).unwrap_or_default();
        Some(Choosing { request: asked.request, plugin, offers: asked.offers, complete: asked.complete })
    }
}
