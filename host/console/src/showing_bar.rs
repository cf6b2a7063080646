//! The strip in a session's window that says what the customer can see of this computer, and ends it.

use crate::session::peer;
use egui::{Align, Frame, Label, Layout, Margin, Panel, Ui};
use lotse_engine::rep::RepSession;
use lotse_engine::view::{ShowSource, Shown};
use lotse_ui::tokens::{Palette, size, space};
use lotse_ui::widgets::{Button, sign};
use lotse_ui::{fonts, icons, t};

/// Nothing as long as nothing is shown. True when the rep ends it.
pub(crate) fn show(ui: &mut Ui, session: &RepSession) -> bool {
    let Some(first) = session.view.showing.first() else { return false };
    let palette = Palette::of(ui);
    let ground = palette.tint(palette.seen);
    let frame = Frame::new().fill(ground).inner_margin(Margin::symmetric(space::L as i8, space::S as i8));
    let words = words(session, first);
    let panel = Panel::top("showing").frame(frame).show(ui, |ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let stops = Button::danger(t!("showing-stop")).icon(icons::STOP).show(ui).clicked();
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                sign(ui, icons::EYE, 18.0, palette.danger);
                ui.add(Label::new(fonts::strong(words, size::BODY).color(palette.ink)).truncate());
            });
            stops
        })
        .inner
    });
    panel.inner
}

fn words(session: &RepSession, shown: &Shown) -> String {
    let what = what(shown);
    let (peer, what) = (peer(session), what.as_str());
    if shown.hidden {
        t!("showing-hidden", "peer" => peer, "what" => what)
    } else {
        t!("showing-now", "peer" => peer, "what" => what)
    }
}

fn what(shown: &Shown) -> String {
    match shown.source {
        ShowSource::Display(_) => format!("{} · {}", t!("chooser-screens"), shown.title),
        ShowSource::Window(_) => shown.title.clone(),
    }
}
