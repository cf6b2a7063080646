//! The popup alert: a [`Popup`] while a question is offered to the rep.
//!
//! The console's other windows have keys for it. It closes when the offer is over; the list then tells what became of it.

use crate::popup::{Asks, Popup};
use crate::questions::{alerted, may_answer, rows, who};
use crate::settings::Settings;
use crate::shortcuts;
use egui::{Label, RichText, Ui};
use lotse_engine::rep::{Offer, RepCommand, RepView};
use lotse_protocol::question::QuestionId;
use lotse_ui::tokens::{Palette, size};
use lotse_ui::widgets::Button;
use lotse_ui::{fonts, icons, t};
use std::time::Instant;

/// Rows of a question; the list has the whole of it.
const ROWS: usize = 3;

#[derive(Default)]
pub(crate) struct Alert(Popup<QuestionId>);

/// The question that is offered.
struct Offered<'a> {
    view: &'a RepView,
    offer: &'a Offer,
}

impl Alert {
    /// Another question than the one that stands there is to be shown, or none. Only drawing does that.
    pub(crate) fn is_behind(&self, view: &RepView, settings: &Settings) -> bool {
        self.0.is_behind(alerted(view, settings).map(|offer| offer.question.id))
    }

    /// How high it is, in points, if it stands in the corner; 0: it does not.
    pub(crate) fn in_corner(&self) -> f32 {
        self.0.in_corner()
    }

    /// `below`: how high another window is that stands in the corner.
    pub(crate) fn show(
        &mut self,
        context: &egui::Context,
        view: &RepView,
        settings: &Settings,
        below: f32,
    ) -> Option<RepCommand> {
        let offered = alerted(view, settings).map(|offer| Offered { view, offer });
        self.0.show(context, offered.as_ref(), below)
    }
}

impl Asks for Offered<'_> {
    type Id = QuestionId;
    const KIND: &'static str = "alert";
    const SIZE: [f32; 2] = [400.0, 176.0];

    fn id(&self) -> QuestionId {
        self.offer.question.id
    }

    fn window(&self) -> String {
        t!("alert-window")
    }

    fn until(&self) -> Option<(Instant, u16)> {
        Some((self.offer.until, self.offer.for_s))
    }

    fn left(&self, clock: &str) -> String {
        t!("question-left-name", "left" => clock)
    }

    fn title(&self, ui: &mut Ui) {
        let question = &self.offer.question;
        ui.add(Label::new(fonts::strong(who(&question.name), size::TITLE)).truncate());
        let portal = RichText::new(format!("· {}", question.portal)).color(Palette::of(ui).muted_ink);
        ui.add(Label::new(portal).truncate());
    }

    fn body(&self, ui: &mut Ui) {
        rows(ui, &self.offer.question.text, ROWS);
    }

    fn buttons(&self, ui: &mut Ui) -> Option<RepCommand> {
        let question = self.offer.question.id;
        let name = who(&self.offer.question.name);
        let may = may_answer(self.view);
        let under_way = self.view.questions.answering == Some(question);
        let label = if under_way { t!("question-answering") } else { t!("question-answer") };
        let answer = Button::primary(label).icon(icons::CHAT).shortcut(shortcuts::name(shortcuts::ANSWER));
        let answer = answer.enabled(may).show(ui).accessible_name(t!("question-answer-name", "name" => &name));
        // Without its key, which the help names: in German both have no room.
        let pass = Button::secondary(t!("question-pass"));
        let pass = pass.enabled(may).show(ui).accessible_name(t!("question-pass-name", "name" => &name));
        match (answer.clicked(), pass.clicked()) {
            (true, _) => Some(RepCommand::AnswerQuestion { question }),
            (false, true) => Some(RepCommand::PassQuestion { question }),
            (false, false) => None,
        }
    }
}
