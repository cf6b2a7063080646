//! A session that began with a customer's question: what was asked, and waiting for the customer's program.
//!
//! Its code is in the customer's page. It is shown only if the rep wants to read it aloud after all.

use crate::code_card;
use crate::session::peer;
use egui::{Id, Label, RichText, Sense, Ui};
use lotse_engine::rep::RepSession;
use lotse_engine::view::{SessionState, View};
use lotse_ui::tokens::{Palette, space};
use lotse_ui::widgets::{Button, empty, focus_ring, muted};
use lotse_ui::{icons, t, words};

/// The session began with a question, and its customer's program is not there yet.
pub(crate) fn waits(session: &RepSession) -> bool {
    began(session) && session.view.state == SessionState::Waiting
}

/// The session began with a question, or came from a colleague, and not with a code that was read aloud.
pub(crate) fn began(session: &RepSession) -> bool {
    !session.view.portal.is_empty() || !session.view.from_rep.is_empty()
}

/// One quiet line that a click makes whole.
pub(crate) fn line(ui: &mut Ui, view: &View) {
    if view.portal.is_empty() {
        return;
    }
    let id = Id::unique(("asked", ui.ctx().viewport_id(), view.session));
    let whole = ui.data(|data| data.get_temp::<bool>(id)).unwrap_or(false);
    let said = t!("asked-line", "portal" => &view.portal, "text" => &view.question);
    let label = Label::new(RichText::new(said).color(Palette::of(ui).muted_ink)).sense(Sense::click());
    let response = ui.add(if whole { label.wrap() } else { label.truncate() });
    focus_ring(ui, &response);
    if response.clicked() {
        ui.data_mut(|data| data.insert_temp(id, !whole));
    }
}

/// The page until the customer's program comes. True: the rep gives the question back.
pub(crate) fn waiting(ui: &mut Ui, session: &RepSession) -> bool {
    if !session.view.from_rep.is_empty() {
        return handed_over(ui, session);
    }
    let title = t!("asked-waiting", "peer" => peer(session));
    empty(ui, icons::HOURGLASS, &title, &t!("asked-waiting-next"), |ui| {
        if session.view.customer_left {
            muted(ui, t!("asked-left"));
        }
        ui.add_space(space::S);
        read_aloud(ui, session);
        ui.add_space(space::S);
        Button::secondary(t!("asked-give-back")).show(ui).clicked()
    })
}

/// The same for a session that comes from a colleague. True: the rep does not come after all.
fn handed_over(ui: &mut Ui, session: &RepSession) -> bool {
    let title = t!("hand-over-waiting", "peer" => peer(session));
    let next = t!("hand-over-waiting-next", "from" => &session.view.from_rep);
    empty(ui, icons::HOURGLASS, &title, &next, |ui| {
        ui.add_space(space::S);
        Button::secondary(t!("hand-over-give-back")).show(ui).clicked()
    })
}

fn read_aloud(ui: &mut Ui, session: &RepSession) {
    let Some(code) = &session.code else { return };
    let id = Id::unique(("read aloud", session.id));
    if ui.data(|data| data.get_temp::<bool>(id)).unwrap_or(false) {
        code_card::digits(ui, code);
        muted(ui, t!("code-valid", "left" => words::clock(session.code_expires_in_s)));
    } else if Button::quiet(t!("asked-read")).icon(icons::EYE).show(ui).clicked() {
        ui.data_mut(|data| data.insert_temp(id, true));
    }
}
