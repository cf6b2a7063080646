//! Dialogs: a question above the window, Esc for the answer that changes nothing.

use super::{Button, Kind, heading};
use crate::t;
use crate::tokens::space;
use egui::{Frame, Id, Layout, Margin, Modal, Ui};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Yes,
    No,
}

/// A dialog with a heading. `None` in the second place as long as it stays open; Esc and a click beside it close it.
pub fn dialog<R>(
    ctx: &egui::Context,
    id: &str,
    title: &str,
    width: f32,
    contents: impl FnOnce(&mut Ui) -> R,
) -> (R, bool) {
    let frame = Frame::popup(&ctx.global_style()).inner_margin(Margin::same(space::XL as i8));
    let response = Modal::new(Id::unique(id)).frame(frame).show(ctx, |ui| {
        ui.set_width(width.min(ui.ctx().content_rect().width() - 4.0 * space::XL));
        heading(ui, title);
        ui.add_space(space::XS);
        contents(ui)
    });
    let closed = response.should_close();
    (response.inner, closed)
}

/// Asks whether to go on. The answer that changes nothing has the focus; Esc gives it, too.
pub fn confirm(ctx: &egui::Context, id: &str, title: &str, body: &str, yes: &str) -> Option<Answer> {
    let (answer, closed) = dialog(ctx, id, title, 380.0, |ui| {
        ui.add(egui::Label::new(body).wrap());
        ui.add_space(space::M);
        ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
            let no = Button::secondary(t!("common-cancel")).width(96.0).show(ui);
            if ui.memory(|memory| memory.focused().is_none()) {
                no.request_focus();
            }
            let yes = Button::new(Kind::Danger, yes).width(96.0).show(ui);
            match (yes.clicked(), no.clicked()) {
                (true, _) => Some(Answer::Yes),
                (false, true) => Some(Answer::No),
                (false, false) => None,
            }
        })
        .inner
    });
    answer.or(closed.then_some(Answer::No))
}
