//! Customers who wait, as the list view shows them: who, by which portal, for how long, and what they ask.

use crate::questions::{is_connected, may_answer, rows, who};
use crate::settings::Settings;
use crate::{availability, running_session, seats};
use egui::accesskit::Role;
use egui::{Align, Label, Layout, RichText, Ui, WidgetInfo};
use lotse_engine::rep::{Question, QuestionEnd, QuestionNews, RepCommand, RepView};
use lotse_engine::view::Tone;
use lotse_protocol::question::{Offered, QuestionId};
use lotse_ui::tokens::{Palette, size, space};
use lotse_ui::widgets::{Answer, Button, Kind, badge, card, confirm, focus_ring, heading, muted, notice};
use lotse_ui::{fonts, icons, t, words};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Rows of a question before somebody wants to see all of it.
const ROWS: usize = 3;
/// How long the list tells what became of a question.
const NEWS_STAY: Duration = Duration::from_secs(12);

#[derive(Default)]
pub(crate) struct QuestionList {
    /// Shown as a whole.
    whole: BTreeSet<QuestionId>,
    /// It is asked whether to close this one.
    closing: Option<QuestionId>,
}

/// How many wait.
pub(crate) fn count(view: &RepView) -> u64 {
    view.questions.waiting.len() as u64 + u64::from(view.questions.more)
}

/// Above the list: what became of a question a moment ago, and that nothing is offered to who is away.
pub(crate) fn notes(ui: &mut Ui, view: &RepView, settings: &mut Settings, now: Instant) -> Option<RepCommand> {
    if let Some(news) = &view.questions.news {
        let left = NEWS_STAY.saturating_sub(now.saturating_duration_since(news.at));
        if let Some(said) = said(news).filter(|_| !left.is_zero()) {
            notice(ui, Tone::Plain, &said, "", false);
            ui.add_space(space::M);
            ui.ctx().request_repaint_after(left);
        }
    }
    let away = !settings.ready && view.questions.has_portal && is_connected(view) && !seats::waits(view);
    if !away {
        return None;
    }
    notice(ui, Tone::Plain, &t!("questions-away"), &t!("questions-away-next"), false);
    ui.add_space(space::S);
    let ready = Button::secondary(t!("questions-away-end")).icon(icons::GOOD).show(ui).clicked();
    ui.add_space(space::M);
    ready.then(|| availability::set(settings, true))
}

/// Whoever passed a question knows.
fn said(news: &QuestionNews) -> Option<String> {
    let name = who(&news.name);
    match &news.end {
        QuestionEnd::YouPassed => None,
        QuestionEnd::TimeOver => Some(t!("news-time-over", "name" => name)),
        QuestionEnd::Taken { by } => Some(t!("news-taken", "by" => by, "name" => name)),
        QuestionEnd::Left => Some(t!("news-left", "name" => name)),
        QuestionEnd::Closed { by } => Some(t!("news-closed", "by" => by, "name" => name)),
        QuestionEnd::NotCome => Some(t!("news-not-come", "name" => name)),
        QuestionEnd::SessionTaken => Some(t!("news-session-taken", "name" => name)),
        QuestionEnd::SessionGone => Some(t!("news-session-gone", "name" => name)),
    }
}

impl QuestionList {
    /// A card for each question. Nothing is drawn where no portal leads to this rep.
    pub(crate) fn show(&mut self, ui: &mut Ui, view: &RepView) -> Vec<RepCommand> {
        let mut commands = Vec::new();
        let questions = &view.questions;
        let waits = |id: &QuestionId| questions.waiting.iter().any(|question| question.id == *id);
        self.whole.retain(waits);
        self.closing = self.closing.filter(waits);
        if questions.waiting.is_empty() {
            if questions.has_portal {
                muted(ui, t!("questions-nobody"));
            }
            return commands;
        }
        heading(ui, t!("questions-title"));
        for question in questions.waiting.iter() {
            card(ui, |ui| commands.extend(self.question(ui, view, question)));
        }
        if questions.more > 0 {
            muted(ui, t!("questions-more", "count" => u64::from(questions.more)));
        }
        tick(ui, &questions.waiting);
        commands.extend(self.ask_to_close(ui, view));
        commands
    }

    /// Asks before a question is closed, while that is open.
    fn ask_to_close(&mut self, ui: &Ui, view: &RepView) -> Option<RepCommand> {
        let question = view.questions.waiting.iter().find(|question| Some(question.id) == self.closing)?;
        let name = who(&question.name);
        let (title, body) = (t!("question-close-title", "name" => &name), t!("question-close-body", "name" => &name));
        let answer = confirm(ui.ctx(), "close-question", &title, &body, &t!("question-close-yes"))?;
        self.closing = None;
        (answer == Answer::Yes).then_some(RepCommand::CloseQuestion { question: question.id })
    }

    fn question(&mut self, ui: &mut Ui, view: &RepView, question: &Question) -> Option<RepCommand> {
        let name = who(&question.name);
        ui.spacing_mut().item_spacing.y = space::XS;
        head(ui, &name, question);
        if let Some(running) = &question.running {
            running_session::about(ui, running);
        }
        let whole = self.whole.contains(&question.id);
        // Whoever came with a code that was read aloud asked nothing.
        let elided = !question.text.is_empty() && rows(ui, &question.text, if whole { usize::MAX } else { ROWS });
        if whole || elided {
            let (label, full) = if whole {
                (t!("question-less"), t!("question-less-name", "name" => &name))
            } else {
                (t!("question-all"), t!("question-all-name", "name" => &name))
            };
            let link = ui.link(label);
            focus_ring(ui, &link);
            if link.accessible_name(full).clicked() && !self.whole.remove(&question.id) {
                self.whole.insert(question.id);
            }
        }
        ui.add_space(space::XS);
        let done = match &question.running {
            Some(running) => running_session::actions(ui, view, question, running).then_some(Done::Answer),
            None => actions(ui, view, question, &name),
        };
        if done == Some(Done::Close) {
            self.closing = Some(question.id);
        }
        match done? {
            Done::Answer => Some(RepCommand::AnswerQuestion { question: question.id }),
            Done::Pass => Some(RepCommand::PassQuestion { question: question.id }),
            Done::Close => None,
        }
    }
}

/// `K. Weber · Billing            0:42`
fn head(ui: &mut Ui, name: &str, question: &Question) {
    ui.horizontal(|ui| {
        let palette = Palette::of(ui);
        // What must be seen whole stands at the right and is laid out first; the names get the room that is left.
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let waited = words::clock(question.since.elapsed().as_secs());
            let clock = ui.label(RichText::new(&waited).color(palette.muted_ink));
            let said = t!("question-waited", "time" => waited);
            clock.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(fonts::strong(name, size::BODY)).truncate());
                let portal = RichText::new(format!("· {}", question.portal)).color(palette.muted_ink);
                ui.add(Label::new(portal).truncate());
            });
        });
    });
}

/// What was pressed in a question's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Done {
    Answer,
    Pass,
    /// Closing it is asked about first.
    Close,
}

fn actions(ui: &mut Ui, view: &RepView, question: &Question, name: &str) -> Option<Done> {
    let mut done = None;
    ui.horizontal_wrapped(|ui| {
        let palette = Palette::of(ui);
        let yours = question.offered == Offered::You;
        let kind = if yours { Kind::Primary } else { Kind::Secondary };
        let under_way = view.questions.answering == Some(question.id);
        let label = if under_way { t!("question-answering") } else { t!("question-answer") };
        let answer = Button::new(kind, label).icon(icons::CHAT).enabled(may_answer(view)).show(ui);
        if answer.accessible_name(t!("question-answer-name", "name" => name)).clicked() {
            done = Some(Done::Answer);
        }
        match &question.offered {
            Offered::You => {
                let pass = Button::secondary(t!("question-pass")).enabled(may_answer(view)).show(ui);
                if pass.accessible_name(t!("question-pass-name", "name" => name)).clicked() {
                    done = Some(Done::Pass);
                }
                badge(ui, &t!("question-offered-you"), palette.accent);
            }
            Offered::Other(colleague) => {
                muted(ui, t!("question-offered-other", "name" => colleague));
            }
            Offered::Nobody => {}
        }
        if seats::waits(view) {
            muted(ui, t!("question-no-seat"));
        }
        if more(ui, view, name) {
            done = Some(Done::Close);
        }
    });
    done
}

/// What is seldom wanted of a question. True: it is to be closed.
fn more(ui: &mut Ui, view: &RepView, name: &str) -> bool {
    let sign = fonts::icon(icons::MENU, 16.0).color(Palette::of(ui).muted_ink);
    let menu = ui.menu_button(sign, |ui| {
        let close = ui.add_enabled(may_answer(view), egui::Button::new(t!("question-close")));
        focus_ring(ui, &close);
        let clicked = close.clicked();
        if clicked {
            ui.close();
        }
        clicked
    });
    focus_ring(ui, &menu.response);
    menu.response.accessible_name(t!("question-more-name", "name" => name));
    menu.inner == Some(true)
}

/// Draws again when the first of the clocks goes on.
fn tick(ui: &Ui, waiting: &[Question]) {
    let rest = |question: &Question| {
        let into = Duration::from_nanos(question.since.elapsed().subsec_nanos().into());
        Duration::from_secs(1).saturating_sub(into)
    };
    if let Some(next) = waiting.iter().map(rest).min() {
        ui.ctx().request_repaint_after(next);
    }
}
