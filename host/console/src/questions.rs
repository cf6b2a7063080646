//! What several windows ask of questions: how a customer is called, whether one may be answered now, and whether an offer is
//! shown and heard.
//!
//! The rep's preferences decide the last two. While a session runs they are others than in a quiet hour.

use crate::asked;
use crate::seats;
use crate::session::is_running;
use crate::settings::Settings;
use egui::text::LayoutJob;
use egui::{FontFamily, FontId, Label, Ui};
use lotse_engine::rep::{Offer, RepView, SignIn};
use lotse_protocol::question::QuestionId;
use lotse_ui::t;
use lotse_ui::tokens::{Palette, size};

pub(crate) fn who(name: &str) -> String {
    if name.is_empty() { t!("question-nobody") } else { name.to_owned() }
}

/// The relay hears it, there is a seat, and no other answer is on its way.
pub(crate) fn may_answer(view: &RepView) -> bool {
    is_connected(view) && !seats::waits(view) && view.questions.answering.is_none()
}

pub(crate) fn is_connected(view: &RepView) -> bool {
    matches!(view.sign_in, SignIn::In { reconnecting: false, .. })
}

/// What the popup alert shows.
pub(crate) fn alerted<'a>(view: &'a RepView, settings: &Settings) -> Option<&'a Offer> {
    let wanted = settings.session_alert || !is_in_session(view);
    view.questions.offer.as_ref().filter(|_| wanted && is_connected(view))
}

/// What is offered to this rep: a question, or a session that a colleague hands over. What they opened themselves is not.
pub(crate) fn announced(view: &RepView) -> Option<QuestionId> {
    let offered = view.questions.offer.as_ref().map(|offer| offer.question.id);
    let asked = view.hand_over.as_ref().filter(|asked| asked.until.is_some());
    offered.or(asked.map(|asked| asked.id.row()))
}

/// Whether the sound is played for it.
pub(crate) fn is_heard(view: &RepView, settings: &Settings) -> bool {
    let wanted = if is_in_session(view) { settings.session_sound } else { settings.sound };
    wanted && is_connected(view) && announced(view).is_some()
}

/// A session runs, or a question was answered and its customer is on the way.
fn is_in_session(view: &RepView) -> bool {
    view.sessions.iter().any(|session| is_running(&session.view.state) || asked::waits(session))
}

/// At most so many rows of what somebody wrote. True: there is more.
pub(crate) fn rows(ui: &mut Ui, text: &str, rows_max: usize) -> bool {
    let font = FontId::new(size::BODY, FontFamily::Proportional);
    let mut job = LayoutJob::simple(text.to_owned(), font, Palette::of(ui).ink, ui.available_width());
    job.wrap.max_rows = rows_max;
    let galley = ui.painter().layout_job(job);
    let elided = galley.elided;
    ui.add(Label::new(galley));
    elided
}
